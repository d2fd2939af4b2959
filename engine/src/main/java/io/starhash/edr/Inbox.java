package io.starhash.edr;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The records of one stream on their way to its writer: many threads hand over, one takes.
 *
 * <p>Who hands a record over also encodes it, and puts the line into a {@link BlockChain} without
 * waiting for anyone; so the writer only has to write whole blocks, and the processors share the
 * work. What was handed over less what was written is the backlog: the limit, what the status
 * shows, and the sign to wake the writer. It sleeps until so many wait that a flush is due, so that
 * a caller pays for a wake-up once a flush and not once a record.
 */
final class Inbox {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long BRIEF_NANOS = 20_000;

    private final Scribes scribes = new Scribes();
    private final BlockChain chain = new BlockChain();
    private final BlockReader reader = new BlockReader(chain);
    private final AtomicLong wakeAt = new AtomicLong(NEVER);
    private final AtomicLong done = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final int limit;
    private final boolean dropWhenFull;
    private volatile @Nullable Thread sleeper;
    private volatile boolean closed;

    /**
     * @param limit how many records may wait
     * @param dropWhenFull whether one beyond the limit is dropped and counted; else it is kept, as
     *     the callers begin nothing new while there is no {@link #hasRoom room}
     */
    Inbox(int limit, boolean dropWhenFull) {
        this.limit = limit;
        this.dropWhenFull = dropWhenFull;
    }

    /**
     * Hands a record over.
     *
     * @throws IllegalStateException after {@link #close}
     */
    void add(Edr edr) {
        var scribe = scribes.borrow();
        long count;
        try {
            count = chain.put(scribe.line(edr), dropWhenFull ? done.get() + limit : Long.MAX_VALUE);
        } finally {
            scribes.giveBack(scribe);
        }
        if (count == BlockChain.ENDED) {
            throw new IllegalStateException(
                    "The EdrApp is closed: stop what writes EDRs before it is.");
        }
        if (count == Block.BEYOND_LIMIT) {
            dropped.increment();
        } else {
            wakeFor(count);
        }
    }

    /** How many records the writer can take at once; more may wait. */
    int ready() {
        return reader.ready();
    }

    /** The lines of the first so many of the records that are ready. */
    ByteBuffer content(int records) {
        return reader.content(records);
    }

    /** Tells that the first so many of the records that are ready wait no longer. */
    void done(int records) {
        reader.pass(records);
        done.addAndGet(records);
    }

    /** How many records wait, those just being handed over counted. */
    int waiting() {
        // In this order: what is done was handed over before.
        long written = done.get();
        return (int) Math.min(chain.handedOver() - written, Integer.MAX_VALUE);
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

    /** Sleeps until so many records wait, the time is over, or the inbox is closed. */
    void await(int count, long nanos) {
        sleeper = Thread.currentThread();
        wakeAt.set(done.get() + count);
        if (waiting() < count && !closed) {
            LockSupport.parkNanos(this, nanos);
        } else if (ready() == 0) {
            // What waits is just being put in, by a thread that does not run at the moment.
            LockSupport.parkNanos(this, BRIEF_NANOS);
        }
        wakeAt.set(NEVER);
    }

    /** Lets nothing in any more, and wakes the writer. */
    void close() {
        chain.end();
        closed = true;
        LockSupport.unpark(sleeper);
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts what was never written as dropped. */
    int abandon() {
        int lost = waiting();
        done.addAndGet(lost);
        dropped.add(lost);
        return lost;
    }

    private void wakeFor(long count) {
        long threshold = wakeAt.get();
        if (count >= threshold && wakeAt.compareAndSet(threshold, NEVER)) {
            LockSupport.unpark(sleeper);
        }
    }
}
