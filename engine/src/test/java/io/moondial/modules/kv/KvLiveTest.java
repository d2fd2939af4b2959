package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static io.moondial.modules.kv.StoreConformance.found;
import static io.moondial.modules.kv.StoreConformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.LocatedYaml;
import io.moondial.config.NamedFile;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.time.LeapingTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine does around a store: limits, another store after a reload, the end. */
class KvLiveTest {
    private static final KvKey KEY = new KvKey("b", text("k"));
    private static final Request GET = new Request.Get(KEY);

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();

    @AfterEach
    void stopTime() {
        time.close();
    }

    /** The section with these keys. */
    static KvSettings settings(String yaml) {
        Problems problems = new Problems(Path.of("rules.yaml"));
        Section section =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                yaml.getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        KvSettings settings = KvSettings.schema().read(section);
        assertThat(section.problemsSoFar()).as(yaml).isZero();
        return settings;
    }

    private KvSettings sqlite(String name, String more) {
        String time = more.contains("timeout:") ? "" : "timeout: 1m\n";
        return settings("file: \"" + folder.resolve(name) + "\"\n" + time + more);
    }

    private static Request set(String value) {
        return new Request.Set(KEY, text(value), 0);
    }

    /** Holds the lock that the store needs for a change. */
    private Connection locked(String name) throws Exception {
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
        try (Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return other;
    }

    private static void assertFailed(Answer answer, Why why, String words) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).why()).isEqualTo(why);
        assertThat(((Answer.Failed) answer).detail()).contains(words);
    }

    private static Gauge gauge(Kv.Live kv, String name) {
        return kv.gauges().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void a_call_ends_at_its_timeout_on_the_engines_clock() throws Exception {
        Kv.Live kv = new Kv.Live(sqlite("kv.db", "timeout: 50s\n"), time);
        kv.ask(set("old")).join();
        try (Connection _ = locked("kv.db")) {
            CompletableFuture<Answer> answer = kv.ask(set("new"));
            time.leap(Duration.ofSeconds(49));
            assertThat(answer).isNotDone();
            // who is answered may go on before the call is taken from those under way
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> gauge(kv, "in_flight").value() == 1);
            time.leap(Duration.ofSeconds(1));
            assertFailed(answer.join(), Why.TIMEOUT, "no answer of the store within 50000 ms");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> gauge(kv, "in_flight").value() == 0);
        }
        assertThat(kv.ask(GET).join()).isIn(found("old"), found("new"));
        kv.close();
    }

    @Test
    void more_calls_than_may_wait_are_refused_and_those_that_wait_are_not_hurt() throws Exception {
        Kv.Live kv = new Kv.Live(sqlite("kv.db", "max_waiting: 2\ntimeout: 1m\n"), time);
        kv.ask(set("old")).join();
        CompletableFuture<Answer> first;
        CompletableFuture<Answer> second;
        try (Connection _ = locked("kv.db")) {
            first = kv.ask(set("one"));
            second = kv.ask(set("two"));
            assertFailed(
                    kv.ask(GET).join(),
                    Why.UNAVAILABLE,
                    "2 calls are under way, as many as may be (max_waiting)");
        }
        assertThat(first.join()).isEqualTo(YES);
        assertThat(second.join()).isEqualTo(YES);
        assertThat(kv.ask(GET).join()).isEqualTo(found("two"));
        kv.close();
    }

    @Test
    void after_a_reload_calls_go_to_another_store_and_those_under_way_end_on_theirs()
            throws Exception {
        Kv.Live kv = new Kv.Live(sqlite("a.db", "timeout: 1m\n"), time);
        kv.ask(set("in a")).join();
        CompletableFuture<Answer> underWay;
        try (Connection _ = locked("a.db")) {
            underWay = kv.ask(set("late in a"));
            kv.reload(sqlite("b.db", "timeout: 1m\n"));
            assertThat(kv.ask(GET).join()).isEqualTo(found(null));
            assertThat(kv.ask(set("in b")).join()).isEqualTo(YES);
            assertThat(underWay).isNotDone();
        }
        assertThat(underWay.join()).isEqualTo(YES);
        kv.reload(sqlite("a.db", "timeout: 1m\n"));
        assertThat(kv.ask(GET).join()).isEqualTo(found("late in a"));
        kv.close();
    }

    @Test
    void settings_that_do_not_touch_the_store_leave_it_as_it_is() {
        Kv.Live kv = new Kv.Live(settings("store: memory\n"), time);
        assertThat(kv.ask(set("x")).join()).isEqualTo(YES);
        kv.reload(settings("store: memory\nmax_value: 1KiB\nmemory: {max_keys: 1}\n"));
        assertThat(kv.settings().maxValue()).isEqualTo(1024);
        assertThat(kv.ask(GET).join()).isEqualTo(found("x"));
        assertFailed(
                kv.ask(new Request.Set(new KvKey("b", text("other")), text("x"), 0)).join(),
                Why.UNAVAILABLE,
                "max_keys");
        kv.close();
    }

    @Test
    void another_content_of_the_file_of_authorities_is_another_setting() throws Exception {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "one");
        String yaml =
                "store: redis\nredis: {nodes: [\"127.0.0.1:1\"], tls: {ca: \"%s\"}}\n"
                        .formatted(ca);
        KvSettings before = settings(yaml);
        assertThat(settings(yaml)).isEqualTo(before);
        assertThat(NamedFile.in(before)).containsExactly(ca); // it is watched
        Files.writeString(ca, "two");
        assertThat(settings(yaml)).isNotEqualTo(before);
    }

    @Test
    void a_reload_to_what_cannot_work_leaves_the_store_in_force() throws Exception {
        Kv.Live kv = new Kv.Live(settings("store: memory\n"), time);
        kv.ask(set("x")).join();
        Path empty = Files.writeString(folder.resolve("empty.pem"), "one");
        assertThatThrownBy(() -> kv.reload(trusting(folder.resolve("none.pem"))))
                .hasMessage("kv: redis: tls: ca: %s cannot be read", folder.resolve("none.pem"));
        assertThatThrownBy(() -> kv.reload(trusting(empty)))
                .hasMessage(
                        "kv: redis: tls: ca: %s has no certificate; it must have a block that begins with -----BEGIN CERTIFICATE-----",
                        empty);
        assertThat(kv.ask(GET).join()).isEqualTo(found("x"));
        kv.close();
    }

    private KvSettings trusting(Path ca) {
        return settings(
                "store: redis\nredis: {nodes: [\"127.0.0.1:1\"], tls: {ca: \"%s\"}}\n"
                        .formatted(ca));
    }

    @Test
    void the_end_waits_for_what_is_under_way_and_nothing_begins_after_it() throws Exception {
        Kv.Live kv = new Kv.Live(sqlite("kv.db", "timeout: 1m\n"), time);
        kv.ask(set("old")).join();
        CompletableFuture<Answer> underWay;
        CompletableFuture<Void> closed;
        try (Connection _ = locked("kv.db")) {
            underWay = kv.ask(set("new"));
            closed = CompletableFuture.runAsync(kv::close, task -> Thread.ofPlatform().start(task));
        }
        assertThat(underWay.join()).isEqualTo(YES);
        closed.join();
        assertFailed(kv.ask(GET).join(), Why.UNAVAILABLE, "the store is closed");
        Kv.Live next = new Kv.Live(sqlite("kv.db", ""), time);
        assertThat(next.ask(GET).join()).isEqualTo(found("new"));
        next.close();
    }

    @Test
    void an_engine_whose_scripts_never_call_it_makes_no_file() {
        Kv.Live kv = new Kv.Live(sqlite("kv.db", ""), time);
        assertThat(gauge(kv, "state").word()).isEqualTo("unused");
        kv.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void gauges_say_how_a_store_is() {
        Kv.Live kv = new Kv.Live(sqlite("kv.db", ""), time);
        kv.ask(set("x")).join();
        assertThat(gauge(kv, "state")).isEqualTo(new Gauge("kv.sqlite", "state", 1, "open"));
        assertThat(gauge(kv, "waiting").value()).isZero();
        assertThat(gauge(kv, "file_octets").value()).isPositive();
        kv.reload(settings("store: memory\n"));
        kv.ask(set("x")).join();
        assertThat(gauge(kv, "keys")).isEqualTo(new Gauge("kv.memory", "keys", 1, null));
        kv.close();
        try {
            Files.writeString(folder.resolve("bad.db"), "not a database".repeat(100));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Kv.Live bad = new Kv.Live(sqlite("bad.db", ""), time);
        bad.ask(GET).join();
        assertThat(gauge(bad, "state"))
                .isEqualTo(new Gauge("kv.sqlite", "state", 0, "unavailable", true));
        bad.close();
    }
}
