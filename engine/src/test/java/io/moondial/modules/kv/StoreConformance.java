package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.NO;
import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static io.moondial.modules.kv.KvStore.Answer.Refused.NOT_WHOLE;
import static io.moondial.modules.kv.KvStore.Answer.Refused.OVERFLOW;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Answer.Counted;
import io.moondial.modules.kv.KvStore.Answer.Found;
import io.moondial.modules.kv.KvStore.Answer.Left;
import io.moondial.modules.kv.KvStore.Answer.Listed;
import io.moondial.modules.kv.KvStore.Cursor;
import io.moondial.modules.kv.KvStore.Entry;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Page;
import io.moondial.modules.kv.KvStore.Question;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.script.lua.LuaString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does, whichever it is. Each test has keys of its own. */
abstract class StoreConformance {
    static final long HOUR = Duration.ofHours(1).toMillis();
    private static final int THREADS = 32;

    /** How long a value lives that a test sees expire. */
    private static final long SHORT = 150;

    final String bucket = "b" + Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 1);
    final KvKey key = key("k");

    @SuppressWarnings("NullAway.Init") // before each test
    KvStore store;

    abstract KvStore open() throws Exception;

    /** Waits, or moves the clock, until what lives so long from now on is over. */
    abstract void outlive(long millis);

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    KvKey key(String name) {
        return new KvKey(bucket, LuaString.of(name));
    }

    static LuaString text(String text) {
        return LuaString.of(text);
    }

    Answer ask(Request request) {
        return ask(store, request);
    }

    static Answer ask(KvStore store, Question question) {
        return store.ask(question).orTimeout(60, TimeUnit.SECONDS).join();
    }

    Answer get(KvKey of) {
        return ask(new Request.Get(of));
    }

    Answer set(KvKey of, String value, long ttl) {
        return ask(new Request.Set(of, text(value), ttl));
    }

    Answer add(KvKey of, String value, long ttl) {
        return ask(new Request.Add(of, text(value), ttl));
    }

    Answer incr(KvKey of, long by) {
        return ask(new Request.Incr(of, by, 0));
    }

    Answer cas(KvKey of, @Nullable String old, @Nullable String next) {
        return ask(
                new Request.Cas(
                        of,
                        old == null ? null : text(old),
                        next == null ? null : text(next),
                        0,
                        false));
    }

    Answer ttl(KvKey of) {
        return ask(new Request.Ttl(of));
    }

    static Found found(@Nullable String value) {
        return new Found(value == null ? null : text(value));
    }

    private static void assertLeft(Answer answer, long atMost) {
        assertThat(answer).isInstanceOf(Left.class);
        Left left = (Left) answer;
        assertThat(left.present()).isTrue();
        assertThat(requireNonNull(left.left()).toMillis()).isBetween(atMost / 2, atMost);
    }

    @Test
    void what_is_set_is_found_until_it_is_set_again_or_deleted() {
        assertThat(get(key)).isEqualTo(found(null));
        assertThat(set(key, "one", 0)).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found("one"));
        assertThat(set(key, "two", 0)).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found("two"));
        assertThat(ask(new Request.Delete(key))).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found(null));
        assertThat(ask(new Request.Delete(key))).isEqualTo(NO);
    }

    @Test
    void an_add_leaves_what_is_there() {
        assertThat(add(key, "one", 0)).isEqualTo(YES);
        assertThat(add(key, "two", HOUR)).isEqualTo(NO);
        assertThat(get(key)).isEqualTo(found("one"));
        assertThat(ttl(key)).isEqualTo(Left.FOR_GOOD);
    }

    @Test
    void a_cas_changes_what_it_expects_and_nothing_else() {
        assertThat(cas(key, "one", "two")).isEqualTo(NO);
        assertThat(cas(key, null, "one")).isEqualTo(YES);
        assertThat(cas(key, null, "two")).isEqualTo(NO);
        assertThat(cas(key, "on", "two")).isEqualTo(NO);
        assertThat(get(key)).isEqualTo(found("one"));
        assertThat(cas(key, "one", "two")).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found("two"));
        assertThat(cas(key, "one", null)).isEqualTo(NO);
        assertThat(cas(key, "two", null)).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found(null));
        assertThat(cas(key, null, null)).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found(null));
    }

    @Test
    void a_cas_keeps_the_time_that_is_left_unless_it_says_another() {
        set(key, "one", HOUR);
        assertThat(cas(key, "one", "two")).isEqualTo(YES);
        assertLeft(ttl(key), HOUR);
        assertThat(ask(new Request.Cas(key, text("two"), text("three"), 3 * HOUR, false)))
                .isEqualTo(YES);
        assertLeft(ttl(key), HOUR);
        assertThat(ask(new Request.Cas(key, text("three"), text("four"), 9 * HOUR, true)))
                .isEqualTo(YES);
        assertLeft(ttl(key), 9 * HOUR);

        assertThat(ask(new Request.Cas(key("new"), null, text("one"), HOUR, false))).isEqualTo(YES);
        assertLeft(ttl(key("new")), HOUR);
        set(key("old"), "one", 0);
        assertThat(cas(key("old"), "one", "two")).isEqualTo(YES);
        assertThat(ttl(key("old"))).isEqualTo(Left.FOR_GOOD);
    }

    @Test
    void a_count_is_exact_in_64_bits() {
        assertThat(incr(key, 1)).isEqualTo(new Counted(1));
        assertThat(incr(key, -3)).isEqualTo(new Counted(-2));
        assertThat(incr(key, 0)).isEqualTo(new Counted(-2));
        assertThat(incr(key, (1L << 53) + 3)).isEqualTo(new Counted((1L << 53) + 1));
        assertThat(get(key)).isEqualTo(found("9007199254740993"));
        assertThat(incr(key, Long.MAX_VALUE - (1L << 53) - 1))
                .isEqualTo(new Counted(Long.MAX_VALUE));
        assertThat(incr(key, 1)).isEqualTo(OVERFLOW);
        assertThat(incr(key, Long.MIN_VALUE)).isEqualTo(new Counted(-1));
        assertThat(incr(key, Long.MIN_VALUE)).isEqualTo(OVERFLOW);
        assertThat(incr(key, -Long.MAX_VALUE)).isEqualTo(new Counted(Long.MIN_VALUE));
        assertThat(get(key)).isEqualTo(found("-9223372036854775808"));
    }

    @Test
    void what_is_no_whole_number_is_not_counted() {
        for (String value :
                List.of(
                        "s12",
                        "12.5",
                        " 12",
                        "+12",
                        "012",
                        "-0",
                        "",
                        "sten",
                        "9223372036854775808")) {
            set(key, value, 0);
            assertThat(incr(key, 1)).as(value).isEqualTo(NOT_WHOLE);
            assertThat(get(key)).as(value).isEqualTo(found(value));
        }
        set(key, "12", 0);
        assertThat(incr(key, 1)).isEqualTo(new Counted(13));
    }

    @Test
    void the_time_that_is_left_is_told() {
        assertThat(ttl(key)).isEqualTo(Left.ABSENT);
        set(key, "one", HOUR);
        assertLeft(ttl(key), HOUR);
        set(key, "two", 9 * HOUR);
        assertLeft(ttl(key), 9 * HOUR);
        set(key, "three", 0);
        assertThat(ttl(key)).isEqualTo(Left.FOR_GOOD);
        assertThat(add(key("added"), "one", HOUR)).isEqualTo(YES);
        assertLeft(ttl(key("added")), HOUR);
    }

    @Test
    void a_count_lives_as_long_as_its_first_one_said() {
        ask(new Request.Incr(key, 1, HOUR));
        assertLeft(ttl(key), HOUR);
        ask(new Request.Incr(key, 1, 9 * HOUR));
        assertLeft(ttl(key), HOUR);
        incr(key, 1);
        assertLeft(ttl(key), HOUR);
        assertThat(get(key)).isEqualTo(found("3"));
    }

    @Test
    void what_has_expired_is_as_if_it_had_never_been() {
        KvKey counted = key("counted");
        KvKey added = key("added");
        KvKey swapped = key("swapped");
        KvKey deleted = key("deleted");
        for (KvKey each : List.of(key, added, swapped, deleted)) {
            set(each, "one", SHORT);
        }
        ask(new Request.Incr(counted, 41, SHORT));
        outlive(SHORT);
        assertThat(get(key)).isEqualTo(found(null));
        assertThat(ttl(key)).isEqualTo(Left.ABSENT);
        assertThat(add(added, "two", 0)).isEqualTo(YES);
        assertThat(ttl(added)).isEqualTo(Left.FOR_GOOD);
        assertThat(cas(swapped, "one", "two")).isEqualTo(NO);
        assertThat(cas(swapped, null, "two")).isEqualTo(YES);
        assertThat(ask(new Request.Delete(deleted))).isEqualTo(NO);
        assertThat(incr(counted, 1)).isEqualTo(new Counted(1));
        assertThat(ttl(counted)).isEqualTo(Left.FOR_GOOD);
    }

    @Test
    void keys_and_values_are_any_octets() {
        byte[] all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);
        LuaString octets = LuaString.ofOctets(all);
        KvKey odd = new KvKey(bucket, octets);
        assertThat(ask(new Request.Set(odd, octets, 0))).isEqualTo(YES);
        assertThat(get(odd)).isEqualTo(new Found(octets));
        assertThat(ask(new Request.Cas(odd, octets, text(""), 0, false))).isEqualTo(YES);
        assertThat(get(odd)).isEqualTo(found(""));
        assertThat(cas(odd, "", "next")).isEqualTo(YES);
        assertThat(set(key("\0"), "nul", 0)).isEqualTo(YES);
        assertThat(set(key(""), "empty", 0)).isEqualTo(YES);
        assertThat(set(key("жé☃𝄞"), "жé☃𝄞", 0)).isEqualTo(YES);
        assertThat(get(key("\0"))).isEqualTo(found("nul"));
        assertThat(get(key(""))).isEqualTo(found("empty"));
        assertThat(get(key("жé☃𝄞"))).isEqualTo(found("жé☃𝄞"));
    }

    @Test
    void a_value_may_have_a_mebioctet() {
        String large = "x".repeat(1 << 20);
        assertThat(set(key, large, 0)).isEqualTo(YES);
        assertThat(cas(key, large, large + "y")).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found(large + "y"));
    }

    @Test
    void buckets_are_apart() {
        KvKey other = new KvKey(bucket + "2", key.name());
        set(key, "one", 0);
        assertThat(get(other)).isEqualTo(found(null));
        assertThat(add(other, "two", 0)).isEqualTo(YES);
        assertThat(get(key)).isEqualTo(found("one"));
    }

    /** All pages, one after the other; a name that comes twice is a failure. */
    private Map<LuaString, LuaString> all(String of, LuaString prefix) {
        Map<LuaString, LuaString> all = new HashMap<>();
        Cursor next = null;
        do {
            Answer answer = ask(store, new Page(of, prefix, next));
            assertThat(answer).isInstanceOf(Listed.class);
            for (Entry it : ((Listed) answer).entries()) {
                assertThat(all.put(it.name(), it.value())).as(it.name().toText()).isNull();
            }
            next = ((Listed) answer).next();
        } while (next != null);
        return all;
    }

    @Test
    void all_pages_together_have_each_entry_of_the_bucket_once() {
        assertThat(all(bucket, LuaString.EMPTY)).isEmpty();
        Map<LuaString, LuaString> expected = new HashMap<>();
        List<CompletableFuture<Answer>> sets = new ArrayList<>();
        for (int i = 0; i < 2 * Page.ENTRIES + 1; i++) {
            expected.put(text("n" + i), text("value " + i));
            sets.add(store.ask(new Request.Set(key("n" + i), text("value " + i), 0)));
        }
        sets.forEach(it -> assertThat(it.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(YES));
        set(new KvKey(bucket + "2", text("n1")), "of another", 0);
        assertThat(all(bucket, LuaString.EMPTY)).isEqualTo(expected);
    }

    @Test
    void a_page_has_what_begins_with_its_prefix_and_nothing_else() {
        byte[] odd = {(byte) 0xff, 0, '*', '[', '\\', '?'};
        byte[] odder = Arrays.copyOf(odd, odd.length + 1);
        LuaString strange = LuaString.ofOctets(odd);
        LuaString stranger = LuaString.ofOctets(odder);
        for (LuaString name :
                List.of(text("a"), text("a*"), text("a*b"), text("ab"), strange, stranger)) {
            ask(new Request.Set(new KvKey(bucket, name), text("x"), 0));
        }
        assertThat(all(bucket, text("a*")).keySet())
                .containsExactlyInAnyOrder(text("a*"), text("a*b"));
        assertThat(all(bucket, strange).keySet()).containsExactlyInAnyOrder(strange, stranger);
        assertThat(all(bucket, text("b"))).isEmpty();
        assertThat(all(bucket, LuaString.EMPTY)).hasSize(6);
    }

    @Test
    void a_page_has_nothing_that_has_expired_or_was_deleted() {
        set(key("stays"), "x", HOUR);
        set(key("ends"), "x", SHORT);
        set(key("goes"), "x", 0);
        ask(new Request.Delete(key("goes")));
        outlive(SHORT);
        assertThat(all(bucket, LuaString.EMPTY)).containsOnlyKeys(text("stays"));
    }

    @Test
    void what_changes_while_pages_are_read_hides_nothing_that_stays() {
        int many = 3 * Page.ENTRIES;
        List<CompletableFuture<Answer>> sets = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            sets.add(store.ask(new Request.Set(key("stays " + i), text("x"), 0)));
            sets.add(store.ask(new Request.Set(key("goes " + i), text("x"), 0)));
        }
        sets.forEach(it -> it.orTimeout(60, TimeUnit.SECONDS).join());
        Set<LuaString> seen = new HashSet<>();
        Cursor next = null;
        int page = 0;
        do {
            Listed answer = (Listed) ask(store, new Page(bucket, LuaString.EMPTY, next));
            answer.entries().forEach(it -> seen.add(it.name()));
            next = answer.next();
            for (int i = 0; i < 100 && next != null; i++, page++) {
                ask(new Request.Delete(key("goes " + page)));
                set(key("comes " + page), "x", 0);
            }
        } while (next != null);
        for (int i = 0; i < many; i++) {
            assertThat(seen).contains(text("stays " + i));
        }
    }

    @Test
    void many_threads_count_on_one_key() throws Exception {
        int each = 200;
        atOnce(
                THREADS,
                _ -> {
                    for (int i = 0; i < each; i++) {
                        incr(key, 1);
                    }
                });
        assertThat(get(key)).isEqualTo(found("" + THREADS * each));
    }

    @Test
    void one_of_many_adds_wins() throws Exception {
        List<Answer> answers = new ArrayList<>();
        atOnce(
                THREADS,
                i -> {
                    Answer answer = add(key, "from " + i, 0);
                    synchronized (answers) {
                        answers.add(answer);
                    }
                });
        assertThat(answers).hasSize(THREADS).containsOnlyOnce(YES).contains(NO);
    }

    @Test
    void a_cas_and_a_count_do_not_lose_each_others_changes() throws Exception {
        int each = 50;
        int threads = 8;
        incr(key, 0);
        atOnce(
                threads,
                i -> {
                    for (int done = 0; done < each; ) {
                        if (i % 2 == 0) {
                            incr(key, 1);
                            done++;
                        } else {
                            LuaString before = requireNonNull(((Found) get(key)).value());
                            long next = Long.parseLong(before.toText()) + 1;
                            if (cas(key, before.toText(), "" + next).equals(YES)) {
                                done++;
                            }
                        }
                    }
                });
        assertThat(get(key)).isEqualTo(found("" + threads * each));
    }

    @Test
    void what_nobody_waits_for_any_more_hurts_nobody() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Answer> given = store.ask(new Request.Incr(key("left"), 1, 0));
            given.cancel(true);
        }
        assertThat(incr(key, 1)).isEqualTo(new Counted(1));
    }

    interface Work {
        void run(int thread) throws Exception;
    }

    /** Runs it on so many threads, and throws what one of them throws. */
    static void atOnce(int threads, Work work) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                all.add(
                        () -> {
                            work.run(thread);
                            return null;
                        });
            }
            for (Future<Void> done : pool.invokeAll(all)) {
                done.get();
            }
        }
    }
}
