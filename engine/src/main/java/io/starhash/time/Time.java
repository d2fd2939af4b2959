package io.starhash.time;

import java.time.Duration;
import java.time.Instant;

/** The clock and the alarm. */
public interface Time {
    /** The wall clock. */
    Instant now();

    /** Runs this once after that long, on a thread of the clock's: it must not wait. */
    Alarm after(Duration delay, Runnable action);

    /** Something that is to happen. */
    @FunctionalInterface
    interface Alarm {
        /** Makes it not happen, unless it happens already. */
        void cancel();
    }
}
