package io.starhash.edr;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Encoded lines that wait for their writer, in chunks: many threads add, one takes.
 *
 * <p>The lock is held for the copying of some lines and nothing else.
 */
final class Backlog {
    /** The lines stayed outside. */
    static final long BEYOND_LIMIT = -1;

    /** So many spares are kept when nothing waits. */
    private static final int FEW_SPARES = 4;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

    /** Chunks that are done with: to clear a new one costs as much as to fill it. */
    private final ArrayDeque<Chunk> spares = new ArrayDeque<>();

    private volatile long added;

    /**
     * Adds whole lines.
     *
     * @param most they stay outside where more than so many would have been added since the start
     * @return how many were added since the start, with them, or {@link #BEYOND_LIMIT}
     */
    synchronized long add(LineBuffer lines, long most) {
        long with = added + lines.lines();
        if (with > most) {
            return BEYOND_LIMIT;
        }
        var last = chunks.peekLast();
        if (last == null || !last.hasRoomFor(lines)) {
            last = emptyFor(lines);
            chunks.add(last);
        }
        last.add(lines);
        added = with;
        return with;
    }

    /** How many lines were added since the start. */
    long added() {
        return added;
    }

    /** Takes the first chunk out, for the caller to have; null where nothing waits. */
    synchronized @Nullable Chunk poll() {
        var first = chunks.poll();
        while (first == null && spares.size() > FEW_SPARES) {
            spares.pop();
        }
        return first;
    }

    /**
     * Takes a chunk back to be filled again; one too many is left to the garbage collector.
     *
     * <p>While much waits, as many spares are kept as chunks wait: they are soon in use again.
     */
    synchronized void giveBack(Chunk chunk) {
        if (chunk.isOfUsualSize() && spares.size() < Math.max(FEW_SPARES, chunks.size())) {
            chunk.clear();
            spares.push(chunk);
        }
    }

    private Chunk emptyFor(LineBuffer lines) {
        var spare = lines.length() > Chunk.OCTETS ? null : spares.poll();
        return spare == null ? new Chunk(Math.max(Chunk.OCTETS, lines.length())) : spare;
    }
}
