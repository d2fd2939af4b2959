package io.moondial.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much was allocated since a moment, by all threads together. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long before = THREADS.getTotalThreadAllocatedBytes();

    /** From now on. */
    public Allocation() {}

    /** In octets. */
    public long soFar() {
        return THREADS.getTotalThreadAllocatedBytes() - before;
    }
}
