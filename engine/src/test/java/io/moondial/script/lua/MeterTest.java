package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeterTest {
    @Test
    void the_last_unit_is_the_bound() {
        Meter meter = TestMeter.of(2500, 100);
        for (int i = 0; i < 2500; i++) {
            meter.work(1);
        }
        assertThat(meter.unitsUsed()).isEqualTo(2500);
        assertThatThrownBy(() -> meter.work(1))
                .isInstanceOf(Meter.Kill.class)
                .hasMessage("used up max_instructions: 2500 units of work at most");
    }

    @Test
    void work_counts_by_its_size() {
        Meter meter = TestMeter.of(10_000, 100);
        meter.work(2600);
        meter.work(7400);
        assertThat(meter.unitsUsed()).isEqualTo(10_000);
        assertThatThrownBy(() -> meter.work(1)).isInstanceOf(Meter.Kill.class);
    }

    @Test
    void one_huge_piece_of_work_breaks_the_bound() {
        assertThatThrownBy(() -> TestMeter.of(1_000_000, 100).work(Long.MAX_VALUE))
                .isInstanceOf(Meter.Kill.class);
    }

    @Test
    void a_broken_bound_stays_broken() {
        Meter meter = TestMeter.of(1_000_000, 100);
        assertThatThrownBy(() -> meter.memory(101)).isInstanceOf(Meter.Kill.class);
        assertThatThrownBy(() -> meter.work(1))
                .isInstanceOf(Meter.Kill.class)
                .hasMessageContaining("max_memory");
        assertThatThrownBy(() -> meter.work(1)).isInstanceOf(Meter.Kill.class);
        assertThatThrownBy(() -> meter.memory(1)).isInstanceOf(Meter.Kill.class);
        assertThatThrownBy(() -> meter.string(1)).isInstanceOf(Meter.Kill.class);
        assertThatThrownBy(meter::beginBurst).isInstanceOf(Meter.Kill.class);
    }

    @Test
    void a_string_and_a_depth_have_bounds_of_their_own() {
        assertThatThrownBy(() -> TestMeter.unlimited().string((1 << 20) + 1))
                .hasMessage("used up max_string_length: 1048576 octets in one string at most");
        assertThatThrownBy(() -> TestMeter.unlimited().depth(201))
                .hasMessage("used up max_call_depth: 200 calls inside calls at most");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tonumber(s)",
                "tonumber(s, 10)",
                "s + 1",
                "1 - s",
                "-s",
                "math.floor(s)",
                "math.max(1, s)",
                "('x'):rep(s)",
                "os.time{year = 2026, month = s, day = 1}"
            })
    void white_space_around_a_number_is_counted_before_it_is_read(String read) throws Exception {
        assertThat(unitsToRead(read, 1 << 16) - unitsToRead(read, 0)).isBetween(1024L, 20_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s, 1", "1, s", "1, 1, s"})
    void white_space_around_a_number_of_a_loop_is_counted(String bounds) throws Exception {
        String loop = "(function() for i = %s do return i end end)()".formatted(bounds);

        assertThat(unitsToRead(loop, 1 << 16) - unitsToRead(loop, 0)).isBetween(1024L, 20_000L);
    }

    /** The units for an expression where s is a number between so many spaces. */
    private static long unitsToRead(String expression, int spaces) throws Exception {
        return Long.parseLong(
                MeteredRun.of(
                                """
                                local space = (" "):rep(%d)
                                local s = space .. "1" .. space
                                local before = units_used()
                                local value = %s
                                local after = units_used()
                                return ("%%d"):format(after - before)
                                """
                                        .formatted(spaces / 2, expression))
                        .toText());
    }
}
