package io.moondial.metrics;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Time with one alarm, which rings when the test says so, however late; its clock can be put. */
final class LateTime implements Time {
    private Instant now = Instant.parse("2026-01-05T08:00:00Z");
    private long nanos;
    private @Nullable Runnable alarm;

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        alarm = action;
        return () -> alarm = null;
    }

    /** So much time passes; then the alarm rings. */
    void ring(Duration passed) {
        now = now.plus(passed);
        nanos += passed.toNanos();
        Runnable due = alarm;
        if (due != null) {
            due.run();
        }
    }

    /** Only the clock on the wall moves. */
    void shift(Duration by) {
        now = now.plus(by);
    }
}
