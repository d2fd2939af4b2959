package io.starhash.bench;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a bench came to.
 *
 * @param rounds in the order in which they were run
 * @param parking what the dialogs that stayed open took; null where none did
 * @param liveHeap of the engine's process after all rounds, in octets
 * @param edrs how many records are in the engine's files
 * @param expectedEdrs how many there should be; negative where nobody knows
 */
public record Outcome(
        List<Round> rounds,
        @Nullable Parking parking,
        long liveHeap,
        long edrs,
        long expectedEdrs) {

    /**
     * Dialogs that stayed open while the load ran.
     *
     * @param dialogs how many
     * @param heapBefore live octets without them
     * @param heapWith live octets with all of them open
     * @param figures what became of them in the end
     */
    public record Parking(int dialogs, long heapBefore, long heapWith, Figures figures) {
        /** Octets a dialog. */
        public double octetsEach() {
            return (double) (heapWith - heapBefore) / dialogs;
        }
    }

    public Outcome {
        rounds = List.copyOf(rounds);
    }

    /** The round whose rate is the median of all. */
    public Round median() {
        return middle(Comparator.comparingDouble(round -> round.engine().rate()));
    }

    /** The median of the rounds' ratios; 0 without a baseline. */
    public double medianRatio() {
        return middle(Comparator.comparingDouble(Round::ratio)).ratio();
    }

    private Round middle(Comparator<Round> by) {
        return rounds.stream().sorted(by).toList().get(rounds.size() / 2);
    }

    /** Whether every dialog and every record is as it should be. */
    public boolean good() {
        return rounds.stream().allMatch(Round::good)
                && (parking == null || parking.figures().good())
                && (expectedEdrs < 0 || edrs == expectedEdrs);
    }
}
