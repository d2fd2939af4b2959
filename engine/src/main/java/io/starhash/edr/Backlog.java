package io.starhash.edr;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Encoded lines that wait for their writer, in chunks: many threads add, one takes.
 *
 * <p>Few lines are copied; many come in the buffer that they were encoded into, and an empty one
 * goes back. The lock is held for no more than that.
 */
final class Backlog {
    /** The lines stayed outside. */
    static final long BEYOND_LIMIT = -1;

    /** From so many octets on, lines are not copied. */
    private static final int MANY_OCTETS = Scribe.BATCH_OCTETS / 2;

    /** So many spares are kept when nothing waits. */
    private static final int FEW_SPARES = 4;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

    /** Buffers that are done with: to clear a new one costs as much as to fill it. */
    private final ArrayDeque<LineBuffer> spares = new ArrayDeque<>();

    /** The last of the chunks, where few lines are added to it; null: the next begins another. */
    private @Nullable Chunk open;

    private volatile long added;

    /**
     * Adds the lines of a scribe, which has none then.
     *
     * @param most they are dropped where more than so many would have been added since the start
     * @return how many were added since the start, with them, or {@link #BEYOND_LIMIT}
     */
    synchronized long add(Scribe scribe, long most) {
        var lines = scribe.lines();
        long with = added + lines.lines();
        if (with > most) {
            lines.clear();
            return BEYOND_LIMIT;
        }
        if (lines.length() >= MANY_OCTETS) {
            // Whatever memory is missing for comes first: a buffer must not have two owners.
            var next = empty();
            chunks.add(new Chunk(lines));
            open = null;
            scribe.goOnWith(next);
        } else {
            chunkFor(lines).add(lines);
            lines.clear();
        }
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
        if (first == open) {
            open = null;
        }
        while (first == null && spares.size() > FEW_SPARES) {
            spares.pop();
        }
        return first;
    }

    /**
     * Takes a chunk back, its buffer to be filled again; one too many is left to the garbage
     * collector.
     *
     * <p>While much waits, as many spares are kept as chunks wait: they are soon in use again.
     */
    synchronized void giveBack(Chunk chunk) {
        if (spares.size() < Math.max(FEW_SPARES, chunks.size())) {
            chunk.buffer().clear();
            spares.push(chunk.buffer());
        }
    }

    private Chunk chunkFor(LineBuffer lines) {
        var chunk = open;
        if (chunk == null || !chunk.hasRoomFor(lines)) {
            chunk = new Chunk(empty());
            chunks.add(chunk);
            open = chunk;
        }
        return chunk;
    }

    private LineBuffer empty() {
        var spare = spares.poll();
        return spare == null ? new LineBuffer() : spare;
    }
}
