package io.moondial.metrics;

import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares counts that different parts of the engine keep of the same things. If they differ for
 * long, something has been lost or left behind, and nobody would see it otherwise.
 *
 * <p>What is on its way between two counts makes them differ for a moment, and with traffic there
 * is always something on its way. So a difference counts only if it is there, in the same
 * direction, at several looks in a row, and is more than what passes within {@link #ON_ITS_WAY}. It
 * is over once the counts agree at a look.
 */
public final class Reconciliation implements AutoCloseable {
    /** Nothing is on its way between two counts for longer than this, except for rare moments. */
    public static final Duration ON_ITS_WAY = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger("reconciliation");

    private final Time time;
    private final Duration interval;
    private final int looks;
    private final Counters counters;
    private final List<Watched> watched = new ArrayList<>();
    private Time.@Nullable Alarm next;
    private long lookedAt;
    private boolean closed;

    /**
     * Two counts of the same things.
     *
     * @param name of the pair, as counters and programs name it
     * @param text what is so now, in a sentence
     * @param surplus what the first count has beyond the second; below nought: the other way round
     * @param partedSince when the first of the looks was at which they differed; null: they have
     *     not parted
     */
    public record Standing(String name, String text, long surplus, @Nullable Instant partedSince) {}

    /**
     * Two counts to be watched.
     *
     * @param name letters and _
     * @param more what it means if the first count is larger, with %d for the difference
     * @param fewer what it means if the second is larger
     * @param surplus the first count less the second
     * @param passed how many have come and gone since the start, which says how many may be on
     *     their way
     */
    public record Pair(
            String name, String more, String fewer, LongSupplier surplus, LongSupplier passed) {}

    /**
     * A watch without any counts yet.
     *
     * @param interval between two looks
     * @param looks how many in a row must find the same difference
     * @param counters takes {@code reconciliation.parted}, followed by a dot and the pair's name
     */
    public Reconciliation(Time time, Duration interval, int looks, Counters counters) {
        this.time = time;
        this.interval = interval;
        this.looks = looks;
        this.counters = counters;
    }

    /** Watches these from the next look on; the first one begins the looks. */
    public synchronized void watch(Pair pair) {
        watched.add(new Watched(pair));
        if (next == null && !closed) {
            lookedAt = time.nanos();
            next = time.after(interval, this::look);
        }
    }

    /** How each pair stood at the last look. */
    public synchronized List<Standing> standings() {
        return watched.stream().map(Watched::standing).toList();
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        long now = time.nanos();
        try {
            Instant instant = time.now();
            double onItsWay = (double) ON_ITS_WAY.toNanos() / Math.max(1, now - lookedAt);
            watched.forEach(it -> it.look(instant, onItsWay));
        } catch (RuntimeException e) {
            log.error("comparing the counts failed", e);
        } finally {
            lookedAt = now;
            next = time.after(interval, this::look);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    private final class Watched {
        private final Pair pair;
        private long passedBefore;
        private long surplus;

        /** When a difference was first seen that has been there ever since. */
        private @Nullable Instant since;

        private int direction;
        private int seen;
        private boolean parted;

        Watched(Pair pair) {
            this.pair = pair;
            this.passedBefore = pair.passed().getAsLong();
        }

        /**
         * {@code share}: that of the time since the last look within which things may be on their
         * way.
         */
        void look(Instant now, double share) {
            long passed = pair.passed().getAsLong();
            double tolerated = (passed - passedBefore) * share;
            passedBefore = passed;
            surplus = pair.surplus().getAsLong();
            int sign = Long.signum(surplus);
            if (parted) {
                if (sign != direction) {
                    meetAgain();
                }
            } else if (sign == 0 || Math.abs(surplus) <= tolerated) {
                seen = 0;
            } else {
                differ(sign, now);
            }
        }

        private void differ(int sign, Instant now) {
            if (seen == 0 || sign != direction) {
                seen = 0;
                direction = sign;
                since = now;
            }
            if (++seen >= looks) {
                parted = true;
                counters.increment("reconciliation.parted");
                counters.increment("reconciliation.parted." + pair.name());
                log.warn("{}, since {}: look at the log before that time", text(), since);
            }
        }

        private void meetAgain() {
            parted = false;
            seen = 0;
            log.info("{}: the counts agree again", pair.name().replace('_', ' '));
        }

        private String text() {
            return surplus == 0
                    ? pair.name().replace('_', ' ') + " agree"
                    : (surplus > 0 ? pair.more() : pair.fewer()).formatted(Math.abs(surplus));
        }

        Standing standing() {
            return new Standing(pair.name(), text(), surplus, parted ? since : null);
        }
    }
}
