package io.moondial.bench;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a bench came to.
 *
 * @param rounds in the order in which they were run
 * @param parking what the dialogs that stayed open took; null if none did
 * @param flooding what a flood did to running dialogs; null if there was none, else there are no
 *     rounds
 * @param pushing what dialogs that the engine begins came to; null if there were none
 * @param liveHeap of the engine's process after all rounds, in octets
 * @param edrs how many records are in the engine's files
 * @param expectedEdrs how many there should be; negative if nobody knows
 */
public record Outcome(
        List<Round> rounds,
        @Nullable Parking parking,
        @Nullable Flooding flooding,
        @Nullable Pushing pushing,
        long liveHeap,
        long edrs,
        long expectedEdrs) {

    /**
     * Dialogs that stayed open while the load ran.
     *
     * @param dialogs how many
     * @param calm the rounds of the same load before they were there
     * @param heapBefore live octets without them
     * @param heapWith live octets with all of them open
     * @param figures what became of them in the end
     */
    public record Parking(
            int dialogs, List<Round> calm, long heapBefore, long heapWith, Figures figures) {
        public Parking {
            calm = List.copyOf(calm);
        }

        /** Whether all of them, and all of the load before, went as they should. */
        public boolean good() {
            return figures.good() && calm.stream().allMatch(Round::good);
        }

        /** Octets a dialog. */
        public double octetsEach() {
            return (double) (heapWith - heapBefore) / dialogs;
        }
    }

    /**
     * Dialogs that were answered once without and once in a flood of others that were refused.
     *
     * @param dialogs how many ran: as many as the engine takes
     * @param calm nanoseconds that their turns took without it
     * @param flooded nanoseconds that they took in it
     * @param refusals what became of those of the flood; those of a warm-up come first
     * @param figures what became of the running ones in the end
     */
    public record Flooding(
            int dialogs,
            Histogram calm,
            Histogram flooded,
            List<Figures> refusals,
            Figures figures) {
        public Flooding {
            refusals = List.copyOf(refusals);
        }

        /** Whether all that was to be refused was, and the others went on to their end. */
        public boolean good() {
            return figures.good() && refusals.stream().allMatch(Figures::good);
        }
    }

    /**
     * Dialogs that the engine began.
     *
     * @param pushed what they came to: a load for each round, held in turn with it; or those that
     *     waited
     * @param queue of those that waited; null: none did
     */
    public record Pushing(List<Figures> pushed, @Nullable Queue queue) {
        public Pushing {
            pushed = List.copyOf(pushed);
        }

        /** Whether all went as they should. */
        public boolean good() {
            return pushed.stream().allMatch(Figures::good)
                    && (queue == null || queue.calm().stream().allMatch(Round::good));
        }
    }

    /**
     * Pushes that waited, and began while the load ran.
     *
     * @param waiting how many waited while the heap was measured
     * @param heapBefore live octets without them
     * @param heapWith live octets with all of them waiting
     * @param calm the rounds of the same load without them
     */
    public record Queue(int waiting, long heapBefore, long heapWith, List<Round> calm) {
        public Queue {
            calm = List.copyOf(calm);
        }

        /** Octets a push. */
        public double octetsEach() {
            return (double) (heapWith - heapBefore) / waiting;
        }
    }

    public Outcome {
        rounds = List.copyOf(rounds);
    }

    /** The round whose rate is the median of all. */
    public Round median() {
        return middle(rounds, Comparator.comparingDouble(round -> round.engine().rate()));
    }

    /** Whether the ceiling was measured too. */
    public boolean hasBaseline() {
        return rounds.stream().anyMatch(round -> round.baseline() != null);
    }

    /** The median of the rounds' ratios; 0 without a baseline. */
    public double medianRatio() {
        return middle(rounds, Comparator.comparingDouble(Round::ratio)).ratio();
    }

    /**
     * The median of the rounds' ratios: pushes a second against dialogs a second that handsets
     * begin; 0 if they were not held in turn.
     */
    public double medianPushRatio() {
        if (pushing == null
                || pushing.queue() != null
                || pushing.pushed().size() != rounds.size()) {
            return 0;
        }
        List<Double> ratios =
                IntStream.range(0, rounds.size())
                        .mapToObj(
                                i -> pushing.pushed().get(i).rate() / rounds.get(i).engine().rate())
                        .sorted()
                        .toList();
        return ratios.isEmpty() ? 0 : ratios.get(ratios.size() / 2);
    }

    /** The median of the rounds' ratios of a percentile of the turns; 0 without a baseline. */
    public double medianTurnRatio(double percentile) {
        return middle(rounds, Comparator.comparingDouble(round -> round.turnRatio(percentile)))
                .turnRatio(percentile);
    }

    /** The median, over these rounds, of a percentile of the engine's turns, in milliseconds. */
    public static double medianTurnMillis(List<Round> rounds, double percentile) {
        return middle(
                        rounds,
                        Comparator.comparingDouble(round -> round.engine().turnMillis(percentile)))
                .engine()
                .turnMillis(percentile);
    }

    private static Round middle(List<Round> rounds, Comparator<Round> by) {
        return rounds.stream().sorted(by).toList().get(rounds.size() / 2);
    }

    /** Whether every dialog and every record is as it should be. */
    public boolean good() {
        return rounds.stream().allMatch(Round::good)
                && (parking == null || parking.good())
                && (flooding == null || flooding.good())
                && (pushing == null || pushing.good())
                && (expectedEdrs < 0 || edrs == expectedEdrs);
    }

    /**
     * The same load on the engine and, if asked for, on the ceiling.
     *
     * @param baseline null if only the engine was measured
     */
    public record Round(Figures engine, @Nullable Figures baseline) {
        /** Dialogs a second of the engine against those of the ceiling; 0 without one. */
        public double ratio() {
            return baseline == null ? 0 : engine.rate() / baseline.rate();
        }

        /** A percentile of the engine's turns against that of the ceiling's; 0 without one. */
        public double turnRatio(double percentile) {
            return baseline == null
                    ? 0
                    : engine.turnMillis(percentile) / baseline.turnMillis(percentile);
        }

        /** Whether every dialog on either went as it should. */
        public boolean good() {
            return engine.good() && (baseline == null || baseline.good());
        }
    }

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
}
