package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.script.lua.Meter.HeavyPermit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HeavyPermitTest {
    private static final Meter.Bounds BOUNDS =
            new Meter.Bounds(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 200, 100, 10);

    @Test
    void one_carrier_stays_free_of_long_bursts() {
        HeavyPermit permit = new HeavyPermit(3);
        assertThat(permit.tryAcquire()).isTrue();
        assertThat(permit.tryAcquire()).isTrue();
        assertThat(permit.tryAcquire()).isFalse();
        permit.release();
        assertThat(permit.tryAcquire()).isTrue();
    }

    @Test
    void where_there_is_one_carrier_one_burst_may_be_long() {
        HeavyPermit permit = new HeavyPermit(1);
        assertThat(permit.tryAcquire()).isTrue();
        assertThat(permit.tryAcquire()).isFalse();
    }

    @Test
    void a_long_burst_takes_the_permit_and_gives_it_back_at_its_end() {
        HeavyPermit permit = new HeavyPermit(2);
        Meter meter = new Meter(BOUNDS, () -> {}, permit);
        meter.beginBurst();
        burn(meter);
        assertThat(permit.tryAcquire()).isFalse();
        meter.endBurst();
        assertThat(permit.tryAcquire()).isTrue();
    }

    @Test
    void a_burst_that_waits_for_the_permit_can_be_killed() {
        HeavyPermit permit = new HeavyPermit(2);
        assertThat(permit.tryAcquire()).isTrue();
        AtomicBoolean stop = new AtomicBoolean();
        Meter meter =
                new Meter(
                        BOUNDS,
                        () -> {
                            if (stop.get()) {
                                throw new Meter.Kill(Meter.Kill.Reason.STOPPED, "stopped");
                            }
                        },
                        permit);
        meter.beginBurst();
        Thread.startVirtualThread(() -> stop.set(true));
        assertThatThrownBy(() -> burn(meter)).isInstanceOf(Meter.Kill.class).hasMessage("stopped");
        meter.endBurst();
        assertThat(permit.tryAcquire()).isFalse();
    }

    /** On a busy machine a short burst is a long one by the clock: it must get its turn. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_burst_that_never_ends_leaves_the_permit_to_others_in_turn() throws Exception {
        HeavyPermit permit = new HeavyPermit(2);
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch heavy = new CountDownLatch(1);
        Thread endless =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    Meter meter = new Meter(BOUNDS, () -> {}, permit);
                                    meter.beginBurst();
                                    burn(meter);
                                    heavy.countDown();
                                    while (!over.get()) {
                                        meter.work(10);
                                    }
                                    meter.endBurst();
                                });
        try {
            heavy.await();
            for (int i = 0; i < 3; i++) {
                Meter meter = new Meter(BOUNDS, () -> {}, permit);
                meter.beginBurst();
                burn(meter);
                meter.endBurst();
            }
        } finally {
            over.set(true);
        }
        endless.join();
    }

    /** Computes until a burst counts as long, and so much more that the meter has noticed. */
    private static void burn(Meter meter) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < 5_000_000) {
            meter.work(10);
        }
        meter.work(10_000);
    }
}
