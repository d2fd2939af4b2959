package io.moondial.logic;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The dialogs that run, and the limit on them. */
final class OpenDialogs {
    /**
     * How long a stop waits for scripts that it has stopped: they end at their next instruction.
     */
    private static final Duration KILL_TIME = Duration.ofSeconds(5);

    private final Set<DialogRun> runs = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private volatile boolean stopping;
    private volatile boolean hurried;

    /** Whether a dialog may run. */
    enum Admission {
        ADMITTED,
        FULL,
        STOPPING
    }

    OpenDialogs(int max) {
        this.max = max;
    }

    int max() {
        return max;
    }

    int count() {
        return count.get();
    }

    Admission admit(DialogRun run) {
        if (count.incrementAndGet() > max) {
            oneLess();
            return Admission.FULL;
        }
        runs.add(run);
        if (stopping) {
            remove(run);
            return Admission.STOPPING;
        }
        return Admission.ADMITTED;
    }

    void remove(DialogRun run) {
        runs.remove(run);
        oneLess();
    }

    private void oneLess() {
        if (count.decrementAndGet() == 0 && stopping) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** How many were left after this time and had to be aborted; none is admitted from now on. */
    int stop(Duration timeout) throws InterruptedException {
        stopping = true;
        if (awaitEmpty(timeout, () -> hurried)) {
            return 0;
        }
        int left = count.get();
        runs.forEach(run -> run.stop("the engine stops"));
        awaitEmpty(KILL_TIME, () -> false);
        return left;
    }

    /** A stop waits no longer for dialogs to finish. */
    void hurry() {
        hurried = true;
        lock.lock();
        try {
            empty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitEmpty(Duration timeout, BooleanSupplier over) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (count.get() > 0) {
                if (nanos <= 0 || over.getAsBoolean()) {
                    return false;
                }
                nanos = empty.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
