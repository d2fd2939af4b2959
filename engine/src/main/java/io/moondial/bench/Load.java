package io.moondial.bench;

import java.time.Duration;

/**
 * How many dialogs are held, and how fast they come.
 *
 * @param dialogs how many in all
 * @param rate how many are begun a second, whatever becomes of the earlier ones; 0: as fast as the
 *     open ones allow
 * @param concurrency how many may be open at once
 * @param patience how long nothing at all may happen until what is still open counts as never
 *     answered
 */
public record Load(int dialogs, double rate, int concurrency, Duration patience) {
    private static final double NANOS = 1e9;

    /** How many dialogs are open at once while an engine is warmed up. */
    static final int WARM_UP = 128;

    public Load {
        if (dialogs < 1 || concurrency < 1 || rate < 0) {
            throw new IllegalArgumentException(
                    "a load of %d dialogs, %d at once, %s a second"
                            .formatted(dialogs, concurrency, rate));
        }
    }

    /** When a dialog should begin, in nanoseconds after the first; only if there is a rate. */
    long due(int dialog) {
        return (long) (dialog * NANOS / rate);
    }

    /** As many dialogs as warm an engine up, as fast as they can. */
    Load warmUp(int number) {
        return new Load(number, 0, WARM_UP, patience);
    }

    /** Dialogs that come while this many of these are answered, one after the other. */
    Load flood(int factor, int answered) {
        return new Load(Math.multiplyExact(factor, answered), factor * rate, concurrency, patience);
    }

    /** Dialogs that are all open at the same time. */
    Load parked(int number) {
        return new Load(number, 0, number, patience);
    }
}
