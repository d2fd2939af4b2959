package io.moondial.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, each time, as a histogram that many threads can add to without a lock.
 * There are ten buckets for each power of ten from 10 microseconds to 100 seconds, so that a
 * quantile is right to about a tenth; a graph gets a few of their edges. One takes some 2.5 KiB.
 */
public final class Durations {
    private static final long LEAST_EDGE = 10_000;
    private static final int DECADES = 7;
    private static final double[] STEPS = {1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8};
    private static final long[] EDGES = edges();
    private static final double NANOS = 1e9;

    private final LongAdder[] counts = new LongAdder[EDGES.length + 1];
    private final LongAdder nanos = new LongAdder();

    /** Nothing yet. */
    public Durations() {
        Arrays.setAll(counts, i -> new LongAdder());
    }

    private static long[] edges() {
        long[] edges = new long[DECADES * STEPS.length + 1];
        long decade = LEAST_EDGE;
        for (int i = 0; i < edges.length; i++) {
            edges[i] = Math.round(decade * STEPS[i % STEPS.length]);
            if (i % STEPS.length == STEPS.length - 1) {
                decade *= 10;
            }
        }
        return edges;
    }

    /** It took this long, in nanoseconds; less than nothing counts as nothing. */
    public void add(long took) {
        long time = Math.max(0, took);
        int found = Arrays.binarySearch(EDGES, time);
        counts[found < 0 ? -found - 1 : found].increment();
        nanos.add(time);
    }

    /** All so far. */
    public Sum sum() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return new Sum(now, nanos.sum());
    }

    /** How many there are. */
    public long count() {
        long count = 0;
        for (LongAdder each : counts) {
            count += each.sum();
        }
        return count;
    }

    /** A histogram at a moment. */
    public static final class Sum {
        private final long[] counts;
        private final long nanos;

        private Sum(long[] counts, long nanos) {
            this.counts = counts;
            this.nanos = nanos;
        }

        /** Nothing at all. */
        public static Sum none() {
            return new Sum(new long[EDGES.length + 1], 0);
        }

        /** Both together. */
        public Sum plus(Sum other) {
            return with(other, 1);
        }

        /** What has come since that earlier moment of the same. */
        public Sum since(Sum before) {
            return with(before, -1);
        }

        private Sum with(Sum other, int sign) {
            long[] all = counts.clone();
            for (int i = 0; i < all.length; i++) {
                all[i] += sign * other.counts[i];
            }
            return new Sum(all, nanos + sign * other.nanos);
        }

        /** How many. */
        public long count() {
            return Arrays.stream(counts).sum();
        }

        /** How long in all, in nanoseconds. */
        public long nanos() {
            return nanos;
        }

        /** How long in all. */
        double seconds() {
            return nanos / NANOS;
        }

        /** How many took no longer than this edge, and longer than the one before it. */
        long between(double beforeSeconds, double edgeSeconds) {
            int from = index(beforeSeconds);
            int to = index(edgeSeconds);
            long sum = 0;
            for (int i = from; i < to; i++) {
                sum += counts[i];
            }
            return sum;
        }

        /** How many buckets lie below an edge, which must be one of ours. */
        private static int index(double seconds) {
            if (seconds <= 0) {
                return 0;
            }
            if (Double.isInfinite(seconds)) {
                return EDGES.length + 1;
            }
            int found = Arrays.binarySearch(EDGES, Math.round(seconds * NANOS));
            if (found < 0) {
                throw new IllegalArgumentException("no edge of a bucket: " + seconds);
            }
            return found + 1;
        }

        /**
         * The time that this part of all took at most, in seconds; NaN: there are none. Beyond the
         * last edge it is that edge.
         *
         * @param part from 0 to 1, such as 0.99
         */
        public double quantile(double part) {
            double rank = part * count();
            long below = 0;
            for (int i = 0; i < EDGES.length; i++) {
                if (counts[i] > 0 && below + counts[i] >= rank) {
                    long from = i == 0 ? 0 : EDGES[i - 1];
                    double inBucket = Math.max(0, rank - below) / counts[i];
                    return (from + inBucket * (EDGES[i] - from)) / NANOS;
                }
                below += counts[i];
            }
            return count() == 0 ? Double.NaN : EDGES[EDGES.length - 1] / NANOS;
        }
    }
}
