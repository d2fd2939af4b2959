package io.moondial.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The last hours in memory, with a clock that the test moves. */
class SeriesTest {
    private static final Map<String, String> NONE = Map.of();
    private static final Duration TEN = Duration.ofSeconds(10);
    private static final double NOTHING = Double.NaN;

    private final HandMovedTime time = new HandMovedTime();
    private long begun;
    private double open;
    private final Series series = new Series(time, this::measure, 60);

    private void measure(Series.Sample sample) {
        sample.rate("begun", NONE, begun, Duration.ofSeconds(1));
        sample.value("open", NONE, open);
        sample.value("turn_p99", NONE, open);
    }

    private double[] read(String name, Duration length, Duration before, Duration step) {
        Series.Span span = series.read(Set.of(name), length, before, step);
        assertThat(span.lines()).singleElement().extracting(Series.Read::name).isEqualTo(name);
        return rounded(span.lines().getFirst().values());
    }

    /** Alarms ring a millisecond late, which rates show. */
    private static double[] rounded(double[] values) {
        return Arrays.stream(values)
                .map(it -> Double.isNaN(it) ? it : Math.round(it * 10) / 10.0)
                .toArray();
    }

    @Test
    void a_count_becomes_a_rate_and_what_was_before_the_start_is_nothing() {
        begun = 500;
        series.start();
        begun = 600;
        time.pass(TEN.plusMillis(1));
        begun = 650;
        time.pass(TEN);
        assertThat(read("begun", Duration.ofSeconds(40), Duration.ZERO, TEN))
                .containsExactly(NOTHING, NOTHING, 10, 5);
    }

    @Test
    void the_first_value_is_of_the_step_that_begins_then() {
        series.start();
        time.pass(Duration.ofSeconds(35));
        Series.Span span = series.read(Set.of("open"), Duration.ofSeconds(30), Duration.ZERO, TEN);
        assertThat(span.from()).isEqualTo(Instant.parse("2026-01-05T08:00:00Z"));
        assertThat(span.lines().getFirst().values()).hasSize(3).doesNotContain(NOTHING);
    }

    @Test
    void longer_steps_take_the_mean_and_of_a_quantile_the_greatest() {
        series.start();
        for (int i = 1; i <= 6; i++) {
            open = i;
            time.pass(TEN.plusMillis(1));
        }
        Duration half = Duration.ofSeconds(30);
        Duration minute = Duration.ofMinutes(1);
        assertThat(read("open", minute, Duration.ZERO, half)).containsExactly(2, 5);
        assertThat(read("turn_p99", minute, Duration.ZERO, half)).containsExactly(3, 6);
    }

    @Test
    void an_earlier_time_can_be_asked_for() {
        series.start();
        for (int i = 1; i <= 6; i++) {
            open = i;
            time.pass(TEN.plusMillis(1));
        }
        assertThat(read("open", Duration.ofSeconds(20), Duration.ofSeconds(30), TEN))
                .containsExactly(2, 3);
    }

    @Test
    void what_is_older_than_the_room_is_forgotten() {
        series.start();
        for (int i = 0; i < 100; i++) {
            open = i;
            time.pass(TEN.plusMillis(1));
        }
        double[] all = read("open", Duration.ofSeconds(1_000), Duration.ZERO, TEN);
        assertThat(all).hasSize(100);
        assertThat(all[39]).isNaN();
        assertThat(all[40]).isEqualTo(40);
        assertThat(all[99]).isEqualTo(99);
    }

    @Test
    void nothing_is_invented_for_a_time_in_which_nothing_was_measured() {
        LateTime late = new LateTime();
        try (Series gaps = new Series(late, this::measure, 60)) {
            gaps.start();
            open = 1;
            late.ring(Duration.ofSeconds(11));
            open = 2;
            late.ring(Duration.ofSeconds(31)); // the machine slept
            assertThat(
                            gaps.read(Set.of("open"), Duration.ofSeconds(40), Duration.ZERO, TEN)
                                    .lines()
                                    .getFirst()
                                    .values())
                    .containsExactly(1, NOTHING, NOTHING, 2);
        }
    }

    @Test
    void a_clock_that_is_put_back_overwrites_what_it_comes_by_again() {
        LateTime late = new LateTime();
        try (Series back = new Series(late, this::measure, 60)) {
            back.start();
            for (int i = 1; i <= 5; i++) {
                open = i;
                late.ring(TEN.plusMillis(1));
            }
            open = 9;
            late.shift(Duration.ofSeconds(-30));
            late.ring(TEN.plusMillis(1));
            assertThat(
                            back.read(Set.of("open"), Duration.ofSeconds(30), Duration.ZERO, TEN)
                                    .lines()
                                    .getFirst()
                                    .values())
                    .containsExactly(1, 2, 9);
        }
    }

    @Test
    void there_is_a_limit_to_the_lines() {
        try (Series many =
                new Series(
                        time,
                        sample -> {
                            for (int i = 0; i < Series.MAX_LINES + 10; i++) {
                                sample.value("open", Map.of("association", "a" + i), i);
                            }
                        },
                        60)) {
            many.start();
            time.pass(TEN.plusMillis(1));
            assertThat(many.read(Set.of("open"), TEN, Duration.ZERO, TEN).lines())
                    .hasSize(Series.MAX_LINES);
        }
    }

    @Test
    void a_fault_while_measuring_costs_that_value_only() {
        int[] asked = {0};
        try (Series faulty =
                new Series(
                        time,
                        sample -> {
                            if (++asked[0] == 2) {
                                throw new IllegalStateException("for the test");
                            }
                            sample.value("open", NONE, asked[0]);
                        },
                        60)) {
            faulty.start();
            time.pass(TEN.plusMillis(1));
            time.pass(TEN);
            assertThat(
                            faulty.read(Set.of("open"), Duration.ofSeconds(20), Duration.ZERO, TEN)
                                    .lines()
                                    .getFirst()
                                    .values())
                    .containsExactly(NOTHING, 3);
        }
    }

    @Test
    void once_closed_no_alarm_is_left() {
        series.start();
        series.close();
        assertThat(time.pending()).isZero();
        time.pass(Duration.ofMinutes(1));
        assertThat(series.age()).isEqualTo(Duration.ofMinutes(1));
    }
}
