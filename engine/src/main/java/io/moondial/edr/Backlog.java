package io.moondial.edr;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Encoded lines that wait for their writer, in chunks: many threads add, one takes.
 *
 * <p>Few lines are copied; many come in the chunk that they were encoded into, and an empty one
 * goes back. The lock is held for no more than that. Where memory is missing for a new chunk, all
 * stays as it was.
 */
final class Backlog {
    /** The lines stayed outside. */
    static final long BEYOND_LIMIT = -1;

    /** From so many octets on, lines are not copied. */
    private static final int MANY_OCTETS = Scribe.BATCH_OCTETS / 2;

    /** So many spares are kept for ever: those of a batch. */
    static final int FEW_SPARES = Batch.OCTETS / Scribe.BATCH_OCTETS;

    private final Supplier<Chunk> source;
    private final ChunkQueue waiting = new ChunkQueue();

    /** Chunks that are done with, the last first: it may still be in a processor's cache. */
    private final ChunkQueue spares = new ChunkQueue();

    /** The last of those that wait, where few lines are added to it; null: the next begins one. */
    private @Nullable Chunk open;

    private volatile long added;

    /**
     * Without lines.
     *
     * @param source makes empty chunks
     */
    Backlog(Supplier<Chunk> source) {
        this.source = source;
    }

    /**
     * Adds the lines of a scribe, which has none then.
     *
     * @param most they are dropped where more than so many would have been added since the start
     * @return how many were added since the start, with them, or {@link #BEYOND_LIMIT}
     * @throws OutOfMemoryError with nothing changed
     */
    synchronized long add(Scribe scribe, long most) {
        var lines = scribe.chunk();
        long with = added + lines.lines();
        if (with > most) {
            lines.clear();
            return BEYOND_LIMIT;
        }
        if (lines.octets() >= MANY_OCTETS) {
            scribe.goOnWith(spare());
            waiting.add(lines);
            open = null;
        } else {
            copy(lines);
            lines.clear();
        }
        added = with;
        return with;
    }

    private void copy(Chunk lines) {
        var chunk = open;
        if (chunk != null && chunk.hasRoomFor(lines)) {
            chunk.add(lines);
        } else {
            var another = spare();
            another.add(lines);
            waiting.add(another);
            open = another;
        }
    }

    private Chunk spare() {
        var spare = spares.poll();
        return spare == null ? source.get() : spare;
    }

    /** How many lines were added since the start. */
    long added() {
        return added;
    }

    /**
     * Takes the chunks of a batch back, to be filled again, and gives it those that have waited
     * longest, as many as it has room for; none where nothing waits. Needs no memory.
     *
     * @param batch one without lines left
     */
    synchronized void exchange(Batch batch) {
        for (Chunk done; (done = batch.poll()) != null; ) {
            done.clear();
            spares.push(done);
        }
        for (Chunk next; (next = waiting.peek()) != null && batch.hasRoomFor(next); ) {
            waiting.poll();
            batch.add(next);
        }
        if (waiting.size() == 0) {
            open = null;
        }
    }

    /**
     * Leaves half of the spares beyond a few to the garbage collector: what a burst took goes by
     * and by, and is there if another comes.
     *
     * @return whether there are still more than a few
     */
    synchronized boolean letGoOfSpares() {
        for (int tooMany = (spares.size() - FEW_SPARES + 1) / 2; tooMany > 0; tooMany--) {
            spares.poll();
        }
        return spares.size() > FEW_SPARES;
    }
}
