package io.starhash.edr;

import java.nio.ByteBuffer;

/**
 * Encoded lines that are taken together, and passed over one after the other. It has no lock:
 * whoever uses it has it to itself.
 */
final class Chunk {
    /** The usual size of one that lines are added to. */
    static final int OCTETS = 64 * 1024;

    private final LineBuffer buffer;
    private int passed;

    /**
     * One of these lines.
     *
     * @param buffer the chunk's own from now on
     */
    Chunk(LineBuffer buffer) {
        this.buffer = buffer;
    }

    /** Whether more can be added; to an empty one always. */
    boolean hasRoomFor(LineBuffer more) {
        return buffer.length() == 0 || more.length() <= OCTETS - buffer.length();
    }

    /** Adds whole lines. */
    void add(LineBuffer more) {
        buffer.putLines(more);
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

    /** The lines' place, for others once these are done with. */
    LineBuffer buffer() {
        return buffer;
    }
}
