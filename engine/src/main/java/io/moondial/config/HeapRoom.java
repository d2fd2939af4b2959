package io.moondial.config;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether the heap has room for the reading of a file beside what it already has. An engine goes on
 * serving while it reads a change of its rules: a file that fills the heap would make it refuse all
 * new dialogs, and a file that does not fit at all would break whatever allocates next.
 */
final class HeapRoom {
    /**
     * Octets of heap for each octet of a file, at the height of its reading: text, characters, the
     * tree and what is made of it, side by side. Measured with files of 50,000 to 100,000 triggers:
     * 33 with compressed pointers, 65 with ZGC, which has none.
     */
    static final int HEAP_PER_OCTET = 72;

    /** The same for an octet of a comment, which becomes only characters. */
    static final int HEAP_PER_COMMENT_OCTET = 8;

    /**
     * What may be in use, in percent: beyond it new dialogs are refused soon (dialogs.max_heap).
     */
    static final int MOST_IN_USE = 80;

    /** A reading that takes less than this part of the heap is not asked about, in percent. */
    private static final int SMALL = 5;

    private final long max;
    private final LongSupplier alive;
    private final Runnable collection;

    /**
     * A heap.
     *
     * @param max the most octets that it may have
     * @param alive octets that the last collection of garbage has left in use
     * @param collection collects the garbage of the whole heap
     */
    HeapRoom(long max, LongSupplier alive, Runnable collection) {
        this.max = max;
        this.alive = alive;
        this.collection = collection;
    }

    /** That of this JVM. */
    static HeapRoom ofThisProcess() {
        return new HeapRoom(
                Runtime.getRuntime().maxMemory(), HeapRoom::leftByTheLastCollection, System::gc);
    }

    private static long leftByTheLastCollection() {
        long left = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getCollectionUsage();
            if (pool.getType() == MemoryType.HEAP && usage != null) {
                left += usage.getUsed();
            }
        }
        return left;
    }

    /** Why this content of a file is not read; empty if it can be. */
    Optional<String> tooLittleFor(byte[] content) {
        return tooLittleFor(content.length, commentOctets(content));
    }

    /** Octets of lines that begin with a comment, with or without spaces before it. */
    private static long commentOctets(byte[] content) {
        long octets = 0;
        boolean atStart = true;
        boolean inComment = false;
        for (byte octet : content) {
            if (octet == '\n') {
                atStart = true;
                inComment = false;
            } else if (atStart && octet != ' ') {
                atStart = false;
                inComment = octet == '#';
            }
            octets += inComment ? 1 : 0;
        }
        return octets;
    }

    /** Why a file of this many octets, those of comments among them, is not read. */
    Optional<String> tooLittleFor(long fileOctets, long commentOctets) {
        long needed =
                (fileOctets - commentOctets) * HEAP_PER_OCTET
                        + commentOctets * HEAP_PER_COMMENT_OCTET;
        if (needed < max / 100 * SMALL || fits(needed)) {
            return Optional.empty();
        }
        collection.run(); // the last one may have been of a time when more was alive
        return fits(needed)
                ? Optional.empty()
                : Optional.of(
                        "to read a file of %s takes some %s of memory, and of the heap of %s %s are in use: make the file smaller, or give Java more (USSD_JAVA_OPTIONS=-Xmx4g)"
                                .formatted(
                                        mebi(fileOctets),
                                        mebi(needed),
                                        mebi(max),
                                        mebi(alive.getAsLong())));
    }

    private boolean fits(long needed) {
        return alive.getAsLong() + needed <= max / 100 * MOST_IN_USE;
    }

    private static String mebi(long octets) {
        return "%.1f MiB".formatted(octets / (double) (1 << 20));
    }
}
