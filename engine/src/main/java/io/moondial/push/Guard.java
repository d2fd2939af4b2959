package io.moondial.push;

import io.moondial.time.Time.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock for changes that are short and take no other lock: what others are to be told, asked or
 * given to do is done after it was left. A task that takes none of the locks that callers may hold
 * is done by the thread that leaves; any other one by a thread that holds no lock. So whoever
 * enters may hold locks of its own, and nobody waits here for longer than a change takes.
 */
final class Guard {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private final Activity activity;
    private final Object lock = new Object();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isWorking = new AtomicBoolean();

    // ---- guarded by the lock

    /** How often the thread that has the lock has entered. */
    private int depth;

    /** What it does as it leaves. */
    private List<Runnable> atExit = List.of();

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
        var _ =
                get(
                        () -> {
                            change.run();
                            return true;
                        });
    }

    /** The same, with a result. */
    <T> T get(Supplier<T> change) {
        List<Runnable> tasks = List.of();
        try {
            synchronized (lock) {
                depth++;
                try {
                    return change.get();
                } finally {
                    depth--;
                    if (depth == 0) {
                        tasks = atExit;
                        atExit = List.of();
                    }
                }
            }
        } finally {
            tasks.forEach(Guard::done);
        }
    }

    /**
     * Does this outside, as soon as this thread has left the lock; only within the lock.
     *
     * @param task is short, and takes none of the locks that somebody may hold who enters here
     */
    void atExit(Runnable task) {
        if (atExit.isEmpty()) {
            atExit = new ArrayList<>();
        }
        atExit.add(task);
    }

    /** Does this on a thread of its own, after what was to be done there before. */
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
