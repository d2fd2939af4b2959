package io.moondial.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.util.List;

/** The process and its Java, under the names that Prometheus' own library gives them. */
public final class ProcessMetrics {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private ProcessMetrics() {}

    /** Adds its families. */
    public static void addTo(Exposition exposition) {
        OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        exposition.counter(
                "process_cpu_seconds_total",
                "CPU time of the process, user and system",
                List.of(),
                values -> values.add(system.getProcessCpuTime() / NANOS));
        exposition.gauge(
                "process_start_time_seconds",
                "When the process began, since the epoch",
                List.of(),
                values -> values.add(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS));
        if (system instanceof UnixOperatingSystemMXBean unix) {
            exposition.gauge(
                    "process_open_fds",
                    "File descriptors that are open",
                    List.of(),
                    values -> values.add(unix.getOpenFileDescriptorCount()));
            exposition.gauge(
                    "process_max_fds",
                    "How many file descriptors may be open",
                    List.of(),
                    values -> values.add(unix.getMaxFileDescriptorCount()));
        }
        memory(exposition);
        exposition.summary(
                "jvm_gc_collection_seconds",
                "How long garbage collections took",
                List.of("gc"),
                values -> {
                    for (GarbageCollectorMXBean gc :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        values.add(
                                gc.getCollectionCount(),
                                gc.getCollectionTime() / MILLIS,
                                gc.getName());
                    }
                });
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        exposition.gauge(
                "jvm_threads_current",
                "Platform threads; a dialog has a virtual one, which is not counted here",
                List.of(),
                values -> values.add(threads.getThreadCount()));
    }

    private static void memory(Exposition exposition) {
        exposition.gauge(
                "jvm_memory_used_bytes",
                "Memory in use, garbage included",
                List.of("area"),
                values -> {
                    values.add(heap().getUsed(), "heap");
                    values.add(nonHeap().getUsed(), "nonheap");
                });
        exposition.gauge(
                "jvm_memory_max_bytes",
                "How much memory there can be; -1: no limit",
                List.of("area"),
                values -> {
                    values.add(heap().getMax(), "heap");
                    values.add(nonHeap().getMax(), "nonheap");
                });
        exposition.gauge(
                "jvm_buffer_pool_used_bytes",
                "Memory of buffers outside the heap",
                List.of("pool"),
                values -> {
                    for (BufferPoolMXBean pool :
                            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                        values.add(pool.getMemoryUsed(), pool.getName());
                    }
                });
    }

    private static MemoryUsage heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }

    private static MemoryUsage nonHeap() {
        return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    }
}
