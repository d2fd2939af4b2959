package io.moondial.bench;

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
 */
public record Plan(Load load, int warmUp, int rounds, boolean baseline, int parked, int flood) {
    public Plan {
        if (rounds < 1 || warmUp < 0 || parked < 0 || flood < 0) {
            throw new IllegalArgumentException(
                    "%d rounds, %d dialogs of warm-up, %d parked, a flood of %d times as many"
                            .formatted(rounds, warmUp, parked, flood));
        }
        if (flood > 0 && (baseline || parked < Load.WARM_UP || load.rate() == 0)) {
            throw new IllegalArgumentException(
                    "a flood needs a rate and at least %d parked dialogs, and has no baseline"
                            .formatted(Load.WARM_UP));
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
}
