package io.moondial.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a bench does.
 *
 * @param load each round's
 * @param warmUp how many dialogs are held first, and not counted
 * @param rounds how often the load is put on; with a baseline, on each of the two in turn
 * @param baseline whether the ceiling is measured beside the engine
 * @param parked how many dialogs stay open in a menu while the load runs
 * @param flood how many times as many are begun, and refused, while the parked ones are answered,
 *     which then takes the place of the load; 0: none
 * @param pushing the dialogs that the engine begins; null: none
 */
public record Plan(
        Load load,
        int warmUp,
        int rounds,
        boolean baseline,
        int parked,
        int flood,
        @Nullable Pushing pushing) {
    public Plan {
        if (rounds < 1 || warmUp < 0 || parked < 0 || flood < 0) {
            throw new IllegalArgumentException(
                    "%d rounds, %d dialogs of warm-up, %d parked, a flood of %d times as many"
                            .formatted(rounds, warmUp, parked, flood));
        }
        if (pushing != null && (baseline || parked > 0 || flood > 0)) {
            throw new IllegalArgumentException("pushes have nothing but the load beside them");
        }
        if (pushing != null && pushing.queued() > 0 && load.rate() == 0) {
            throw new IllegalArgumentException("what runs beside pushes needs a rate");
        }
        if (flood > 0 && (baseline || parked < Load.WARM_UP || load.rate() == 0)) {
            throw new IllegalArgumentException(
                    "a flood needs a rate and at least %d parked dialogs, and has no baseline"
                            .formatted(Load.WARM_UP));
        }
    }

    /** Without pushes. */
    public Plan(Load load, int warmUp, int rounds, boolean baseline, int parked, int flood) {
        this(load, warmUp, rounds, baseline, parked, flood, null);
    }

    /**
     * Dialogs that the engine begins.
     *
     * @param queued how many wait first, while the load runs beside them; 0: none waits, and as
     *     many as the load has are held in turn with it
     * @param rate how many of those that wait begin in a second
     */
    public record Pushing(int queued, int rate) {
        public Pushing {
            if (queued < 0 || rate < 1) {
                throw new IllegalArgumentException(
                        "%d pushes wait, and %d begin in a second".formatted(queued, rate));
            }
        }
    }

    /** Without a flood. */
    public Plan(Load load, int warmUp, int rounds, boolean baseline, int parked) {
        this(load, warmUp, rounds, baseline, parked, 0);
    }

    /**
     * How many menus a dialog needs that is answered once without and once with the flood in each
     * round, and once more in the end.
     */
    public static int menusOfFlood(int rounds) {
        return 2 * rounds + 1;
    }

    /**
     * How many dialogs are held, and how fast they come.
     *
     * @param dialogs how many in all
     * @param rate how many are begun a second, whatever becomes of the earlier ones; 0: as fast as
     *     the open ones allow
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
            return new Load(
                    Math.multiplyExact(factor, answered), factor * rate, concurrency, patience);
        }

        /** Dialogs that are all open at the same time. */
        Load parked(int number) {
            return new Load(number, 0, number, patience);
        }
    }

    /** A bench that cannot be run as it was asked for. */
    public static final class BenchException extends Exception {
        private static final long serialVersionUID = 1L;

        BenchException(String message) {
            super(message);
        }
    }
}
