package io.moondial.metrics;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was measured over the last 25 hours, one value of each line every 10 seconds, in memory. It
 * begins with the engine: nothing is kept on the disk. A line takes 36 KiB, and there are at most
 * {@link #MAX_LINES}, so all of it takes less than 10 MiB.
 */
public final class Series implements AutoCloseable {
    /** From one value to the next. */
    public static final Duration STEP = Duration.ofSeconds(10);

    /** How far back it goes: the same time yesterday, and an hour before that. */
    public static final Duration KEPT = Duration.ofHours(25);

    /** More lines are not kept; a line is logged once. */
    public static final int MAX_LINES = 256;

    private static final Logger log = LoggerFactory.getLogger("metrics");
    private static final long STEP_SECONDS = STEP.toSeconds();
    private static final int SLOTS = (int) (KEPT.toSeconds() / STEP_SECONDS);
    private static final double NANOS = 1e9;

    private final Time time;
    private final Source source;
    private final SortedMap<Name, Line> lines = new TreeMap<>();
    private final int slots;

    /** The slot that was filled last; slots are counted from the epoch. */
    private long filled;

    /** Read without the lock, which is held while measuring: that may be what hangs. */
    private volatile long sampledAt;

    private boolean full;
    private boolean closed;
    private Time.@Nullable Alarm next;

    /** Asked for each sample. It must not wait: it is asked on the thread of the alarms. */
    @FunctionalInterface
    public interface Source {
        void measure(Sample sample);
    }

    /** Takes what is measured now. */
    public interface Sample {
        /** A number as it is now; NaN: there is none. */
        void value(String name, Map<String, String> labels, double value);

        /** How much a count that only rises has risen since the last sample, within this time. */
        void rate(String name, Map<String, String> labels, long count, Duration within);
    }

    /** How the values of several slots become one. */
    private enum Merge {
        MEAN,
        MOST
    }

    /** What a line is called. */
    private record Name(String name, SortedMap<String, String> labels) implements Comparable<Name> {
        @Override
        public int compareTo(Name other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : labels.toString().compareTo(other.labels.toString());
        }
    }

    /** One line. */
    private final class Line {
        private final float[] values = new float[slots];

        /** Of a count, at the last sample. */
        private long before;

        Line() {
            Arrays.fill(values, Float.NaN);
        }
    }

    /**
     * What a caller gets of a line.
     *
     * @param values one for each step, oldest first; NaN: nothing was measured
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one caller
    public record Read(String name, Map<String, String> labels, double[] values) {}

    /** Lines over a time; the first value is of the step that begins at {@code from}. */
    public record Span(Instant from, Duration step, List<Read> lines) {
        public Span {
            lines = List.copyOf(lines);
        }
    }

    /** Nothing is measured before {@link #start}. */
    public Series(Time time, Source source) {
        this(time, source, SLOTS);
    }

    Series(Time time, Source source, int slots) {
        this.time = time;
        this.source = source;
        this.slots = slots;
        sampledAt = time.nanos();
        filled = slot(time.now()) - 1;
    }

    /** From now on there is a value every 10 seconds. */
    public synchronized void start() {
        if (next == null && !closed) {
            sampledAt = time.nanos();
            source.measure(new Taking(filled, 1, false));
            next = time.after(untilNext(), this::sample);
        }
    }

    private static long slot(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP_SECONDS);
    }

    /** Until just after the next slot has begun. */
    private Duration untilNext() {
        Instant now = time.now();
        return Duration.between(now, Instant.ofEpochSecond((slot(now) + 1) * STEP_SECONDS))
                .plusMillis(1);
    }

    private synchronized void sample() {
        if (closed) {
            return;
        }
        try {
            long now = time.nanos();
            // what has passed belongs to the slot that has just ended
            long slot = slot(time.now()) - 1;
            double seconds = (now - sampledAt) / NANOS;
            if (seconds > 0) {
                forget(slot);
                filled = slot;
                sampledAt = now;
                source.measure(new Taking(slot, seconds, true));
            }
        } catch (RuntimeException e) {
            log.error("measuring failed, the next values come in {}", STEP, e);
        } finally {
            next = time.after(untilNext(), this::sample);
        }
    }

    /**
     * The slots between the last one and this have no values, be it that nothing was measured then,
     * or that the clock has been put back.
     */
    private void forget(long slot) {
        long from = Math.min(filled, slot);
        long to = Math.max(filled, slot);
        long first = slot > filled ? Math.max(from + 1, to - slots + 1) : from;
        for (Line line : lines.values()) {
            for (long each = first; each <= to && each < first + slots; each++) {
                line.values[index(each)] = Float.NaN;
            }
        }
    }

    private int index(long slot) {
        return (int) Math.floorMod(slot, (long) slots);
    }

    /** One sample. */
    private final class Taking implements Sample {
        private final long slot;
        private final double seconds;
        private final boolean kept;

        /** {@code kept}: else it is only where counts begin. */
        Taking(long slot, double seconds, boolean kept) {
            this.slot = slot;
            this.seconds = seconds;
            this.kept = kept;
        }

        @Override
        public void value(String name, Map<String, String> labels, double value) {
            Line line = line(name, labels);
            if (line != null && kept) {
                line.values[index(slot)] = (float) value;
            }
        }

        @Override
        public void rate(String name, Map<String, String> labels, long count, Duration within) {
            Line line = line(name, labels);
            if (line == null) {
                return;
            }
            if (kept) {
                double perSecond = Math.max(0, count - line.before) / seconds;
                line.values[index(slot)] = (float) (perSecond * within.toSeconds());
            }
            line.before = count;
        }

        private @Nullable Line line(String name, Map<String, String> labels) {
            Name called = new Name(name, new TreeMap<>(labels));
            Line known = lines.get(called);
            if (known != null) {
                return known;
            }
            if (lines.size() >= MAX_LINES) {
                if (!full) {
                    full = true;
                    log.warn(
                            "no more than {} lines are kept for plots: {} {} and further ones are not",
                            MAX_LINES,
                            name,
                            labels);
                }
                return null;
            }
            Line line = new Line();
            lines.put(called, line);
            return line;
        }
    }

    /**
     * How long ago the last values began to be measured; the start if there are none yet. It never
     * waits, also while a measurement hangs.
     */
    public Duration age() {
        return Duration.ofNanos(time.nanos() - sampledAt);
    }

    /**
     * The lines of these names.
     *
     * @param length of the time
     * @param before how long before now it ends
     * @param step how long one value is; the mean of all in it, of a quantile the greatest
     */
    public synchronized Span read(
            Set<String> names, Duration length, Duration before, Duration step) {
        long seconds = step.toSeconds();
        // whole steps only: the same call a little later has the same steps
        long end = Math.floorDiv(time.now().minus(before).getEpochSecond(), seconds) * seconds;
        int steps = Math.toIntExact(Math.ceilDiv(length.toSeconds(), seconds));
        long from = end - steps * seconds;
        Map<Name, Line> wanted = new LinkedHashMap<>();
        lines.forEach(
                (name, line) -> {
                    if (names.contains(name.name())) {
                        wanted.put(name, line);
                    }
                });
        List<Read> read = new ArrayList<>();
        wanted.forEach(
                (name, line) ->
                        read.add(
                                new Read(
                                        name.name(),
                                        name.labels(),
                                        values(name, line, from, steps, seconds))));
        return new Span(Instant.ofEpochSecond(from), step, read);
    }

    private double[] values(Name name, Line line, long from, int steps, long seconds) {
        Merge merge = name.name().contains("_p99") ? Merge.MOST : Merge.MEAN;
        double[] values = new double[steps];
        long oldest = filled - slots + 1;
        for (int i = 0; i < steps; i++) {
            long begins = from + i * seconds;
            double sum = 0;
            double most = 0;
            int count = 0;
            for (long slot = Math.ceilDiv(begins, STEP_SECONDS);
                    slot * STEP_SECONDS < begins + seconds;
                    slot++) {
                float value = slot < oldest || slot > filled ? Float.NaN : line.values[index(slot)];
                if (!Float.isNaN(value)) {
                    count++;
                    sum += value;
                    most = Math.max(most, value);
                }
            }
            values[i] = count == 0 ? Double.NaN : merge == Merge.MOST ? most : sum / count;
        }
        return values;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }
}
