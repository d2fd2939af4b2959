package io.starhash.logic;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tells a {@link HeapGuard} of the JVM's collections, and asks for a whole one where only that
 * would tell: while dialogs are refused little is allocated, and the JVM might never come to one by
 * itself. With ZGC, the collector of the {@code ussd} command, that stops no thread.
 */
public final class HeapWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("heap");

    /** No two whole collections are asked for in a shorter time. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private static final List<GarbageCollectorMXBean> COLLECTORS =
            List.copyOf(ManagementFactory.getGarbageCollectorMXBeans());

    private final Set<String> heapPools =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .map(MemoryPoolMXBean::getName)
                    .collect(Collectors.toUnmodifiableSet());
    private final NotificationListener listener = this::told;
    private final Semaphore wanted = new Semaphore(0);
    private final HeapGuard guard;
    private final Thread asker;
    private volatile boolean closed;

    /**
     * Watches the heap of this JVM from now on.
     *
     * @param percent of the heap that may be left in use by a collection
     */
    public HeapWatch(int percent) {
        Runtime runtime = Runtime.getRuntime();
        guard =
                new HeapGuard(
                        runtime.maxMemory(),
                        percent,
                        () -> runtime.totalMemory() - runtime.freeMemory());
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
        long left = left(info.getGcInfo());
        if (left == 0) {
            return; // a pause of a cycle of ZGC's: it says nothing of the heap
        }
        switch (guard.collected(left, isWhole(info))) {
            case ROOM -> wanted.drainPermits();
            case FULL, UNSURE -> wanted.release();
        }
    }

    private long left(GcInfo info) {
        return info.getMemoryUsageAfterGc().entrySet().stream()
                .filter(entry -> heapPools.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().getUsed())
                .sum();
    }

    private static boolean isWhole(GarbageCollectionNotificationInfo info) {
        return info.getGcName().equals("ZGC Major Cycles")
                || info.getGcAction().equals("end of major GC");
    }

    private void ask() {
        try {
            while (!closed) {
                wanted.acquire();
                wanted.drainPermits();
                if (!closed) {
                    log.debug("a whole collection is asked for");
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
                log.debug("{} was not listened to", collector.getName());
            }
        }
    }
}
