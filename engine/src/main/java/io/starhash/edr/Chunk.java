package io.starhash.edr;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A stretch of encoded lines in memory, filled and then taken as a whole. It has no lock: whoever
 * uses it has it to itself.
 */
final class Chunk {
    /** The usual size. It is also how much is written at once when there is much to write. */
    static final int OCTETS = 128 * 1024;

    private static final int INITIAL_LINES = 64;

    private final byte[] octets;

    /** The index after each line's last octet. */
    private int[] ends = new int[INITIAL_LINES];

    private int lines;
    private int passed;

    /**
     * An empty one.
     *
     * @param octets how many fit; where the lines to come need more than {@link #OCTETS}, that many
     */
    Chunk(int octets) {
        this.octets = new byte[octets];
    }

    boolean hasRoomFor(LineBuffer more) {
        return more.length() <= octets.length - startOf(lines);
    }

    /** Adds whole lines, for which there is room. */
    void add(LineBuffer more) {
        int start = startOf(lines);
        int count = more.lines();
        more.copyTo(octets, start);
        if (lines + count > ends.length) {
            ends = Arrays.copyOf(ends, 2 * (lines + count));
        }
        for (int i = 0; i < count; i++) {
            ends[lines + i] = start + more.endOf(i);
        }
        lines += count;
    }

    /** How many lines are left in it. */
    int lines() {
        return lines - passed;
    }

    /** The first so many of the lines that are left. */
    ByteBuffer content(int count) {
        int start = startOf(passed);
        return ByteBuffer.wrap(octets, start, startOf(passed + count) - start);
    }

    /** Passes over the first so many of the lines that are left. */
    void pass(int count) {
        passed += count;
    }

    /** Empties it to be filled again. */
    void clear() {
        lines = 0;
        passed = 0;
    }

    boolean isOfUsualSize() {
        return octets.length == OCTETS;
    }

    private int startOf(int line) {
        return line == 0 ? 0 : ends[line - 1];
    }
}
