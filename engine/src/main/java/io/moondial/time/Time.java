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

    /**
     * Work under way that time should not pass by: a message on its way, a script that computes. A
     * clock that a test moves waits until there is none; the machine's clock asks nobody. Each
     * piece begins before what set it off ends, so that none is overlooked in between.
     */
    interface Activity {
        /** Nobody asks, so nothing is counted. */
        Activity UNCOUNTED =
                new Activity() {
                    @Override
                    public void begin() {}

                    @Override
                    public void end() {}
                };

        /** One more piece of work begins. */
        void begin();

        /** One that began has ended; whatever it set off has begun. */
        void end();
    }
}
