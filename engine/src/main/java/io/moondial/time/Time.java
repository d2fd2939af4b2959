package io.moondial.time;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** The clock and the alarm. */
public interface Time extends AutoCloseable {
    /** The wall clock. */
    Instant now();

    /** A clock that only goes forward, in nanoseconds from any point. */
    default long nanos() {
        return System.nanoTime();
    }

    /** The zone of local dates. */
    default ZoneId zone() {
        return ZoneId.systemDefault();
    }

    /** What is under way, as this clock wants to know it. */
    default Activity activity() {
        return Activity.UNCOUNTED;
    }

    /** Runs this once after that long, on a thread of the clock's: it must not wait. */
    Alarm after(Duration delay, Runnable action);

    /** Nothing rings any more. */
    @Override
    default void close() {}

    /** Something that is to happen. */
    @FunctionalInterface
    interface Alarm {
        /** Makes it not happen, unless it happens already. */
        void cancel();
    }
}
