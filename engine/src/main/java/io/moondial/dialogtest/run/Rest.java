package io.moondial.dialogtest.run;

import io.moondial.time.Activity;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether everything is at rest: nothing is on its way and nobody computes, so nothing can happen
 * any more unless the clock moves or a handset does something.
 */
final class Rest implements Activity {
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
     * @throws NeverAtRestException where that takes too long
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
                    throw new NeverAtRestException(PATIENCE);
                }
                nanos = reached.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
