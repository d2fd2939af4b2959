package io.moondial.logic;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import com.sun.management.ThreadMXBean;
import io.moondial.config.Measure;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the heap has room for one more dialog, by the JVM's collections: reports them to a {@link
 * HeapGuard}, and asks for a full one if only that would show the live part: while dialogs are
 * refused, little is allocated, and the JVM might never start one. With ZGC, the collector of the
 * {@code ussd} command, that stops no thread.
 */
public final class HeapWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("heap");

    /** No two whole collections are asked for in a shorter time. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private static final List<GarbageCollectorMXBean> COLLECTORS =
            List.copyOf(ManagementFactory.getGarbageCollectorMXBeans());

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * A moment.
     *
     * @param open the dialogs that are open
     * @param allocated octets that all threads have allocated until then
     */
    record Moment(long open, long allocated) {}

    /**
     * The collections that run now, put together from what the JVM reports. A collector that works
     * beside the program reports each of its pauses and, at the end, the cycle; the first pause is
     * the beginning. Any other collection is one pause, in which nothing is allocated.
     */
    static final class Cycles {
        private final Map<String, Moment> beginnings = new HashMap<>();
        private final Map<String, Long> ends = new HashMap<>();

        /**
         * A collection that has ended.
         *
         * @param live octets in use after it, without those allocated while it ran
         * @param open the dialogs that were open when it began
         * @param whole whether it looked at the whole heap
         */
        record Ended(long live, long open, boolean whole) {}

        /**
         * What follows from a report; null: nothing yet.
         *
         * @param start in milliseconds since the JVM's start, as {@code end}
         * @param left octets in use at the end
         * @param now the moment of the report
         */
        @Nullable Ended reported(
                String collector, String action, long start, long end, long left, Moment now) {
            String cycle = collector.replace("Pauses", "Cycles");
            if (!cycle.equals(collector)) {
                if (start >= ends.getOrDefault(cycle, 0L)) {
                    beginnings.putIfAbsent(cycle, now);
                }
                return null;
            }
            ends.put(cycle, end);
            Moment began = beginnings.remove(cycle);
            if (began == null) {
                began = now;
            }
            return new Ended(
                    Math.max(0, left - (now.allocated() - began.allocated())),
                    began.open(),
                    collector.equals("ZGC Major Cycles") || action.equals("end of major GC"));
        }
    }

    private final Set<String> heapPools =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .map(MemoryPoolMXBean::getName)
                    .collect(Collectors.toUnmodifiableSet());
    private final NotificationListener listener = this::told;
    private final Cycles cycles = new Cycles(); // the JVM reports on one thread
    private final Semaphore wanted = new Semaphore(0);
    private final LongSupplier open;
    private final HeapGuard guard;
    private final Thread asker;
    private volatile boolean closed;

    /**
     * Watches the heap of this JVM from now on.
     *
     * @param percent of the heap that may be left in use by a collection
     * @param open how many dialogs are open now
     */
    public HeapWatch(int percent, LongSupplier open) {
        this.open = open;
        Runtime runtime = Runtime.getRuntime();
        guard =
                new HeapGuard(
                        runtime.maxMemory(),
                        percent,
                        () -> runtime.totalMemory() - runtime.freeMemory(),
                        open);
        COLLECTORS.forEach(
                it -> ((NotificationEmitter) it).addNotificationListener(listener, null, null));
        asker = Thread.ofPlatform().daemon().name("heap").start(this::ask);
    }

    /** Whether one more dialog may begin. Asked for each, so the JVM is asked only in need. */
    public boolean hasRoom() {
        return guard.hasRoom();
    }

    private void told(Notification notification, Object handback) {
        if (!GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
                notification.getType())) {
            return;
        }
        GarbageCollectionNotificationInfo info =
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        GcInfo gc = info.getGcInfo();
        Cycles.Ended ended =
                cycles.reported(
                        info.getGcName(),
                        info.getGcAction(),
                        gc.getStartTime(),
                        gc.getEndTime(),
                        left(gc),
                        new Moment(open.getAsLong(), THREADS.getTotalThreadAllocatedBytes()));
        if (ended != null) {
            switch (guard.collected(ended.live(), ended.open(), ended.whole())) {
                case ROOM -> wanted.drainPermits();
                case FULL, UNSURE -> wanted.release();
            }
        }
    }

    private long left(GcInfo info) {
        return info.getMemoryUsageAfterGc().entrySet().stream()
                .filter(entry -> heapPools.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().getUsed())
                .sum();
    }

    private void ask() {
        try {
            while (!closed) {
                wanted.acquire();
                wanted.drainPermits();
                if (!closed) {
                    log.debug("the heap watch asks for a full collection");
                    System.gc();
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                }
            }
        } catch (InterruptedException e) {
            log.debug("the watch over the heap ends");
        }
    }

    @Override
    public void close() {
        closed = true;
        asker.interrupt();
        for (GarbageCollectorMXBean collector : COLLECTORS) {
            try {
                ((NotificationEmitter) collector).removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                log.debug("{} is not observed", collector.getName());
            }
        }
    }

    /**
     * Whether the heap has room for one more dialog. What counts is the live part: what a garbage
     * collection leaves in use, without what was allocated while it ran. A collector that works
     * beside the program, as ZGC does, leaves all of that in use, and a busy engine allocates a
     * whole heap while one collection lasts.
     *
     * <p>Between two collections even a heap that is mostly garbage fills up to its end, so mere
     * use counts only at the brim, and only where what was alive, with the dialogs that have been
     * opened since, would be too much by now.
     */
    static final class HeapGuard {
        private static final Logger log = LoggerFactory.getLogger("heap");

        /** Taken again so far below the bound, in percent, so that it does not flutter. */
        private static final int REOPEN_BELOW = 5;

        private static final int BRIM = 98;

        private final long max;
        private final int percent;
        private final LongSupplier used;
        private final LongSupplier open;
        private volatile Alive alive = Alive.UNKNOWN;
        private volatile boolean full;
        private volatile boolean atBrim;

        /**
         * What a collection found alive.
         *
         * @param octets that were
         * @param open the dialogs that were open when it began
         */
        private record Alive(long octets, long open) {
            static final Alive UNKNOWN = new Alive(0, 0);

            /**
             * With fewer dialogs, what is alive may be the engine itself for the most part, and
             * says little of what one of them takes.
             */
            private static final long FEW = 10_000;

            /** What one of few dialogs is taken to need, in octets: twice what a usual one does. */
            private static final long USUAL = 16 * 1024;

            /** What is alive with this many dialogs. */
            long with(long nowOpen) {
                long each = open < FEW ? USUAL : octets / open;
                return octets + each * Math.max(0, nowOpen - open);
            }
        }

        /** What is known after a collection. */
        enum Verdict {
            /** There is room. */
            ROOM,
            /** There is none. */
            FULL,
            /**
             * There may be none: the collection was not a full one, and a full one would show it.
             */
            UNSURE
        }

        /**
         * A guard that knows of no collection yet.
         *
         * @param max the most octets that the heap may have
         * @param percent of them that may be left in use by a collection; from then on there is no
         *     room
         * @param used octets in use now, garbage included
         * @param open how many dialogs are open now
         */
        HeapGuard(long max, int percent, LongSupplier used, LongSupplier open) {
            this.max = max;
            this.percent = percent;
            this.used = used;
            this.open = open;
        }

        /** Whether one more dialog may begin. */
        boolean hasRoom() {
            boolean brimful =
                    alive.with(open.getAsLong()) >= share(percent)
                            && used.getAsLong() >= share(BRIM);
            if (brimful != atBrim) {
                brimChanged(brimful);
            }
            return !full && !brimful;
        }

        private synchronized void brimChanged(boolean brimful) {
            if (brimful != atBrim) {
                atBrim = brimful;
                if (brimful) {
                    log.warn(
                            "new dialogs are refused: the heap of {} is used up, and {}% of it was in use after the last garbage collection",
                            Measure.SIZE.format(max), alive.octets() * 100 / max);
                } else {
                    log.info("new dialogs are accepted again: the heap is not used up any more");
                }
            }
        }

        /**
         * A collection has ended.
         *
         * @param live octets in use after it, without those that were allocated while it ran
         * @param openThen how many dialogs were open when it began
         * @param whole whether it looked at the whole heap, so that nearly nothing of that is
         *     garbage
         */
        synchronized Verdict collected(long live, long openThen, boolean whole) {
            alive = new Alive(live, openThen);
            if (live < share(percent - REOPEN_BELOW)) {
                change(false, live);
                return Verdict.ROOM;
            }
            if (live >= share(percent)) {
                if (!whole) {
                    return Verdict.UNSURE;
                }
                change(true, live);
            }
            return full ? Verdict.FULL : Verdict.ROOM;
        }

        private void change(boolean nowFull, long live) {
            if (full == nowFull) {
                return;
            }
            full = nowFull;
            String found =
                    "%s are in use after a garbage collection, %d%% of the heap of %s"
                            .formatted(
                                    Measure.SIZE.format(live >> 20 << 20),
                                    live * 100 / max,
                                    Measure.SIZE.format(max));
            if (nowFull) {
                log.warn("new dialogs are refused: {} (dialogs.max_heap is {}%)", found, percent);
            } else {
                log.info("new dialogs are accepted again: {}", found);
            }
        }

        private long share(int ofHundred) {
            return max / 100 * ofHundred;
        }
    }
}
