package io.moondial.bench;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What one load came to.
 *
 * @param time from the first dialog that was due to the last that was over
 * @param turns nanoseconds from what a handset sent, or should have begun, to what came back
 * @param cpu of all processes that took part
 * @param failures the first few, in words
 */
public record Figures(
        long started,
        long finished,
        int failed,
        Duration time,
        Histogram turns,
        Duration cpu,
        List<String> failures) {
    private static final double NANOS = 1e9;
    private static final double NANOS_IN_MILLI = 1e6;
    private static final double THOUSAND = 1e3;

    public Figures {
        failures = List.copyOf(failures);
    }

    /** Dialogs finished a second. */
    public double rate() {
        return finished * NANOS / Math.max(1, time.toNanos());
    }

    /** A percentile of the turns, in milliseconds. */
    public double turnMillis(double percentile) {
        return millis(turns, percentile);
    }

    /** A percentile of such turns, in milliseconds. */
    public static double millis(Histogram turns, double percentile) {
        return turns.getValueAtPercentile(percentile) / NANOS_IN_MILLI;
    }

    /** CPU seconds a thousand dialogs. */
    public double cpuPerThousand() {
        return cpu.toNanos() / NANOS * THOUSAND / Math.max(1, finished);
    }

    /** Whether every dialog went as it should. */
    public boolean good() {
        return failed == 0;
    }
}
