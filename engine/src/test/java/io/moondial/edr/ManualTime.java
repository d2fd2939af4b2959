package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Time that a test moves: the wall clock and the forward-only one, together or apart. */
final class ManualTime {
    private volatile Instant wall;
    private volatile @Nullable Error fault;
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    /** The forward-only clock overflows soon after the start, as a real one may. */
    ManualTime(String start) {
        wall = Instant.parse(start);
    }

    EdrClock clock() {
        return new EdrClock(this::instant, nanos::get);
    }

    private Instant instant() {
        var thrown = fault;
        if (thrown != null) {
            throw thrown;
        }
        return wall;
    }

    /**
     * From now on whoever asks the wall clock gets this in the place of the time; null: no more.
     */
    void fail(@Nullable Error thrown) {
        fault = thrown;
    }

    Instant now() {
        return wall;
    }

    void pass(Duration time) {
        jump(time);
        nanos.addAndGet(time.toNanos());
    }

    /** Moves the wall clock alone. */
    void jump(Duration time) {
        wall = wall.plus(time);
    }
}
