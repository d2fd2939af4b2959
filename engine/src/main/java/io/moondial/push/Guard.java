package io.moondial.push;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A lock within which nobody else is called: what others are to be told, asked or given to do waits
 * until it is free.
 */
final class Guard {
    private final Object lock = new Object();
    private final ConcurrentLinkedQueue<Runnable> outside = new ConcurrentLinkedQueue<>();

    /** How often whoever has the lock has taken it. */
    private int depth;

    /** Does this within the lock, and then what waits for its end. */
    void run(Runnable change) {
        boolean free;
        synchronized (lock) {
            depth++;
            try {
                change.run();
            } finally {
                free = --depth == 0;
            }
        }
        leave(free);
    }

    /** The same, with a result. */
    <T> T get(Supplier<T> change) {
        T result;
        boolean free;
        synchronized (lock) {
            depth++;
            try {
                result = change.get();
            } finally {
                free = --depth == 0;
            }
        }
        leave(free);
        return result;
    }

    /** Does this once the lock is free; only within it. */
    void later(Runnable task) {
        outside.add(task);
    }

    /** Several threads may do this at once; each task is done once. */
    private void leave(boolean free) {
        if (!free) {
            return; // whoever took it first does
        }
        for (Runnable task = outside.poll(); task != null; task = outside.poll()) {
            task.run();
        }
    }
}
