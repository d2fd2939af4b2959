package io.moondial.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.DialogKind;
import io.moondial.history.DialogHistory.Page;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DialogHistoryTest {
    private static final Instant START = Instant.parse("2026-01-05T08:00:00.123456Z");
    private static final DialogFact RESPONDED =
            new DialogFact.Finished(new Outcome.Responded(), false);
    private static final DialogFact FAILED =
            new DialogFact.Finished(new Outcome.Failed("main.lua:1: broken"), false);

    private static DialogHistory history(String... keys) {
        return new DialogHistory(WrittenSettings.settings(HistorySettings.class, keys));
    }

    private static String id(int number) {
        return "Logic-1632976990-%08x".formatted(number);
    }

    private static DialogIdentity identity(int number) {
        try {
            return identity(number, UssdString.encode("*1#", Dcs.UNSPECIFIED));
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    private static DialogIdentity identity(int number, UssdString dialled) {
        Party party = new Party(1, 6, "27829000000", Party.ROUTE_ON_SSN);
        Opening opening =
                new Opening(
                        DialogKind.DIALLED,
                        dialled,
                        "*1#",
                        Address.international("27761485722"),
                        null,
                        null,
                        party,
                        party,
                        "0000000a",
                        "0b",
                        null);
        return new DialogIdentity(id(number), opening, "main", "1", "ussd");
    }

    /** A dialog in the making. */
    private record Talk(DialogIdentity identity, DialogListener listener) {
        static Talk begin(DialogHistory history, int number) {
            DialogIdentity identity = DialogHistoryTest.identity(number);
            Talk talk = new Talk(identity, history.begun(identity));
            return talk.tell(new DialogFact.Begun());
        }

        Talk tell(DialogFact... facts) {
            for (DialogFact fact : facts) {
                listener.told(identity, START, fact);
            }
            return this;
        }
    }

    private static void live(DialogHistory history, int number, DialogFact... facts) {
        Talk.begin(history, number).tell(facts);
    }

    private static DialogFact log(String text) {
        return new DialogFact.ScriptLogged(DialogFact.Level.INFO, "main.lua:1", text);
    }

    private static List<String> ids(Page page) {
        return page.dialogs().stream().map(it -> it.identity().instanceId()).toList();
    }

    private static Page page(DialogHistory history, @Nullable String before, int limit) {
        return history.page(it -> true, before, limit).orElseThrow();
    }

    private static List<String> logs(DialogHistory history, int number) {
        return history.find(id(number)).orElseThrow().history().entries().stream()
                .filter(it -> it.kind() == History.Kind.LOG)
                .map(History.Entry::text)
                .map(String::valueOf)
                .toList();
    }

    @Test
    void the_last_dialogs_to_end_are_kept_and_older_ones_give_way() {
        DialogHistory history = history("dialogs: 3", "failures: 0");
        Talk open = Talk.begin(history, 0);
        for (int i = 1; i <= 5; i++) {
            live(history, i, RESPONDED);
        }
        assertThat(ids(page(history, null, 10))).containsExactly(id(5), id(4), id(3), id(0));
        assertThat(history.find(id(2))).isEmpty();
        open.tell(RESPONDED);
        assertThat(ids(page(history, null, 10))).containsExactly(id(5), id(4), id(0));
    }

    @Test
    void a_failed_dialog_outlives_any_number_of_good_ones() {
        DialogHistory history = history("dialogs: 10", "failures: 2");
        live(history, 0, FAILED);
        live(
                history,
                1,
                log("fine"),
                RESPONDED,
                new DialogFact.Failed("main.lua:2: after its end"));
        live(history, 2, new DialogFact.Broken(new IllegalStateException("ours")), RESPONDED);
        for (int i = 3; i < 1_000; i++) {
            live(history, i, RESPONDED);
        }
        assertThat(history.find(id(0))).isEmpty();
        assertThat(logs(history, 1)).containsExactly("fine");
        assertThat(history.find(id(2))).isPresent();
        assertThat(ids(page(history, id(500), 10))).containsExactly(id(2), id(1));
    }

    @Test
    void without_places_only_dialogs_that_run_are_kept_and_no_memory_is_left_behind() {
        DialogHistory history = history("dialogs: 0", "failures: 0");
        List<Talk> open = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            open.add(Talk.begin(history, i).tell(log("x".repeat(i))));
        }
        assertThat(page(history, null, 500).dialogs()).hasSize(100);
        assertThat(history.memory()).isGreaterThanOrEqualTo(100 * KeptDialog.BEGINNING);
        open.forEach(it -> it.tell(RESPONDED, log("after its end")));
        assertThat(page(history, null, 500).dialogs()).isEmpty();
        assertThat(history.memory()).isZero();
    }

    @Test
    void pages_give_each_dialog_once_newest_first_whatever_ends_meanwhile() {
        DialogHistory history = history("dialogs: 20", "failures: 5");
        List<Talk> open = new ArrayList<>();
        int first = -50; // the ids wrap from ffffffff to 0
        for (int i = 0; i < 100; i++) {
            open.add(Talk.begin(history, first + i));
        }
        IntStream.range(0, 100).filter(i -> i % 3 == 0).forEach(i -> open.get(i).tell(RESPONDED));
        List<Integer> expected =
                IntStream.range(0, 100)
                        .filter(i -> i % 3 != 0 || i >= 42)
                        .boxed()
                        .sorted(Comparator.reverseOrder())
                        .toList();
        List<String> walked = new ArrayList<>();
        String before = null;
        Page page;
        do {
            page = page(history, before, 7);
            walked.addAll(ids(page));
            before = walked.getLast();
            open.get(1).tell(log("something"));
        } while (page.more());
        assertThat(walked)
                .containsExactlyElementsOf(expected.stream().map(i -> id(first + i)).toList());
        assertThat(history.page(it -> true, "nonsense", 7)).isEmpty();
        assertThat(ids(page(history, id(first + 30), 1))).containsExactly(id(first + 29));
        assertThat(ids(page(history, id(first + 3), 9)))
                .containsExactly(id(first + 2), id(first + 1));
    }

    @Test
    void what_is_read_is_what_was_told_in_its_order_at_its_time() {
        Random random = new Random(17);
        DialogHistory history = history();
        Map<Integer, List<String>> told = new HashMap<>();
        Map<Integer, Talk> open = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            int number = random.nextInt(40);
            Talk talk = open.computeIfAbsent(number, it -> Talk.begin(history, it));
            String text = "line " + step;
            Instant at = START.plus(Duration.ofNanos(step * 1_234_567L));
            talk.listener().told(talk.identity(), at, log(text));
            told.computeIfAbsent(number, it -> new ArrayList<>())
                    .add(text + " at " + at.toEpochMilli());
        }
        assertThat(told).hasSize(40);
        told.forEach(
                (number, lines) ->
                        assertThat(
                                        history
                                                .find(id(number))
                                                .orElseThrow()
                                                .history()
                                                .entries()
                                                .stream()
                                                .filter(it -> it.kind() == History.Kind.LOG)
                                                .map(
                                                        it ->
                                                                it.text()
                                                                        + " at "
                                                                        + it.at().toEpochMilli()))
                                .containsExactlyElementsOf(lines));
    }

    @Test
    void a_dialog_keeps_no_more_than_its_share_and_says_how_much_is_left_out() {
        DialogHistory history = history("max_dialog_memory: 4KiB");
        Talk talk = Talk.begin(history, 1);
        for (int i = 0; i < 500; i++) {
            talk.tell(log("line " + i));
        }
        talk.tell(FAILED);
        History whole = history.find(id(1)).orElseThrow().history();
        int kept = logs(history, 1).size();
        assertThat(kept).isBetween(5, 40);
        assertThat(whole.leftOut()).isEqualTo(501 - kept);
        assertThat(history.memory()).isLessThanOrEqualTo(4_096);
        assertThat(whole.entries().getLast())
                .satisfies(
                        end -> {
                            assertThat(end.kind()).isEqualTo(History.Kind.END);
                            assertThat(end.outcome()).isEqualTo("failed");
                        });
    }

    @Test
    void all_keep_no_more_than_their_memory_those_that_ended_give_way_first() {
        DialogHistory history = history("max_memory: 1MiB");
        for (int i = 0; i < 2_000; i++) {
            live(history, i, log("x".repeat(200)), RESPONDED);
        }
        assertThat(history.memory()).isBetween(900_000L, 1L << 20);
        assertThat(history.find(id(1_999))).isPresent();
        assertThat(history.find(id(0))).isEmpty();
        List<Talk> open =
                IntStream.range(2_000, 4_000)
                        .mapToObj(i -> Talk.begin(history, i).tell(log("x".repeat(200))))
                        .toList();
        assertThat(history.memory()).isLessThanOrEqualTo(1L << 20);
        assertThat(history.find(id(1_999))).isEmpty();
        assertThat(logs(history, 2_000)).hasSize(1);
        assertThat(logs(history, 3_999)).isEmpty();
        open.forEach(it -> it.tell(RESPONDED));
        KeptDialog last = history.find(id(3_999)).orElseThrow();
        assertThat(last.outcome()).isEqualTo(new Outcome.Responded());
        assertThat(last.history().leftOut()).isEqualTo(3);
        live(history, 5_000, log("again"), RESPONDED);
        assertThat(logs(history, 5_000)).containsExactly("again");
    }

    @Test
    void failures_give_way_too_where_they_alone_would_fill_the_memory() {
        DialogHistory history = history("max_memory: 1MiB", "failures: 100000");
        for (int i = 0; i < 10_000; i++) {
            live(history, i, log("x".repeat(100)), FAILED);
        }
        assertThat(history.memory()).isLessThanOrEqualTo(1L << 20);
        assertThat(logs(history, 9_999)).hasSize(1);
    }

    @Test
    void of_long_texts_and_faults_the_beginning_is_kept() {
        DialogHistory history = history();
        String much = "x".repeat(100_000);
        Talk talk =
                Talk.begin(history, 1)
                        .tell(
                                log(much),
                                new DialogFact.Noted(much),
                                new DialogFact.ScriptWarned("main.lua:1", much),
                                new DialogFact.Failed(much + "1"),
                                new DialogFact.ScriptFailed(
                                        "main.lua:1",
                                        much + "2",
                                        List.of(much, much),
                                        new IllegalStateException(much)),
                                new DialogFact.Broken(new IllegalStateException("oops")),
                                FAILED);
        assertThat(talk).isNotNull();
        History whole = history.find(id(1)).orElseThrow().history();
        assertThat(whole.leftOut()).isZero();
        assertThat(whole.entries())
                .allSatisfy(
                        it ->
                                assertThat(String.valueOf(it.text()).length())
                                        .isLessThanOrEqualTo(KeptDialog.MAX_TEXT + 1));
        assertThat(whole.entries())
                .extracting(History.Entry::text)
                .contains("internal fault: java.lang.IllegalStateException: oops");
    }

    @Test
    void a_dialog_that_not_even_its_failure_could_end_is_over() {
        DialogHistory history = history();
        live(history, 1, new DialogFact.LetGo(new OutOfMemoryError("heap")));
        KeptDialog dialog = history.find(id(1)).orElseThrow();
        assertThat(dialog.outcome()).isInstanceOf(Outcome.Failed.class);
        assertThat(dialog.history().entries().getLast().kind()).isEqualTo(History.Kind.END);
    }

    @Test
    void times_are_from_one_step_to_the_next() {
        DialogHistory history = history();
        Talk talk = Talk.begin(history, 1);
        List<DialogFact> facts =
                List.of(
                        new DialogFact.Sending("main.lua:1", false, false),
                        new DialogFact.Shown(Screen.MENU, new Text("PIN?", false)),
                        new DialogFact.Answered(new Text("****", true), false, false),
                        new DialogFact.ScriptCalled(
                                "http.billing",
                                "2xx",
                                Duration.ofMillis(7),
                                () -> "GET x answers 200"),
                        new DialogFact.Sending("main.lua:3", false, false),
                        new DialogFact.Responded(new Text("Bye", false)),
                        RESPONDED);
        for (int i = 0; i < facts.size(); i++) {
            talk.listener().told(talk.identity(), START.plusMillis(10L * i), facts.get(i));
        }
        List<String> lines =
                history.find(id(1)).orElseThrow().history().entries().stream()
                        .filter(it -> it.record() == null)
                        .map(
                                it ->
                                        Stream.of(
                                                        it.kind(),
                                                        it.screen(),
                                                        it.text(),
                                                        it.place(),
                                                        it.took(),
                                                        it.called(),
                                                        it.outcome())
                                                .filter(part -> part != null)
                                                .map(String::valueOf)
                                                .reduce((a, b) -> a + " " + b)
                                                .orElseThrow())
                        .toList();
        assertThat(lines)
                .containsExactly(
                        "DIALLED *1#",
                        "SCREEN menu PIN? main.lua:1 PT0.01S",
                        "ANSWER **** PT0.01S",
                        "CALL PT0.007S http.billing 2xx",
                        "SCREEN respond Bye main.lua:3 PT0.03S",
                        "END main.lua:3 responded");
        assertThat(history.find(id(1)).orElseThrow().history().test())
                .isEqualTo(
                        """
                        test "dial *1#"
                        given http GET x answers 200
                        from 27761485722
                        dial *1#
                        menu PIN?
                        answer ****
                        respond Bye
                        """);
    }

    @Test
    void a_dialog_that_goes_on_with_a_flow_names_the_one_before() {
        DialogHistory history = history();
        Talk talk = Talk.begin(history, 1);
        talk.listener()
                .told(
                        talk.identity(),
                        START,
                        new DialogFact.Shown(Screen.MENU, new Text("PIN?", false), "Logic-7"));
        assertThat(history.find(id(1)).orElseThrow().history().entries())
                .anySatisfy(
                        it -> assertThat(it.text()).isEqualTo("the flow of dialog Logic-7 goes on"))
                .anySatisfy(it -> assertThat(it.text()).isEqualTo("PIN?"));
    }

    @Test
    void a_dialog_as_a_test_dials_in_the_language_that_the_subscriber_dialled_in()
            throws UnsendableText {
        byte[] withoutLanguage = UssdString.encode("*1#", Dcs.UNSPECIFIED).octets();
        Map<UssdString, String> lines =
                Map.of(
                        UssdString.afterLanguage("sw", "*1#", new Dcs(16)),
                        "dcs 16 sw",
                        UssdString.afterLanguage("am", "*1#", new Dcs(17)),
                        "dcs 17 am",
                        UssdString.encode("*1#", Dcs.gsm7(8)),
                        "dcs 8",
                        new UssdString(new Dcs(16), withoutLanguage),
                        "# dcs 16 came without a language before the text: a test cannot send that");
        lines.forEach(
                (dialled, line) -> {
                    DialogHistory history = history();
                    DialogIdentity identity = identity(1, dialled);
                    DialogListener listener = history.begun(identity);
                    Stream.of(new DialogFact.Begun(), RESPONDED)
                            .forEach(fact -> listener.told(identity, START, fact));

                    assertThat(history.find(id(1)).orElseThrow().history().test())
                            .isEqualTo(
                                    "test \"dial *1#\"\nfrom 27761485722\n%s\ndial *1#\n"
                                            .formatted(line));
                });
    }

    @Test
    void an_answer_of_a_service_that_is_too_long_is_not_kept_and_the_test_says_so() {
        DialogHistory history = history("max_givens: 10");
        DialogFact call =
                new DialogFact.ScriptCalled("http.billing", "2xx", Duration.ZERO, () -> "12345678");
        live(history, 1, call, call, RESPONDED);
        assertThat(history.find(id(1)).orElseThrow().history().test())
                .contains("given http 12345678\n")
                .containsOnlyOnce("# what http.billing answered was not kept");
    }

    @Test
    void followers_are_told_in_order_until_they_leave() {
        DialogHistory history = history();
        List<String> told = new ArrayList<>();
        live(history, 1, RESPONDED);
        try (var following =
                history.follow((dialog, at, fact) -> told.add(fact.getClass().getSimpleName()))) {
            assertThat(following).isNotNull();
            live(history, 2, log("x"), RESPONDED);
        }
        live(history, 3, RESPONDED);
        assertThat(told).containsExactly("Begun", "ScriptLogged", "Finished");
    }

    @Test
    void dialogs_of_many_threads_are_read_while_they_go_on() throws Exception {
        DialogHistory history = history("dialogs: 50", "failures: 5", "max_memory: 1MiB");
        int threads = 4;
        int dialogs = 2_000;
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch readOnce = new CountDownLatch(1);
        try (ExecutorService all = Executors.newFixedThreadPool(threads + 1)) {
            Future<?> reader =
                    all.submit(
                            () -> {
                                while (!over.get()) {
                                    page(history, null, 100)
                                            .dialogs()
                                            .forEach(DialogHistoryTest::check);
                                    readOnce.countDown();
                                }
                            });
            List<Future<?>> talks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * dialogs;
                talks.add(
                        all.submit(
                                () -> {
                                    readOnce.await();
                                    for (int i = first; i < first + dialogs; i++) {
                                        Talk talk = Talk.begin(history, i);
                                        for (int line = 0; line < i % 30; line++) {
                                            talk.tell(log(Integer.toString(line)));
                                        }
                                        talk.tell(i % 7 == 0 ? FAILED : RESPONDED);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> talk : talks) {
                talk.get();
            }
            over.set(true);
            reader.get();
        }
        List<KeptDialog> kept = page(history, null, 500).dialogs();
        assertThat(kept).hasSize(55).allSatisfy(it -> assertThat(it.outcome()).isNotNull());
        assertThat(kept.stream().mapToLong(KeptDialog::memory).sum()).isEqualTo(history.memory());
    }

    @Test
    void what_is_counted_as_memory_is_the_sum_of_what_dialogs_have_whatever_way_they_go()
            throws Exception {
        DialogHistory history =
                history(
                        "dialogs: 300",
                        "failures: 40",
                        "max_memory: 1MiB",
                        "max_dialog_memory: 8KiB");
        int threads = 4;
        try (ExecutorService all = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> talks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * 2_500;
                talks.add(all.submit(() -> liveAtRandom(history, first, 2_500)));
            }
            for (Future<?> talk : talks) {
                talk.get();
            }
        }
        List<KeptDialog> kept = page(history, null, 20_000).dialogs();
        assertThat(kept).allSatisfy(it -> assertThat(it.outcome()).isNotNull());
        assertThat(history.memory())
                .isEqualTo(kept.stream().mapToLong(KeptDialog::memory).sum())
                .isBetween(100_000L, 1L << 20);
        assertThat(history.failuresMemory())
                .isEqualTo(
                        kept.stream()
                                .filter(KeptDialog::isAmongFailures)
                                .mapToLong(KeptDialog::memory)
                                .sum())
                .isPositive();
        assertThat(kept).allSatisfy(it -> assertThat(it.memory()).isBetween(1_280, 8 << 10));
    }

    /** Dialogs of all lengths and ends, many at a time, whose scripts go on after the end. */
    private static void liveAtRandom(DialogHistory history, int first, int dialogs) {
        Random random = new Random(first);
        List<Talk> running = new ArrayList<>();
        List<Talk> ended = new ArrayList<>();
        for (int i = first; i < first + dialogs || !running.isEmpty(); ) {
            boolean begin = running.isEmpty() || (running.size() < 100 && random.nextInt(3) > 0);
            if (i < first + dialogs && begin) {
                running.add(Talk.begin(history, i++));
                continue;
            }
            Talk one = running.get(random.nextInt(running.size()));
            one.tell(log("x".repeat(random.nextInt(1_500))));
            if (random.nextBoolean()) {
                running.remove(one);
                one.tell(random.nextInt(4) == 0 ? FAILED : RESPONDED);
                ended.add(one);
            }
            Talk earlier = ended.isEmpty() ? one : ended.get(random.nextInt(ended.size()));
            earlier.tell(
                    random.nextInt(5) == 0
                            ? new DialogFact.Failed("main.lua:3: after its end")
                            : log("y".repeat(random.nextInt(300))));
        }
    }

    /** Its lines are those from 0 on, none is missing in between, and its end is the last. */
    private static void check(KeptDialog dialog) {
        List<History.Entry> entries = dialog.history().entries();
        int line = 0;
        for (History.Entry entry : entries) {
            if (entry.kind() == History.Kind.LOG) {
                assertThat(entry.text()).isEqualTo(Integer.toString(line++));
            }
        }
        assertThat(entries.getFirst().kind()).isEqualTo(History.Kind.DIALLED);
    }
}
