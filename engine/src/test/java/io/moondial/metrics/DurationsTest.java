package io.moondial.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DurationsTest {
    private final Durations durations = new Durations();

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void what_takes_as_long_as_an_edge_is_below_it_and_everything_is_somewhere() {
        durations.add(-5);
        durations.add(0);
        durations.add(millis(5));
        durations.add(millis(5) + 1);
        durations.add(millis(500_000));
        Durations.Sum sum = durations.sum();
        assertThat(sum.between(0, 0.001)).isEqualTo(2);
        assertThat(sum.between(0.001, 0.005)).isOne();
        assertThat(sum.between(0.005, 0.01)).isOne();
        assertThat(sum.between(0.01, Double.POSITIVE_INFINITY)).isOne();
        assertThat(sum.count()).isEqualTo(durations.count()).isEqualTo(5);
        assertThat(sum.seconds()).isCloseTo(500.01, within(0.0001));
    }

    @Test
    void an_edge_that_is_none_is_refused() {
        assertThatThrownBy(() -> durations.sum().between(0, 0.003))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_quantile_is_right_to_about_a_tenth() {
        for (int i = 1; i <= 1_000; i++) {
            durations.add(millis(i));
        }
        assertThat(durations.sum().quantile(0.99)).isCloseTo(0.99, within(0.1));
        assertThat(durations.sum().quantile(0.5)).isCloseTo(0.5, within(0.05));
        assertThat(Durations.Sum.none().quantile(0.99)).isNaN();
    }

    @Test
    void a_quantile_of_what_came_lately_knows_nothing_of_before() {
        for (int i = 0; i < 1_000; i++) {
            durations.add(millis(1));
        }
        Durations.Sum before = durations.sum();
        durations.add(millis(80));
        Durations.Sum lately = durations.sum().since(before);
        assertThat(lately.count()).isOne();
        assertThat(lately.quantile(0.99)).isBetween(0.063, 0.08);
        assertThat(lately.plus(before).count()).isEqualTo(1_001);
    }

    @Test
    void what_takes_longer_than_the_last_edge_has_that_edge_as_its_quantile() {
        durations.add(millis(400_000));
        assertThat(durations.sum().quantile(0.99)).isEqualTo(100);
    }
}
