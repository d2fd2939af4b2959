package io.moondial.edr;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing run of octets that encoded lines are put into, and that is used again and again. */
final class LineBuffer {
    private static final int INITIAL_CAPACITY = 1024;
    private static final int INITIAL_LINES = 64;
    private static final int USUAL_LINE = 100;
    private static final byte[] NONE = {};
    private static final int KEPT_CAPACITY = 128 * 1024;

    private byte[] octets;
    private int length;

    /** After which length each line was ended. */
    private int[] ends;

    private int lines;

    /** One that is small to begin with. */
    LineBuffer() {
        this(INITIAL_CAPACITY);
    }

    /**
     * One that need not grow for a while.
     *
     * @param capacity for how many octets
     */
    LineBuffer(int capacity) {
        octets = new byte[capacity];
        ends = new int[capacity / USUAL_LINE];
    }

    /** Makes sure that this many more octets fit. */
    void reserve(int more) {
        int needed = Math.addExact(length, more);
        if (needed > octets.length) {
            int grown = Math.max(INITIAL_CAPACITY, octets.length + (octets.length >> 1));
            octets = Arrays.copyOf(octets, Math.max(needed, grown));
        }
    }

    /** Puts one octet for which there is room. */
    void put(byte octet) {
        octets[length++] = octet;
    }

    /** Puts a line feed, and makes the room. */
    void endLine() {
        reserve(1);
        put((byte) '\n');
        if (lines == ends.length) {
            ends = Arrays.copyOf(ends, INITIAL_LINES + 2 * lines);
        }
        ends[lines++] = length;
    }

    /** Adds characters of one octet each, and makes room for them. */
    void putAscii(String text) {
        int size = text.length();
        reserve(size);
        copy(text, 0, size);
    }

    /** The same, between two more characters. */
    void putAscii(char before, String text, char after) {
        int size = text.length();
        reserve(size + 2);
        put((byte) before);
        copy(text, 0, size);
        put((byte) after);
    }

    /**
     * Puts the characters from an index on as long as they are in a set, for which there is room.
     *
     * @param set whether the ASCII character of this index is in it
     * @return the index of the first that is not, or the text's length
     */
    int putWhile(String text, int from, boolean[] set) {
        int size = text.length();
        var target = octets;
        int at = length;
        int i = from;
        for (; i < size; i++) {
            char c = text.charAt(i);
            if (c >= set.length || !set[c]) {
                break;
            }
            target[at++] = (byte) c;
        }
        length = at;
        return i;
    }

    /**
     * The one way to copy a text's characters as octets in one piece; it leaves high halves out,
     * and is deprecated for that, but there are none here.
     */
    @SuppressWarnings("deprecation")
    private void copy(String text, int from, int end) {
        text.getBytes(from, end, octets, length);
        length += end - from;
    }

    /** Puts octets, and makes the room. */
    void put(byte[] source) {
        reserve(source.length);
        System.arraycopy(source, 0, octets, length, source.length);
        length += source.length;
    }

    /** How many lines were ended in it. */
    int lines() {
        return lines;
    }

    int length() {
        return length;
    }

    /** Puts whole lines, and makes the room. */
    void putLines(LineBuffer more) {
        reserve(more.length);
        System.arraycopy(more.octets, 0, octets, length, more.length);
        if (lines + more.lines > ends.length) {
            ends = Arrays.copyOf(ends, INITIAL_LINES + 2 * (lines + more.lines));
        }
        for (int i = 0; i < more.lines; i++) {
            ends[lines + i] = length + more.ends[i];
        }
        lines += more.lines;
        length += more.length;
    }

    /** The lines from one index to another; good until the buffer changes. */
    ByteBuffer content(int from, int to) {
        int start = startOf(from);
        return ByteBuffer.wrap(octets, start, startOf(to) - start);
    }

    private int startOf(int line) {
        return line == 0 ? 0 : ends[line - 1];
    }

    /** Takes back what was put after a length that it had, with no line ended since. */
    void cutBackTo(int earlierLength) {
        length = earlierLength;
    }

    /** What is in it, to be read from the start; good until the buffer changes. */
    ByteBuffer content() {
        return ByteBuffer.wrap(octets, 0, length);
    }

    /** What is in it, one character an octet. */
    String ascii() {
        return new String(octets, 0, length, StandardCharsets.US_ASCII);
    }

    /** Empties it, which needs no memory; the room that one huge record took is given back. */
    void clear() {
        length = 0;
        lines = 0;
        if (octets.length > KEPT_CAPACITY) {
            octets = NONE;
        }
    }
}
