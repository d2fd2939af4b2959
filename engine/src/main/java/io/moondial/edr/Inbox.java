package io.moondial.edr;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of one stream on their way to its writer: many threads hand over, one takes.
 *
 * <p>Who hands a record over also encodes it, with the {@link Scribe} that its dialog shares with
 * few others. So the writer only writes whole chunks, and the processors share the work. While the
 * writer rests, each line goes on to the {@link Backlog} at once, is counted there, and wakes the
 * writer when a flush is due. While it is at work, lines gather and go on many at a time, as what
 * threads have in common costs them more than all the rest; before it rests it fetches those that
 * are left. With a small limit they never gather, as each counts. So the records of one thread
 * stand in their order, and with them those of a dialog.
 */
final class Inbox {
    /** More than there are processors, mostly, so that few threads meet; each takes some 20 KiB. */
    private static final int SCRIBES = 16;

    /** From this limit on, lines gather: what scribes keep and nobody counts is a tenth of it. */
    private static final int LIMIT_TO_GATHER = 10 * SCRIBES * Scribe.MOST_LINES;

    /** Instead of a count at which the writer is to be woken. */
    private static final long NEVER = Long.MAX_VALUE;

    private static final long SHORT_OF_MEMORY_NANOS = 1_000_000;

    /** How large a new chunk is, so that it need not grow: a batch, and a record beyond it. */
    private static final int CHUNK_OCTETS = Scribe.BATCH_OCTETS + 2 * 1024;

    /** So long the writer sleeps at most while there is much that a burst has left. */
    private static final long LETTING_GO_NANOS = 1_000_000_000;

    private final Scribe[] scribes =
            IntStream.range(0, SCRIBES)
                    .mapToObj(i -> new Scribe(new Chunk()))
                    .toArray(Scribe[]::new);
    private final Backlog backlog = new Backlog(() -> new Chunk(CHUNK_OCTETS));
    private final AtomicLong wakeAt = new AtomicLong(NEVER);
    private final AtomicLong done = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final int limit;
    private final boolean gathers;
    private final boolean dropWhenFull;
    private volatile @Nullable Thread sleeper;

    /** Whether lines stay with their scribes until they are many: until the writer first rests. */
    private volatile boolean gathering;

    private volatile boolean closed;

    /** What the writer has taken, and not yet passed over. */
    private final Chunk.Batch taken = new Chunk.Batch();

    /**
     * @param limit how many records may wait
     * @param dropWhenFull whether one beyond the limit is dropped and counted; else it is kept, as
     *     the callers begin nothing new while there is no {@link #hasRoom room}
     */
    Inbox(int limit, boolean dropWhenFull) {
        this.limit = limit;
        this.gathers = limit >= LIMIT_TO_GATHER;
        this.gathering = gathers;
        this.dropWhenFull = dropWhenFull;
    }

    /**
     * Hands a record over.
     *
     * @return false after {@link #close}: the record is not taken
     */
    boolean add(Edr edr) {
        var scribe = scribes[Math.floorMod(edr.instanceId().hashCode(), SCRIBES)];
        synchronized (scribe) {
            if (closed) {
                return false;
            }
            scribe.write(edr);
            if (!gathering || scribe.isFull()) {
                passOnIfMemoryAllows(scribe);
            }
            return true;
        }
    }

    /** Else the lines stay with their scribe, and the writer fetches them as soon as it can. */
    private void passOnIfMemoryAllows(Scribe scribe) {
        try {
            passOn(scribe);
        } catch (OutOfMemoryError e) {
            LockSupport.unpark(sleeper);
        }
    }

    private void passOn(Scribe scribe) {
        int records = scribe.lines();
        long count = backlog.add(scribe, dropWhenFull ? done.get() + limit : Long.MAX_VALUE);
        if (count == Backlog.BEYOND_LIMIT) {
            dropped.add(records);
        } else {
            wakeFor(count);
        }
    }

    private void wakeFor(long count) {
        long threshold = wakeAt.get();
        if (count >= threshold && wakeAt.compareAndSet(threshold, NEVER)) {
            gathering = gathers;
            LockSupport.unpark(sleeper);
        }
    }

