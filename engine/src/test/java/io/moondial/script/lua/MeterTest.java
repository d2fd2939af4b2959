package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
