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

    /** So many spares are kept when nothing waits: those of a batch. */
    private static final int FEW_SPARES = Batch.OCTETS / Scribe.BATCH_OCTETS;

    /** How large a new buffer is, so that it need not grow: a batch, and a record beyond it. */
    private static final int BUFFER_OCTETS = Scribe.BATCH_OCTETS + 2 * 1024;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

    /** Buffers that are done with, the last first: it may still be in a processor's cache. */
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

    /**
     * Takes the chunks of a batch back, their buffers to be filled again, and gives it those that
     * have waited longest, as many as it has room for; none where nothing waits.
     *
     * @param batch one without lines left
     */
    synchronized void exchange(Batch batch) {
        for (Chunk done; (done = batch.poll()) != null; ) {
            done.buffer().clear();
            spares.push(done.buffer());
        }
        for (Chunk next; (next = chunks.peek()) != null && batch.hasRoomFor(next); ) {
            // Memory may be missing for it: then the chunk stays.
            batch.add(next);
            chunks.remove();
        }
        if (chunks.isEmpty()) {
            open = null;
            letGoOfSpares();
        }
    }

    /**
     * While anything waits all spares are kept: they are soon in use again. Each time nothing does,
     * a quarter of those that are many is left to the garbage collector.
     */
    private void letGoOfSpares() {
        int kept = Math.max(FEW_SPARES, spares.size() * 3 / 4);
        while (spares.size() > kept) {
            spares.removeLast();
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
        return spare == null ? new LineBuffer(BUFFER_OCTETS) : spare;
    }
}