    /** What the writer can take at once; more may wait. It has no lines if nothing waits. */
    Chunk.Batch ready() {
        if (taken.lines() == 0) {
            backlog.exchange(taken);
        }
        return taken;
    }

    /** Reports that this many of the ready records, from the first on, no longer wait. */
    void done(int records) {
        taken.pass(records);
        done.addAndGet(records);
    }

    /** Counts this many of those that wait, from the first on, as dropped. */
    void drop(int records) {
        dropped.add(records);
        done(records);
    }

    /** How many records wait; those that gather are not counted. */
    int waiting() {
        // In this order: what is done was handed over before.
        long written = done.get();
        return (int) Math.min(backlog.added() - written, Integer.MAX_VALUE);
    }

    /**
     * How many records wait, those that gather counted: each scribe is asked, before those are
     * counted that scribes have passed on, so that none is missed.
     */
    int held() {
        int held = 0;
        for (var scribe : scribes) {
            synchronized (scribe) {
                held += scribe.lines();
            }
        }
        return held + waiting();
    }

    /** How many records were handed over since the start, dropped ones counted. */
    long handedOver() {
        long handedOver = 0;
        for (var scribe : scribes) {
            synchronized (scribe) {
                handedOver += scribe.written();
            }
        }
        return handedOver;
    }

    /** How many records may wait. */
    int limit() {
        return limit;
    }

    boolean hasRoom() {
        return waiting() < limit;
    }

    long dropped() {
        return dropped.sum();
    }

    /**
     * Fetches what has gathered, and waits until this many records wait, the time is over, or the
     * inbox is closed.
     */
    void await(int count, long nanos) {
        couldFetch();
        if (waiting() < count) {
            rest(count, nanos);
        }
    }

    /**
     * Sleeps. From here on each line goes on at once; but no more of them than wake the writer, as
     * it may have to wait for the scribes, and for a processor.
     */
    private void rest(int count, long nanos) {
        sleeper = Thread.currentThread();
        gathering = false;
        wakeAt.set(done.get() + count);
        long most = couldFetch() ? nanos : Math.min(nanos, SHORT_OF_MEMORY_NANOS);
        if (backlog.letGoOfSpares()) {
            most = Math.min(most, LETTING_GO_NANOS);
        }
        if (waiting() < count && !closed) {
            LockSupport.parkNanos(this, most);
        }
        wakeAt.set(NEVER);
        gathering = gathers;
    }

