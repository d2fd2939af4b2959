package io.moondial.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;

/** What this process takes. */
final class ThisProcess {
    /** One collection may leave what only became unreachable through it. */
    private static final int COLLECTIONS = 2;

    private ThisProcess() {}

    /** CPU time so far, of all its threads. */
    static Duration cpu() {
        return Duration.ofNanos(
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getProcessCpuTime());
    }

    /** The live heap in octets, after a full collection. */
    static long liveHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }
}
