package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptSettings;
import io.moondial.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class ScriptSharesTest {
    private static final ScriptSettings.Shares LIMITS =
            limits("max_log_lines: 100", "max_stat_names: 3", "max_stat_names_in_all: 5");

    private final Counters counters = new Counters();
    private final StandingTime time = new StandingTime();

    /** Time that a test moves; an alarm rings where the test says so. */
    private static final class StandingTime implements Time {
        private final List<Runnable> alarms = new ArrayList<>();
        private long nanos;

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Alarm after(Duration delay, Runnable action) {
            alarms.add(action);
            return () -> alarms.remove(action);
        }

        void passASecond() {
            nanos += 1_000_000_000;
            List<Runnable> due = List.copyOf(alarms);
            alarms.clear();
            due.forEach(Runnable::run);
        }
    }

    private static ScriptSettings.Shares limits(String... keys) {
        return WrittenSettings.settings(ScriptSettings.Shares.class, keys);
    }

    private ScriptShares shares(String logger) {
        Logger log = LoggerFactory.getLogger(logger);
        return new ScriptShares(counters, log, log, time);
    }

    private static long written(ScriptShares.Share share, Level level, int lines) {
        long written = 0;
        for (int i = 0; i < lines; i++) {
            written += share.mayLog(level, LIMITS) ? 1 : 0;
        }
        return written;
    }

    @Test
    void of_the_lines_of_one_script_so_many_a_second_are_written_and_the_rest_are_counted() {
        try (LogWatch log = new LogWatch("shares-lines")) {
            ScriptShares shares = shares("shares-lines");
            assertThat(written(shares.of("topup"), Level.INFO, 81_000)).isEqualTo(100);
            assertThat(counters.value("scripts.log_lines_left_out")).isEqualTo(80_900);
            assertThat(log.lines()).isEmpty();
            time.passASecond();
            assertThat(log.lines())
                    .containsExactly(
                            "80900 more within about 1000 ms: lines of topup at level info");
            assertThat(written(shares.of("topup"), Level.INFO, 5)).isEqualTo(5);
        }
    }

    @Test
    void a_script_that_floods_takes_nothing_from_another_nor_one_level_from_another() {
        try (LogWatch log = new LogWatch("shares-levels")) {
            ScriptShares shares = shares("shares-levels");
            assertThat(written(shares.of("topup"), Level.INFO, 200)).isEqualTo(100);
            assertThat(written(shares.of("topup"), Level.ERROR, 10)).isEqualTo(10);
            assertThat(written(shares.of("balance"), Level.INFO, 10)).isEqualTo(10);
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void a_line_below_the_level_of_the_log_is_not_counted() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("shares-off"))
                .setLevel(ch.qos.logback.classic.Level.ERROR);
        assertThat(written(shares("shares-off").of("topup"), Level.WARN, 200)).isZero();
        assertThat(counters.value("scripts.log_lines_left_out")).isZero();
    }

    @Test
    void names_beyond_the_bound_of_a_script_are_counted_under_one_and_told_once() {
        try (LogWatch log = new LogWatch("shares-names")) {
            ScriptShares.Share share = shares("shares-names").of("topup");
            for (int i = 0; i < 20_000; i++) {
                share.increment("user." + i, LIMITS);
            }
            share.increment("user.1", LIMITS);
            assertThat(counters.snapshot())
                    .containsOnlyKeys(
                            "script.user.0",
                            "script.user.1",
                            "script.user.2",
                            ScriptShares.BEYOND_LIMIT);
            assertThat(counters.value("script.user.1")).isEqualTo(2);
            assertThat(counters.value(ScriptShares.BEYOND_LIMIT)).isEqualTo(19_997);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("topup counts under too many names: 3 of its own")
                    .contains("script.max_stat_names 3", "'user.3'", ScriptShares.BEYOND_LIMIT);
        }
    }

    @Test
    void names_beyond_the_bound_of_all_are_too_and_a_name_of_another_script_takes_no_place() {
        ScriptShares shares = shares("shares-all");
        for (String script : List.of("a", "b", "c")) {
            for (int i = 0; i < 3; i++) {
                shares.of(script).increment("shared." + i, LIMITS);
                shares.of(script).increment(script + i, LIMITS);
            }
        }
        assertThat(counters.snapshot().keySet())
                .filteredOn(name -> name.startsWith("script."))
                .hasSize(5);
        assertThat(counters.value("script.shared.0")).isEqualTo(3);
        assertThat(counters.snapshot().values().stream().mapToLong(Long::longValue).sum())
                .as("nothing is lost")
                .isEqualTo(18);
    }

    @Test
    void a_bound_that_a_reload_raises_lets_more_names_in() {
        ScriptShares.Share share = shares("shares-raised").of("a");
        for (int i = 0; i < 5; i++) {
            share.increment("n" + i, LIMITS);
        }
        share.increment("n3", limits("max_stat_names: 4", "max_stat_names_in_all: 5"));
        assertThat(counters.value("script.n3")).isEqualTo(1);
    }

    @Test
    void a_counted_name_keeps_its_series_when_a_reload_takes_it_out_of_the_scripts() {
        ScriptShares shares = shares("shares-reload");
        ScriptShares.Share topup = shares.of("topup");
        shares.writtenOut(Set.of("done", "failed"));
        topup.increment("done", LIMITS);
        topup.increment("to 27761485722", LIMITS);
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 1L), 1));
        shares.writtenOut(Set.of());
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 1L), 1));
        topup.increment("done", LIMITS); // by a dialog that began before
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 2L), 1));
        shares.writtenOut(Set.of("done"));
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 2L), 1));
    }

    @Test
    void what_was_counted_as_composed_stays_so_when_a_reload_writes_the_name_out() {
        ScriptShares shares = shares("shares-written");
        ScriptShares.Share topup = shares.of("topup");
        topup.increment("done", LIMITS);
        topup.increment("done", LIMITS);
        assertThat(shares.stats()).isEqualTo(stats(Map.of(), 2));
        shares.writtenOut(Set.of("done"));
        assertThat(shares.stats()).isEqualTo(stats(Map.of(), 2));
        topup.increment("done", LIMITS);
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 1L), 2));
        shares.writtenOut(Set.of());
        topup.increment("done", LIMITS);
        assertThat(shares.stats()).isEqualTo(stats(Map.of("done", 2L), 2));
    }

    @Test
    void a_name_that_nothing_was_counted_under_is_forgotten_with_its_script() {
        ScriptShares shares = shares("shares-forgotten");
        shares.writtenOut(Set.of("failed"));
        shares.writtenOut(Set.of("done"));
        shares.of("topup").increment("failed", LIMITS);
        assertThat(shares.stats()).isEqualTo(stats(Map.of(), 1));
    }

    @Test
    void the_desk_knows_the_names_of_the_scripts_in_service(@TempDir Path folder) {
        try (LiveDesk live = LiveDesk.running(folder, "stat.increment('old') return 'x'")) {
            LiveDesk.next(live.dial("*1#"));
            live.settle();
            live.serve(
                    "stat.increment('new') stat.increment('n' .. 1) return 'x'",
                    Trigger.Conditions.NONE);
            LiveDesk.next(live.dial("*1#"));
            live.settle();
            assertThat(live.desk.stats()).isEqualTo(stats(Map.of("old", 1L, "new", 1L), 1));
        }
    }

    private static ServiceDesk.ScriptStats stats(Map<String, Long> byName, long composed) {
        return new ServiceDesk.ScriptStats(new TreeMap<>(byName), composed);
    }
}
