package io.moondial.edr;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of one stream on their way to its writer: many threads hand over, one takes.
 *
 * <p>Who hands a record over also encodes it, with the {@link Scribe} that its thread has in common
 * with few others; so the writer only has to write whole chunks, and the processors share the work.
 * While the writer rests, each line goes on to the {@link Backlog} at once, is counted there, and
 * wakes the writer when a flush is due. While it is at work, lines gather and go on many at a time,
 * as what threads have in common costs them more than all the rest; before it rests it fetches
 * those that are left. With a small limit they never gather, as each counts. So the records of one
 * thread stand in their order, and with them those of a dialog.
 */
final class Inbox {
    /** More than there are processors, mostly, so that few threads meet; each takes some 20 KiB. */
    private static final int SCRIBES = 16;

    /** From this limit on, lines gather: what scribes keep and nobody counts is a tenth of it. */
    private static final int LIMIT_TO_GATHER = 10 * SCRIBES * Scribe.MOST_LINES;

    /** In the place of a count at which the writer is to be woken. */
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
    private final Batch taken = new Batch();

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
     * @throws IllegalStateException after {@link #close}
     */
    void add(Edr edr) {
        var scribe = scribes[(int) (Thread.currentThread().threadId() % SCRIBES)];
        synchronized (scribe) {
            if (closed) {
                throw new IllegalStateException(
                        "The EdrApp is closed: stop what writes EDRs before it is.");
            }
            scribe.write(edr);
            if (!gathering || scribe.isFull()) {
                passOnIfMemoryAllows(scribe);
            }
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

    /** What the writer can take at once; more may wait. Without lines where nothing does. */
    Batch ready() {
        if (taken.lines() == 0) {
            backlog.exchange(taken);
        }
        return taken;
    }

    /** Tells that the first so many of the records that are ready wait no longer. */
    void done(int records) {
        taken.pass(records);
        done.addAndGet(records);
    }

    /** Counts the first so many of those that wait as dropped. */
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
     * Fetches what has gathered, and waits until so many records wait, the time is over, or the
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

    /** Where there is no memory for them, lines stay with their scribes until the next time. */
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
}
