package io.moondial.edr;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Encoded lines that are taken together, and passed over one after the other. It has no lock:
 * whoever uses it has it to itself.
 */
final class Chunk {
    /** The usual size of one that lines are added to. */
    static final int OCTETS = 64 * 1024;

    private final LineBuffer buffer;
    private int passed;

    /** The one after it in the {@link ChunkQueue} that it is in. */
    @Nullable Chunk next;

    /** An empty one that is small to begin with. */
    Chunk() {
        buffer = new LineBuffer();
    }

    /**
     * An empty one.
     *
     * @param capacity for how many octets it need not grow
     */
    Chunk(int capacity) {
        buffer = new LineBuffer(capacity);
    }

    /** Whether more can be added; to an empty one always. */
    boolean hasRoomFor(Chunk more) {
        return octets() == 0 || more.octets() <= OCTETS - octets();
    }

    /** Adds all lines of another: all or (with an exception) none. */
    void add(Chunk more) {
        buffer.putLines(more.buffer);
    }

    /** How long it is, lines that were passed over counted. */
    int octets() {
        return buffer.length();
    }

    /** How many lines are left in it. */
    int lines() {
        return buffer.lines() - passed;
    }

    /** The first so many of the lines that are left. */
    ByteBuffer content(int count) {
        return buffer.content(passed, passed + count);
    }

    /** Passes over the first so many of the lines that are left. */
    void pass(int count) {
        passed += count;
    }

    /** Where lines are put. */
    LineBuffer buffer() {
        return buffer;
    }

    /** Empties it, to be filled again. */
    void clear() {
        buffer.clear();
        passed = 0;
    }
}
