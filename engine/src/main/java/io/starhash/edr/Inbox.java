package io.starhash.edr;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The records of one stream on their way to its writer: many threads hand over, one takes.
 *
 * <p>A linked queue without locks, and one counter of what waits in memory. A queue on an array
 * would bound itself, but it makes callers contend for a lock and could not keep the records of
 * running dialogs beyond the limit. The counter is the limit, the backlog that the status shows,
 * and the sign to wake the writer: it sleeps until so many wait that a flush is due, so that a
 * caller pays for a wake-up once a flush and not once a record.
 */
final class Inbox {
    private static final int NEVER = Integer.MAX_VALUE;

    private final ConcurrentLinkedQueue<Edr> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger wakeAt = new AtomicInteger(NEVER);
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
        // Counted before the look at closed: who closes, and then waits until nothing is waiting,
        // has either seen this record or has it refused here.
        int count = waiting.incrementAndGet();
        if (closed) {
            waiting.decrementAndGet();
            throw new IllegalStateException(
                    "The EdrApp is closed: stop what writes EDRs before it is.");
        }
        if (dropWhenFull && count > limit) {
            waiting.decrementAndGet();
            dropped.increment();
            return;
        }
        queue.add(edr);
        wakeFor(count);
    }

    /** The next record, which stays; null where there is none. */
    @Nullable Edr peek() {
        return queue.peek();
    }

    /** Takes the record that {@link #peek} gave. */
    void take() {
        queue.remove();
    }

    /** Tells that so many records wait no longer. */
    void done(int count) {
        waiting.addAndGet(-count);
    }

    /** How many records wait: here, and taken but not {@link #done}. */
    int waiting() {
        return waiting.get();
    }

    /** How many records may wait. */
    int limit() {
        return limit;
    }

    boolean hasRoom() {
        return waiting.get() < limit;
    }

    long dropped() {
        return dropped.sum();
    }

    /** Sleeps until so many records wait, the time is over, or the inbox is closed. */
    void await(int count, long nanos) {
        sleeper = Thread.currentThread();
        wakeAt.set(count);
        if (waiting.get() < count && !closed) {
            LockSupport.parkNanos(this, nanos);
        } else {
            Thread.onSpinWait();
        }
        wakeAt.set(NEVER);
    }

    /** Lets nothing in any more, and wakes the writer. */
    void close() {
        closed = true;
        LockSupport.unpark(sleeper);
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts what was never written as dropped, and empties the inbox. */
    int abandon() {
        queue.clear();
        int lost = waiting.getAndSet(0);
        dropped.add(lost);
        return lost;
    }

    private void wakeFor(int count) {
        int threshold = wakeAt.get();
        if (count >= threshold && wakeAt.compareAndSet(threshold, NEVER)) {
            LockSupport.unpark(sleeper);
        }
    }
}
