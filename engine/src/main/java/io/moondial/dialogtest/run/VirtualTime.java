package io.moondial.dialogtest.run;

import io.moondial.time.Time;
import io.moondial.time.Time.Activity;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is moved. Alarms ring on the thread that moves it, each at its
 * time and in the order in which they were set; between two of them everything comes to rest.
 */
final class VirtualTime implements Time {
    private final Rest rest;
    private final ZoneId zone;
    private final Instant start;
    private final PriorityQueue<Ringing> alarms =
            new PriorityQueue<>(
                    Comparator.comparing(Ringing::at).thenComparingLong(Ringing::number));
    private Instant now;
    private long set;

    private record Ringing(Instant at, long number, Runnable action) {}

    VirtualTime(ZonedDateTime start, Rest rest) {
        this.start = start.toInstant();
        this.now = this.start;
        this.zone = start.getZone();
        this.rest = rest;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized long nanos() {
        return Duration.between(start, now).toNanos();
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public Activity activity() {
        return rest;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable action) {
        Ringing ringing = new Ringing(now.plus(delay), set++, action);
        alarms.add(ringing);
        return () -> cancel(ringing);
    }

    private synchronized void cancel(Ringing ringing) {
        alarms.remove(ringing);
    }

    /** Moves on; what is due on the way happens, what is due at the end too. */
    void pass(Duration time) throws InterruptedException {
        Instant end = now().plus(time);
        for (Runnable due = next(end); due != null; due = next(end)) {
            due.run();
            rest.await();
        }
        moveTo(end);
    }

    private synchronized @Nullable Runnable next(Instant end) {
        Ringing first = alarms.peek();
        if (first == null || first.at().isAfter(end)) {
            return null;
        }
        alarms.remove();
        moveTo(first.at());
        return first.action();
    }

    private synchronized void moveTo(Instant moment) {
        if (moment.isAfter(now)) {
            now = moment;
        }
    }

    /** A script computes on and on. */
    static final class NeverAtRestException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NeverAtRestException(Duration patience) {
            super(
                    "the engine is still busy after "
                            + patience.toSeconds()
                            + " s of real time: a script computes for that long; see max_instructions in the"
                            + " rules");
        }
    }

    /**
     * Whether everything is at rest: nothing is on its way and nobody computes, so nothing can
     * happen any more unless the clock moves or a handset does something.
     */
    static final class Rest implements Activity {
        /** How long, in real time, something may take to come to rest. */
        private static final Duration PATIENCE = Duration.ofSeconds(60);

        private static final int SPINS = 200;

        private final AtomicLong underWay = new AtomicLong();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition reached = lock.newCondition();

        @Override
        public void begin() {
            underWay.incrementAndGet();
        }

        @Override
        public void end() {
            long left = underWay.decrementAndGet();
            if (left < 0) {
                throw new IllegalStateException("more has ended than began");
            }
            if (left == 0) {
                lock.lock();
                try {
                    reached.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }

        /**
         * Waits until all is at rest.
         *
         * @throws NeverAtRestException if that takes too long
         */
        void await() throws InterruptedException {
            for (int i = 0; i < SPINS; i++) {
                if (underWay.get() == 0) {
                    return;
                }
                Thread.onSpinWait();
            }
            long nanos = PATIENCE.toNanos();
            lock.lock();
            try {
                while (underWay.get() > 0) {
                    if (nanos <= 0) {
                        throw new VirtualTime.NeverAtRestException(PATIENCE);
                    }
                    nanos = reached.awaitNanos(nanos);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
