package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdrAppTest {
    private static final Instant AT = Instant.parse("2021-09-30T05:00:54.079Z");

    @TempDir Path root;
    private final Counters counters = new Counters();

    @Test
    void what_was_handed_over_is_complete_after_the_close() {
        try (var app = app(settings(WhenFull.REFUSE_DIALOGS, 1000))) {
            app.write("ussd", edr("one"));
            app.write("ussd", edr("two"));
        }

        assertThat(EdrFiles.texts(root, ".edr")).containsExactly("one", "two");
        assertThat(EdrFiles.inProgress(root)).isEmpty();
    }

    @Test
    void an_application_without_a_record_leaves_nothing() {
        app(settings(WhenFull.REFUSE_DIALOGS, 1000)).close();

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void what_a_stop_had_to_spill_is_brought_to_its_streams_folder_by_the_next_start()
            throws IOException {
        var elsewhere = root.resolve("gone");
        var inTheWay = Files.writeString(elsewhere, "in the way");
        var refused = settings(elsewhere, WhenFull.REFUSE_DIALOGS, 1000);
        try (var app = app(refused)) {
            app.write("my_stream", edr("one"));
        }
        assertThat(EdrFiles.texts(root.resolve("spill"), ".edr")).containsExactly("one");

        Files.delete(inTheWay);
        app(refused).close();

        assertThat(root.resolve("spill")).isEmptyDirectory();
        var file = EdrFiles.complete(root.resolve("gone")).getFirst();
        assertThat(EdrFiles.texts(file)).containsExactly("one");
        assertThat(EdrFiles.header(file).filename()).isEqualTo(file.toString());
        assertThat(EdrFiles.inProgress(root.resolve("gone"))).isEmpty();
    }

    @Test
    void a_stop_tries_a_disk_that_refuses_until_it_takes_the_records_again() throws Exception {
        var folder = root.resolve("edr");
        var inTheWay = Files.writeString(folder, "in the way");
        var settings = settings(WhenFull.REFUSE_DIALOGS, 1000).in(folder);
        var app = new EdrApp(settings, EdrClock.system(), "h", 1, counters);
        app.write("ussd", edr("one"));
        await().until(() -> app.status().getFirst().failure() != null);
        var stop = Thread.ofPlatform().start(() -> app.close(Duration.ofDays(1)));
        long before = counters.value("edr.failures");
        await().until(() -> counters.value("edr.failures") > before);

        Files.delete(inTheWay);
        stop.join();

        assertThat(EdrFiles.texts(folder, ".edr")).containsExactly("one");
        assertThat(app.status().getFirst().dropped()).isZero();
    }

    @Test
    void a_stop_that_is_interrupted_waits_no_longer_and_spills() throws Exception {
        var folder = root.resolve("edr");
        Files.writeString(folder, "in the way");
        var refused = settings(folder, WhenFull.REFUSE_DIALOGS, 1000);
        var app = app(refused);
        app.write("ussd", edr("one"));
        var stop = Thread.ofPlatform().start(() -> app.close(Duration.ofDays(1)));

        stop.interrupt();
        stop.join();

        assertThat(EdrFiles.texts(root.resolve("spill"), ".edr")).containsExactly("one");
    }

    @Test
    void each_stream_has_its_own_folder_and_limits() {
        var settings =
                WrittenSettings.changed(
                        settings(root.resolve("others"), WhenFull.REFUSE_DIALOGS, 1000),
                        "streams: {one: {directory: %s, max_file_edrs: 1}}"
                                .formatted(root.resolve("one")));
        try (var app = app(settings)) {
            for (int i = 0; i < 3; i++) {
                app.write("one", edr("one" + i));
                app.write("other", edr("other" + i));
            }
        }

        assertThat(EdrFiles.complete(root.resolve("one"))).hasSize(3);
        assertThat(EdrFiles.complete(root.resolve("others"))).hasSize(1);
        assertThat(EdrFiles.texts(root.resolve("others"), ".edr"))
                .containsExactly("other0", "other1", "other2");
    }

    @Test
    void records_of_many_threads_are_all_there_and_each_threads_in_its_order() throws Exception {
        int threads = 4;
        int records = 5_000;
        try (var app = app(settings(WhenFull.REFUSE_DIALOGS, 100))) {
            var producers =
                    IntStream.range(0, threads)
                            .mapToObj(
                                    t -> Thread.ofPlatform().start(() -> produce(app, t, records)))
                            .toList();
            for (var producer : producers) {
                producer.join();
            }
        }

        var texts = EdrFiles.texts(root, ".edr");
        assertThat(texts).hasSize(threads * records);
        for (int t = 0; t < threads; t++) {
            String mine = t + ":";
            assertThat(texts.stream().filter(text -> text.startsWith(mine)).toList())
                    .isEqualTo(IntStream.range(0, records).mapToObj(i -> mine + i).toList());
        }
    }

    @Test
    void any_records_come_back_from_the_files() throws IOException {
        var random = new SplittableRandom(5);
        var edrs = new ArrayList<Edr>();
        try (var app = app(settings(WhenFull.REFUSE_DIALOGS, 1000))) {
            for (int i = 0; i < 2_000; i++) {
                var edr = RandomEdrs.edr(random);
                edrs.add(edr);
                app.write("ussd", edr);
            }
        }

        var read = new ArrayList<Edr>();
        for (var file : EdrFiles.complete(root)) {
            for (var line : EdrFiles.lines(file)) {
                if (line instanceof EdrLine.Event event) {
                    read.add(event.edr());
                }
            }
        }
        assertThat(read).isEqualTo(edrs);
    }

    @Test
    void dialogs_are_refused_while_the_backlog_is_full_and_running_ones_keep_their_records()
            throws IOException {
        var folder = root.resolve("edr");
        Files.writeString(folder, "in the way");
        try (var app = app(settings(folder, WhenFull.REFUSE_DIALOGS, 10))) {
            assertThat(app.accepting()).isTrue();
            for (int i = 0; i < 15; i++) {
                app.write("ussd", edr("" + i));
            }

            assertThat(app.accepting()).isFalse();
            assertThat(app.status())
                    .singleElement()
                    .satisfies(
                            status -> {
                                assertThat(status.backlog()).isEqualTo(15);
                                assertThat(status.dropped()).isZero();
                            });
            Files.delete(folder);
        }

        assertThat(EdrFiles.texts(folder, ".edr")).hasSize(15);
    }

    @Test
    void dialogs_are_never_refused_where_records_are_dropped() throws IOException {
        var folder = root.resolve("edr");
        Files.writeString(folder, "in the way");
        try (var app = app(settings(folder, WhenFull.DROP_RECORDS, 10))) {
            for (int i = 0; i < 15; i++) {
                app.write("ussd", edr("" + i));
            }

            assertThat(app.accepting()).isTrue();
            assertThat(app.status().getFirst().dropped()).isEqualTo(5);
            Files.delete(folder);
        }

        assertThat(EdrFiles.texts(folder, ".edr")).hasSize(10);
    }

    @Test
    void a_record_after_the_close_is_counted_and_not_silently_lost() {
        var app = app(settings(WhenFull.REFUSE_DIALOGS, 1000));
        app.write("ussd", edr("one"));
        app.close();

        app.write("ussd", edr("two"));
        app.write("other", edr("three"));
        assertThat(app.late()).isEqualTo(2);
        assertThat(counters.value("edr.dropped")).isEqualTo(2);
        assertThat(app.status().getFirst().handedOver()).isEqualTo(1);
        assertThat(EdrFiles.texts(root, ".edr")).containsExactly("one");
    }

    @Test
    void a_record_that_was_taken_during_the_close_is_written_and_any_other_is_counted()
            throws Exception {
        for (int round = 0; round < 20; round++) {
            var folder = root.resolve("round" + round);
            var handedOver = new AtomicInteger();
            var begun = new CountDownLatch(4);
            var app = app(settings(folder, WhenFull.REFUSE_DIALOGS, 1000));
            var producers =
                    IntStream.range(0, 4)
                            .mapToObj(
                                    t ->
                                            Thread.ofPlatform()
                                                    .start(
                                                            () ->
                                                                    writeUntilLate(
                                                                            app,
                                                                            begun,
                                                                            handedOver)))
                            .toList();
            begun.await();
            app.close();
            for (var producer : producers) {
                producer.join();
            }

            assertThat(EdrFiles.texts(folder, ".edr")).hasSize(handedOver.get() - (int) app.late());
            assertThat(app.status().getFirst().backlog()).isZero();
        }
    }

    @Test
    void a_streams_name_is_checked_and_their_number_is_limited() {
        try (var app = app(settings(WhenFull.REFUSE_DIALOGS, 1000))) {
            assertThatThrownBy(() -> app.write("a/b", edr("x")))
                    .hasMessageContaining("\"a/b\" is not an EDR stream's name");
            int scripts = EdrApp.MAX_STREAMS - 4;
            for (int i = 0; i < scripts; i++) {
                app.write("s" + i, edr("x"));
            }
            assertThatThrownBy(() -> app.write("more", edr("x")))
                    .hasMessageContaining("\"more\" would be one EDR stream too many")
                    .hasMessageContaining("there can be " + scripts);
        }
    }

    @Test
    void scripts_leave_streams_to_the_engine() {
        try (var app = app(settings(WhenFull.REFUSE_DIALOGS, 1000))) {
            for (int i = 0; i < EdrApp.MAX_STREAMS - 4; i++) {
                app.write("s" + i, edr("x"));
            }
            var engines = Edr.builder(AT, "Logic-1-00000001", "USSD-PROCESS").build();
            for (int i = 0; i < 4; i++) {
                app.write("engine" + i, engines);
            }
            app.write("engine0", edr("of a script"));
            assertThatThrownBy(() -> app.write("more", engines))
                    .hasMessageContaining("\"more\" would be one EDR stream too many");
        }
    }

    @Test
    void a_sleeping_writer_is_woken_by_the_record_that_makes_a_flush_due() {
        var settings =
                WrittenSettings.changed(
                        settings(WhenFull.REFUSE_DIALOGS, 1000),
                        "max_file_time: 1h",
                        "max_flush_edrs: 3",
                        "max_flush_time: 1h");
        try (var app = app(settings)) {
            for (int flush = 1; flush <= 20; flush++) {
                for (int i = 0; i < 3; i++) {
                    app.write("ussd", edr("x"));
                }
                long written = 3L * flush;
                await().until(() -> app.status().getFirst().written() == written);
            }
        }
    }

    private static void writeUntilLate(EdrApp app, CountDownLatch begun, AtomicInteger handedOver) {
        while (app.late() == 0) {
            app.write("ussd", edr("x"));
            handedOver.incrementAndGet();
            begun.countDown();
        }
    }

    private static void produce(EdrApp app, int thread, int records) {
        for (int i = 0; i < records; i++) {
            app.write("ussd", edr(thread + ":" + i));
        }
    }

    private static Edr edr(String text) {
        return Edr.builder(AT, "Logic-1-00000001", "X").text("TEXT", text).build();
    }

    private EdrApp app(EdrSettings settings) {
        return new EdrApp(settings, EdrClock.system(), "host", 1, counters);
    }

    private EdrSettings settings(WhenFull whenFull, int maxBacklog) {
        return settings(root, whenFull, maxBacklog);
    }

    private EdrSettings settings(Path folder, WhenFull whenFull, int maxBacklog) {
        return WrittenSettings.settings(
                EdrSettings.class,
                "max_backlog: " + maxBacklog,
                "when_full: " + whenFull.name().toLowerCase(Locale.ROOT),
                "directory: " + folder,
                "spill_directory: " + root.resolve("spill"));
    }
}
