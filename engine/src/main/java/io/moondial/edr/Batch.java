package io.moondial.edr;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that are written together. It has no lock: it is the writer's alone.
 *
 * <p>A file system keeps what is written at once in larger pieces, and takes half the time for it.
 */
final class Batch {
    /** So much is written at once, where so much waits; more than that is one chunk's. */
    static final int OCTETS = 256 * 1024;

    private final ChunkQueue chunks = new ChunkQueue();
    private int octets;
    private int lines;

    /** Whether a chunk can be added; to an empty one always. */
    boolean hasRoomFor(Chunk chunk) {
        return chunks.size() == 0 || chunk.octets() <= OCTETS - octets;
    }

    /** Adds a chunk that nobody adds lines to any more. */
    void add(Chunk chunk) {
        chunks.add(chunk);
        octets += chunk.octets();
        lines += chunk.lines();
    }

    /** How many lines are left in it. */
    int lines() {
        return lines;
    }

    /** The first so many of the lines that are left. */
    ByteBuffer[] content(int count) {
        var content = new ByteBuffer[chunks.size()];
        int parts = 0;
        int left = count;
        for (var chunk = chunks.peek(); chunk != null && left > 0; chunk = chunk.next) {
            int some = Math.min(left, chunk.lines());
            content[parts++] = chunk.content(some);
            left -= some;
        }
        return Arrays.copyOf(content, parts);
    }

    /** Passes over the first so many of the lines that are left; needs no memory. */
    void pass(int count) {
        int left = count;
        for (var chunk = chunks.peek(); chunk != null && left > 0; chunk = chunk.next) {
            int some = Math.min(left, chunk.lines());
            chunk.pass(some);
            left -= some;
        }
        lines -= count;
    }

    /** Takes a chunk out of one that has no lines left; null where there is none. */
    @Nullable Chunk poll() {
        var chunk = chunks.poll();
        octets -= chunk == null ? 0 : chunk.octets();
        return chunk;
    }
}
