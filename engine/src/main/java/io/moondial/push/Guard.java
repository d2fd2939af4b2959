package io.moondial.push;

import io.moondial.time.Time.Activity;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock within which nobody else is called: what others are to be told, asked or given to do is
 * done afterwards, one thing after the other, on a thread that holds no lock. So whoever enters
 * here may hold locks of its own.
 */
final class Guard {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private final Activity activity;
    private final Object lock = new Object();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isWorking = new AtomicBoolean();

    /**
     * A guard.
     *
     * @param activity counts what is done outside
     */
    Guard(Activity activity) {
        this.activity = activity;
    }

    /** Does this within the lock. */
    void run(Runnable change) {
        synchronized (lock) {
            change.run();
        }
    }

    /** The same, with a result. */
    <T> T get(Supplier<T> change) {
        synchronized (lock) {
            return change.get();
        }
    }

    /** Does this outside, after what was to be done before. */
    void later(Runnable task) {
        tasks.add(task);
        if (isWorking.compareAndSet(false, true)) {
            activity.begin();
            Thread.ofVirtual().name("push").start(this::work);
        }
    }

    private void work() {
        try {
            do {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    done(task);
                }
                isWorking.set(false);
            } while (!tasks.isEmpty() && isWorking.compareAndSet(false, true));
        } finally {
            activity.end();
        }
    }

    /** A fault is that of one task. */
    private static void done(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("internal fault in the queue of pushes: the others are not affected", e);
        }
    }
}
