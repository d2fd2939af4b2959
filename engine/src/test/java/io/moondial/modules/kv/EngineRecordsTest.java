package io.moondial.modules.kv;

import static io.moondial.modules.kv.StoreConformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.modules.kv.EngineRecords.Entry;
import io.moondial.modules.kv.EngineRecords.RecordsException;
import io.moondial.modules.kv.EngineRecords.Why;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.script.api.Backends;
import io.moondial.time.LeapingTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine itself keeps, beside what scripts keep. */
class EngineRecordsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();

    @AfterEach
    void stopTime() {
        time.close();
    }

    private Kv.Live kv(String more) {
        return new Kv.Live(
                KvLiveTest.settings("file: \"" + folder.resolve("kv.db") + "\"\n" + more), time);
    }

    private static <T> T join(CompletableFuture<T> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Test
    void records_are_added_changed_found_and_deleted() {
        Kv.Live kv = kv("");
        EngineRecords records = new EngineRecords(kv, "push", true);
        assertThat(join(records.get("a"))).isEmpty();
        assertThat(join(records.add("a", "один", null))).isTrue();
        assertThat(join(records.add("a", "two", null))).isFalse();
        assertThat(join(records.get("a"))).contains("один");
        assertThat(join(records.replace("a", "two", "three", null))).isFalse();
        assertThat(join(records.replace("a", "один", "three", null))).isTrue();
        assertThat(join(records.get("a"))).contains("three");
        join(records.set("a", "four", null));
        assertThat(join(records.get("a"))).contains("four");
        assertThat(join(records.delete("a"))).isTrue();
        assertThat(join(records.delete("a"))).isFalse();
        assertThat(join(records.get("a"))).isEmpty();
        kv.close();
    }

    @Test
    void a_record_is_gone_after_its_time_which_each_change_says_anew() {
        Kv.Live kv = kv("");
        EngineRecords records = new EngineRecords(kv, "push", true);
        join(records.add("added", "1", HOUR));
        join(records.set("set", "1", HOUR));
        join(records.add("replaced", "1", HOUR));
        join(records.replace("replaced", "1", "2", HOUR.multipliedBy(2)));
        join(records.add("kept", "1", HOUR));
        join(records.replace("kept", "1", "2", null));
        join(records.set("at once", "1", Duration.ofNanos(1)));
        time.leap(HOUR);
        assertThat(join(records.get("added"))).isEmpty();
        assertThat(join(records.get("set"))).isEmpty();
        assertThat(join(records.get("at once"))).isEmpty();
        assertThat(join(records.get("replaced"))).contains("2");
        time.leap(HOUR);
        assertThat(join(records.get("replaced"))).isEmpty();
        assertThat(join(records.get("kept"))).contains("2");
        kv.close();
    }

    @Test
    void all_of_a_prefix_are_given() {
        Kv.Live kv = kv("");
        EngineRecords records = new EngineRecords(kv, "push", true);
        EngineRecords others = new EngineRecords(kv, "push.callback", true);
        List<CompletableFuture<?>> writes = new ArrayList<>();
        List<Entry> expected = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            writes.add(records.add("p/" + i, "v" + i, null));
            expected.add(new Entry("p/" + i, "v" + i));
        }
        writes.add(records.add("q/1", "x", null));
        writes.add(others.add("p/1", "of the others", null));
        writes.forEach(EngineRecordsTest::join);
        List<Entry> given = new ArrayList<>();
        assertThat(join(records.all("p/", given::add))).isEqualTo(1200);
        assertThat(given).containsExactlyInAnyOrderElementsOf(expected);
        kv.close();
    }

    @Test
    void what_the_receiver_of_all_throws_ends_it() {
        Kv.Live kv = kv("");
        EngineRecords records = new EngineRecords(kv, "push", true);
        join(records.add("a", "1", null));
        assertThatThrownBy(
                        () ->
                                join(
                                        records.all(
                                                "",
                                                _ -> {
                                                    throw new IllegalStateException("no");
                                                })))
                .hasRootCauseMessage("no");
        kv.close();
    }

    @Test
    void what_is_wrong_with_the_store_is_said() throws Exception {
        Kv.Live kv = kv("timeout: 1m\n");
        EngineRecords records = new EngineRecords(kv, "push", true);
        join(records.add("a", "1", null));
        try (Connection other =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("kv.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            CompletableFuture<Boolean> late = records.add("b", "1", null);
            time.leap(Duration.ofMinutes(1));
            assertFailed(late, Why.TIMEOUT, "no answer of the store within 60000 ms (timeout)");
        }
        kv.close();
        assertFailed(records.get("a"), Why.UNAVAILABLE, "the store is closed");
        assertFailed(records.set("a", "2", null), Why.UNAVAILABLE, "the store is closed");
        assertFailed(records.delete("a"), Why.UNAVAILABLE, "the store is closed");
        assertFailed(records.all("", _ -> {}), Why.UNAVAILABLE, "the store is closed");
    }

    /** The failure itself: whoever logs it shows its message, and no names of classes. */
    private static void assertFailed(CompletableFuture<?> call, Why why, String words) {
        Throwable fault = join(call.handle((_, it) -> it));
        assertThat(fault)
                .isInstanceOfSatisfying(
                        RecordsException.class, it -> assertThat(it.why()).isEqualTo(why))
                .hasMessage(words);
    }

    @Test
    void calls_of_scripts_take_no_room_of_the_engines_and_the_other_way_round() throws Exception {
        Kv.Live kv = kv("max_waiting: 2\ntimeout: 1m\n");
        EngineRecords records = new EngineRecords(kv, "push", true);
        join(records.set("a", "0", null));
        KvKey key = new KvKey("b", text("k"));
        List<CompletableFuture<Boolean>> ofEngine = new ArrayList<>();
        List<CompletableFuture<Answer>> ofScripts = new ArrayList<>();
        try (Connection other =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("kv.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (int i = 0; i < 3; i++) {
                ofScripts.add(kv.ask(new Request.Incr(key, 1, 0)));
                ofEngine.add(records.add("e" + i, "1", null));
            }
            assertThat(ofScripts.getLast().join())
                    .isInstanceOfSatisfying(
                            Answer.Failed.class,
                            it -> assertThat(it.detail()).contains("2 calls are under way"));
            assertFailed(
                    ofEngine.getLast(),
                    Why.UNAVAILABLE,
                    "2 calls are under way, as many as may be (max_waiting)");
            assertThat(kv.gauges().stream().filter(it -> it.name().equals("in_flight")).toList())
                    .singleElement()
                    .satisfies(it -> assertThat(it.value()).isEqualTo(4));
        }
        assertThat(join(ofEngine.get(0))).isTrue();
        assertThat(join(ofEngine.get(1))).isTrue();
        assertThat(join(ofScripts.get(1))).isEqualTo(new Answer.Counted(2));
        kv.close();
    }

    @Test
    void a_bucket_that_scripts_can_use_is_refused() {
        assertThatThrownBy(() -> EngineRecords.shared(Backends.NONE).bucket("limits"))
                .hasMessage("bucket limits is not the engine's own");
        assertThatThrownBy(() -> EngineRecords.shared(Backends.NONE).bucket("push"))
                .isInstanceOf(IllegalStateException.class);
    }
}
