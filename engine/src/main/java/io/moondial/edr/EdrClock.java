package io.moondial.edr;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time that is used for writing files.
 *
 * @param wall the time for names, headers and footers of files; it may jump
 * @param nanos a clock that only goes forward, in nanoseconds from anywhere; every limit and retry
 *     is measured with it, so that a jump of the wall clock moves none
 */
public record EdrClock(InstantSource wall, LongSupplier nanos) {
    /** The machine's clocks. */
    public static EdrClock system() {
        return new EdrClock(InstantSource.system(), System::nanoTime);
    }

    Instant now() {
        return wall.instant();
    }

    long nanoTime() {
        return nanos.getAsLong();
    }
}
