package io.moondial.logic;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import com.sun.management.ThreadMXBean;
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
 * Reports the JVM's collections to a {@link HeapGuard}, and asks for a full one if only that would
 * show the live part: while dialogs are refused, little is allocated, and the JVM might never start
 * one. With ZGC, the collector of the {@code ussd} command, that stops no thread.
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

    /** What it tells. */
    public HeapGuard guard() {
        return guard;
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
}
