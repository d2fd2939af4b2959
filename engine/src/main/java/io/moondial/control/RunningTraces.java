package io.moondial.control;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The traces that connections hold, so that any of them can be ended from another one. */
final class RunningTraces {
    private final Map<Entry, Boolean> entries = new ConcurrentHashMap<>();

    /** One trace; {@code msisdn} is null where it takes everything. */
    static final class Entry {
        private final @Nullable String msisdn;
        private final CountDownLatch end = new CountDownLatch(1);
        private final CountDownLatch gone = new CountDownLatch(1);

        private Entry(@Nullable String msisdn) {
            this.msisdn = msisdn;
        }

        void stop() {
            end.countDown();
        }

        void awaitStop() throws InterruptedException {
            end.await();
        }
    }

    Entry add(@Nullable String msisdn) {
        Entry entry = new Entry(msisdn);
        entries.put(entry, true);
        return entry;
    }

    void remove(Entry entry) {
        entries.remove(entry);
        entry.gone.countDown();
    }

    /** Stops those of this number, all where it is null; how many there were. */
    int stop(@Nullable String msisdn) {
        int stopped = 0;
        for (Entry entry : entries.keySet()) {
            if (msisdn == null || msisdn.equals(entry.msisdn)) {
                entry.stop();
                stopped++;
            }
        }
        return stopped;
    }

    void stopAll() {
        entries.keySet().forEach(Entry::stop);
    }

    /** Waits until none is left, but no longer than this. */
    void awaitNone(Duration atMost) throws InterruptedException {
        for (Entry entry : entries.keySet()) {
            if (!entry.gone.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }
}
