package io.moondial.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two counts of the same things, on a clock that the test moves. */
class ReconciliationTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int LOOKS = 3;

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final AtomicLong surplus = new AtomicLong();
    private final AtomicLong passed = new AtomicLong();
    private final Reconciliation watch = new Reconciliation(time, INTERVAL, LOOKS, counters);

    @BeforeEach
    void begin() {
        watch.watch(
                new Reconciliation.Pair(
                        "things", "%d too many", "%d too few", surplus::get, passed::get));
    }

    private void look(int times) {
        time.pass(INTERVAL.multipliedBy(times));
    }

    private Reconciliation.Standing standing() {
        return watch.standings().getFirst();
    }

    @Test
    void counts_that_agree_are_in_order() {
        look(10);
        assertThat(standing())
                .isEqualTo(new Reconciliation.Standing("things", "things agree", 0, null));
    }

    @Test
    void a_difference_counts_once_it_has_been_there_at_several_looks() {
        surplus.set(7);
        look(LOOKS - 1);
        assertThat(standing().partedSince()).isNull();
        look(1);
        assertThat(standing().text()).isEqualTo("7 too many");
        assertThat(standing().partedSince()).isEqualTo("2026-01-05T08:00:05Z");
        look(100);
        assertThat(counters.value("reconciliation.parted")).isEqualTo(1);
        assertThat(counters.value("reconciliation.parted.things")).isEqualTo(1);
    }

    @Test
    void one_look_at_which_they_agree_begins_the_count_anew() {
        surplus.set(1);
        look(LOOKS - 1);
        surplus.set(0);
        look(1);
        surplus.set(1);
        look(LOOKS - 1);
        assertThat(standing().partedSince()).isNull();
    }

    @Test
    void differences_in_both_directions_are_no_lasting_one() {
        for (int i = 0; i < 20; i++) {
            surplus.set(i % 2 == 0 ? 1 : -1);
            look(1);
        }
        assertThat(counters.value("reconciliation.parted")).isZero();
    }

    @Test
    void the_second_count_may_be_the_larger_one() {
        surplus.set(-3);
        look(LOOKS);
        assertThat(standing().text()).isEqualTo("3 too few");
    }

    @Test
    void what_can_be_on_its_way_is_no_difference() {
        surplus.set(10);
        for (int i = 0; i < 20; i++) {
            passed.addAndGet(100 * INTERVAL.toSeconds()); // 100 a second: 10 within 100 ms
            look(1);
        }
        assertThat(standing().partedSince()).isNull();
        look(LOOKS); // traffic has ended, and they are still there
        assertThat(standing().partedSince()).isNotNull();
    }

    @Test
    void what_has_parted_is_over_once_the_counts_agree_and_not_for_more_traffic() {
        surplus.set(7);
        look(LOOKS);
        passed.addAndGet(1_000_000);
        look(1);
        assertThat(standing().partedSince()).isNotNull();
        surplus.set(0);
        look(1);
        assertThat(standing().partedSince()).isNull();
        surplus.set(7);
        look(LOOKS);
        assertThat(counters.value("reconciliation.parted")).isEqualTo(2);
    }

    @Test
    void a_count_that_cannot_be_had_does_not_end_the_looks() {
        AtomicLong asked = new AtomicLong();
        watch.watch(
                new Reconciliation.Pair(
                        "broken",
                        "%d",
                        "%d",
                        () -> {
                            asked.incrementAndGet();
                            throw new IllegalStateException("gone");
                        },
                        () -> 0));
        look(3);
        assertThat(asked).hasValue(3);
    }

    @Test
    void after_the_close_nobody_looks() {
        watch.close();
        surplus.set(1);
        look(LOOKS);
        assertThat(time.pending()).isZero();
        assertThat(standing().partedSince()).isNull();
    }
}