    /** If there is no memory for them, lines stay with their scribes until the next time. */
    private boolean couldFetch() {
        try {
            fetch();
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** Passes on what the scribes keep. After {@link #close} nothing comes after it. */
    void fetch() {
        for (var scribe : scribes) {
            // Empty or not: whoever is at this scribe just now is waited for.
            synchronized (scribe) {
                if (scribe.lines() > 0) {
                    passOn(scribe);
                }
            }
        }
    }

    /** Lets nothing in any more, and wakes the writer. */
    void close() {
        closed = true;
        LockSupport.unpark(sleeper);
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts what was never written as dropped. */
    int abandon() {
        int kept = 0;
        for (var scribe : scribes) {
            synchronized (scribe) {
                kept += scribe.lines();
                scribe.chunk().clear();
            }
        }
        // Last: a caller that came before the close may just have passed its lines on.
        int lost = waiting();
        dropped.add(kept + lost);
        done.addAndGet(lost);
        return kept + lost;
    }

    /**
     * Encoded lines that wait for their writer, in chunks: many threads add, one takes.
     *
     * <p>Few lines are copied; many come in the chunk that they were encoded into, and an empty one
     * goes back. The lock is held for no more than that. If there is no memory for a new chunk,
     * everything stays as it was.
     */
    static final class Backlog {
        /** The lines stayed outside. */
        static final long BEYOND_LIMIT = -1;

        /** From this many octets on, lines are not copied. */
        private static final int MANY_OCTETS = Scribe.BATCH_OCTETS / 2;

        /** So many spares are kept for ever: those of a batch. */
        static final int FEW_SPARES = Chunk.Batch.OCTETS / Scribe.BATCH_OCTETS;

        private final Supplier<Chunk> source;
        private final Chunk.Queue waiting = new Chunk.Queue();

        /** Chunks that are done with, the last first: it may still be in a processor's cache. */
        private final Chunk.Queue spares = new Chunk.Queue();

        /**
         * The last of those that wait, if few lines are added to it; null: the next line begins
         * one.
         */
        private @Nullable Chunk open;

        private volatile long added;

        /**
         * Without lines.
         *
         * @param source makes empty chunks
         */
        Backlog(Supplier<Chunk> source) {
            this.source = source;
        }

        /**
         * Adds the lines of a scribe, which has none then.
         *
         * @param most they are dropped if more than this would have been added since the start
         * @return how many were added since the start, with them, or {@link #BEYOND_LIMIT}
         * @throws OutOfMemoryError with nothing changed
         */
        synchronized long add(Scribe scribe, long most) {
            var lines = scribe.chunk();
            long with = added + lines.lines();
            if (with > most) {
                lines.clear();
                return BEYOND_LIMIT;
            }
            if (lines.octets() >= MANY_OCTETS) {
                scribe.goOnWith(spare());
                waiting.add(lines);
                open = null;
            } else {
                copy(lines);
                lines.clear();
            }
            added = with;
            return with;
        }

        private void copy(Chunk lines) {
            var chunk = open;
            if (chunk != null && chunk.hasRoomFor(lines)) {
                chunk.add(lines);
            } else {
                var another = spare();
                another.add(lines);
                waiting.add(another);
                open = another;
            }
        }

        private Chunk spare() {
            var spare = spares.poll();
            return spare == null ? source.get() : spare;
        }

        /** How many lines were added since the start. */
        long added() {
            return added;
        }

        /**
         * Takes the chunks of a batch back, to be filled again, and gives it those that have waited
         * longest, as many as it has room for; none if nothing waits. Needs no memory.
         *
         * @param batch one without lines left
         */
        synchronized void exchange(Chunk.Batch batch) {
            for (Chunk done; (done = batch.poll()) != null; ) {
                done.clear();
                spares.push(done);
            }
            for (Chunk next; (next = waiting.peek()) != null && batch.hasRoomFor(next); ) {
                waiting.poll();
                batch.add(next);
            }
            if (waiting.size() == 0) {
                open = null;
            }
        }

        /**
         * Leaves half of the spares beyond a few to the garbage collector: what a burst took goes
         * by and by, and is there if another comes.
         *
         * @return whether there are still more than a few
         */
        synchronized boolean letGoOfSpares() {
            for (int tooMany = (spares.size() - FEW_SPARES + 1) / 2; tooMany > 0; tooMany--) {
                spares.poll();
            }
            return spares.size() > FEW_SPARES;
        }
    }

    /**
     * Encodes the records of some threads, and keeps the lines until they are passed on: one by
     * one, or many at once. Whoever uses it holds its monitor.
     */
    static final class Scribe {
        /** This much is passed on at once: enough lines to be worth a write of their own. */
        static final int BATCH_OCTETS = 16 * 1024;

        private static final int SHORTEST_LINE = 50;

        /** How many lines are kept at most, about: those of the shortest records. */
        static final int MOST_LINES = BATCH_OCTETS / SHORTEST_LINE;

        private final EdrFormat.RecordEncoder encoder = new EdrFormat.RecordEncoder();
        private Chunk chunk;
        private long written;

        /**
         * A scribe that has written nothing yet.
         *
         * @param first where it puts its lines; the scribe's own from now on
         */
        Scribe(Chunk first) {
            chunk = first;
        }

        /** Adds a record's line, all of it or (with an exception) nothing. */
        void write(Edr edr) {
            var lines = chunk.buffer();
            int before = lines.length();
            boolean whole = false;
            try {
                encoder.encodeLine(edr, lines);
                written++;
                whole = true;
            } finally {
                if (!whole) {
                    lines.cutBackTo(before);
                }
            }
        }

        /** Whether enough is kept to pass it on. */
        boolean isFull() {
            return chunk.octets() >= BATCH_OCTETS;
        }

        /** How many lines it keeps. */
        int lines() {
            return chunk.lines();
        }

        /** How many lines it has written since the start. */
        long written() {
            return written;
        }

        /** The lines that it keeps. */
        Chunk chunk() {
            return chunk;
        }

        /** Replaces the chunk that was passed on. */
        void goOnWith(Chunk empty) {
            chunk = empty;
        }
    }
}
