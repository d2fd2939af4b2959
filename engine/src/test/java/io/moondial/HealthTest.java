package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.admin.EngineStatus.Phase;
import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.admin.HealthResource.Check;
import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.metrics.Series;
import io.moondial.time.HandMovedTime;
import io.moondial.time.LeapingTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What makes an engine not ready, or not alive. */
class HealthTest {
    private static final Instant THEN = Instant.parse("2026-01-05T08:00:00Z");

    private static LinkStatus link(String state) {
        return new LinkStatus(
                "stp",
                state,
                THEN,
                "a1",
                "tcp 127.0.0.1:1",
                "up",
                "active",
                THEN,
                LinkStatus.Load.NONE,
                null);
    }

    private static StreamStatus stream(int backlog, StreamStatus.@Nullable Failure failure) {
        return stream(backlog, null, failure);
    }

    private static StreamStatus stream(
            int backlog, @Nullable WhenFull full, StreamStatus.@Nullable Failure failure) {
        return new StreamStatus(
                "ussd", 5, backlog, 100, Duration.ZERO, 5, 0, 0, 0, null, full, failure);
    }

    private static List<String> wrong(List<Check> checks) {
        return checks.stream().filter(it -> !it.ok()).map(Check::name).toList();
    }

    @Test
    void an_engine_without_links_and_without_records_yet_is_ready() {
        assertThat(wrong(Health.ready(Phase.RUNNING, List.of(), List.of(), ReloadStatus.NONE)))
                .isEmpty();
    }

    @Test
    void one_active_application_server_is_enough() {
        assertThat(
                        wrong(
                                Health.ready(
                                        Phase.RUNNING,
                                        List.of(link("down"), link("active")),
                                        List.of(),
                                        ReloadStatus.NONE)))
                .isEmpty();
        List<Check> none =
                Health.ready(
                        Phase.RUNNING,
                        List.of(link("down"), link("pending")),
                        List.of(),
                        ReloadStatus.NONE);
        assertThat(wrong(none)).containsExactly("links");
        assertThat(none.get(1).text()).contains("no dialog can come");
    }

    @Test
    void records_that_are_not_written_make_it_not_ready() {
        StreamStatus.Failure full = new StreamStatus.Failure(THEN, "the disk is full");
        for (StreamStatus stream :
                List.of(stream(3, full), stream(100, WhenFull.DROP_RECORDS, null))) {
            assertThat(
                            wrong(
                                    Health.ready(
                                            Phase.RUNNING,
                                            List.of(),
                                            List.of(stream),
                                            ReloadStatus.NONE)))
                    .containsExactly("edrs");
        }
    }

    @Test
    void a_full_backlog_that_refuses_dialogs_takes_none() {
        List<Check> checks =
                Health.ready(
                        Phase.RUNNING,
                        List.of(),
                        List.of(stream(100, WhenFull.REFUSE_DIALOGS, null)),
                        ReloadStatus.NONE);
        assertThat(wrong(checks)).containsExactly("dialogs", "edrs");
        assertThat(checks.getFirst().text())
                .isEqualTo(
                        "new dialogs are refused with error 34: 100 of 100 records of the stream ussd wait to be written");
    }

    @Test
    void broken_files_make_it_not_ready_and_a_change_that_waits_for_a_restart_does_not() {
        ReloadStatus refused =
                new ReloadStatus(
                        null, new ReloadStatus.Refusal(THEN, 1, List.of("x")), null, List.of());
        ReloadStatus kept = new ReloadStatus(null, null, THEN, List.of());
        for (ReloadStatus reload : List.of(refused, kept)) {
            assertThat(wrong(Health.ready(Phase.RUNNING, List.of(), List.of(), reload)))
                    .containsExactly("rules");
        }
        ReloadStatus waiting = new ReloadStatus(THEN, null, null, List.of("dialogs.max 1 -> 2"));
        assertThat(wrong(Health.ready(Phase.RUNNING, List.of(), List.of(), waiting))).isEmpty();
    }

    @Test
    void an_engine_that_starts_or_stops_is_not_ready() {
        for (Phase phase : List.of(Phase.STARTING, Phase.STOPPING)) {
            List<Check> checks = Health.ready(phase, List.of(), List.of(), ReloadStatus.NONE);
            assertThat(wrong(checks)).containsExactly("dialogs");
            assertThat(checks.getFirst().text()).contains(phase.word());
        }
    }

    @Test
    void an_engine_whose_alarms_do_not_ring_is_not_alive() {
        HandMovedTime time = new HandMovedTime();
        try (Series series = new Series(time, sample -> {})) {
            series.start();
            time.pass(Duration.ofMinutes(5));
            assertThat(wrong(Health.live(series))).isEmpty();
        }
        Series still = new Series(time, sample -> {});
        time.pass(Duration.ofMinutes(2));
        assertThat(wrong(Health.live(still))).containsExactly("alarms");
    }

    @Test
    void an_engine_that_hangs_while_it_measures_is_not_alive_and_says_so() throws Exception {
        AtomicInteger measured = new AtomicInteger();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        LeapingTime time = new LeapingTime();
        Series series =
                new Series(
                        time,
                        sample -> {
                            if (measured.incrementAndGet() > 1) {
                                hangs.countDown();
                                await(over);
                            }
                        });
        series.start();
        Thread alarms = Thread.ofPlatform().start(() -> time.leap(Series.STEP.multipliedBy(2)));
        hangs.await();
        try {
            time.leap(Duration.ofMinutes(2));
            assertThat(
                            CompletableFuture.supplyAsync(() -> wrong(Health.live(series)))
                                    .get(2, TimeUnit.MINUTES))
                    .containsExactly("alarms");
        } finally {
            over.countDown();
            alarms.join();
            series.close();
            time.close();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
