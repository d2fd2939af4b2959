package io.starhash.bench;

/**
 * What a bench does.
 *
 * @param load each round's
 * @param warmUp how many dialogs are held first, and not counted
 * @param rounds how often the load is put on; with a baseline, on each of the two in turn
 * @param baseline whether the ceiling is measured beside the engine
 * @param parked how many dialogs stay open in a menu while the load runs
 */
public record Plan(Load load, int warmUp, int rounds, boolean baseline, int parked) {
    public Plan {
        if (rounds < 1 || warmUp < 0 || parked < 0) {
            throw new IllegalArgumentException(
                    "%d rounds, %d dialogs of warm-up, %d parked"
                            .formatted(rounds, warmUp, parked));
        }
    }
}
