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

    /**
     * The percent-encoding of values.
     *
     * <p>{@code A-Z a-z 0-9}, the space and {@code . _ : / @ -} are written as they are; every
     * other octet of the UTF-8 form is {@code %XX} in upper case. The source's page with the rule
     * is lost; this set reproduces every published example octet for octet.
     */
    static final class PercentCode {
        private static final String SAFE_PUNCTUATION = " ._:/@-";
        private static final int ASCII = 128;
        private static final boolean[] SAFE = safe();
        private static final byte[] HEX = {
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
        };

        /** An escape's length, and so the longest form of an ASCII character. */
        private static final int ESCAPE = 3;

        /** The longest form of a code point: four octets, each escaped. */
        private static final int LONGEST = 4 * ESCAPE;

        private static final int REPLACEMENT = 0xFFFD;

        private PercentCode() {}

        /** Whether the octet is written as it is. */
        static boolean isSafe(int octet) {
            return octet >= 0 && octet < ASCII && SAFE[octet];
        }

        /** Puts the encoded form of a text. */
        static void encode(String text, LineBuffer out) {
            int size = text.length();
            out.reserve(size * ESCAPE);
            for (int i = out.putWhile(text, 0, SAFE); i < size; i = out.putWhile(text, i, SAFE)) {
                char c = text.charAt(i);
                if (c < ASCII) {
                    escape(c, out);
                    i++;
                } else {
                    i += encodeWide(text, i, out);
                }
            }
        }

        /** Puts the code point at an index outside ASCII; returns how many characters it took. */
        private static int encodeWide(String text, int index, LineBuffer out) {
            out.reserve((text.length() - index) * ESCAPE + LONGEST);
            int point = text.codePointAt(index);
            int width = Character.charCount(point);
            if (width == 1 && Character.isSurrogate((char) point)) {
                point = REPLACEMENT;
            }
            escapeUtf8(point, out);
            return width;
        }

        /** The UTF-8 form of RFC 3629, section 3. */
        private static void escapeUtf8(int point, LineBuffer out) {
            if (point < 0x800) {
                escape(0xC0 | (point >> 6), out);
            } else if (point < 0x10000) {
                escape(0xE0 | (point >> 12), out);
                escape(0x80 | ((point >> 6) & 0x3F), out);
            } else {
                escape(0xF0 | (point >> 18), out);
                escape(0x80 | ((point >> 12) & 0x3F), out);
                escape(0x80 | ((point >> 6) & 0x3F), out);
            }
            escape(0x80 | (point & 0x3F), out);
        }

        private static void escape(int octet, LineBuffer out) {
            out.put((byte) '%');
            out.put(HEX[octet >> 4]);
            out.put(HEX[octet & 0xF]);
        }

        private static boolean[] safe() {
            var safe = new boolean[ASCII];
            for (int c = 0; c < ASCII; c++) {
                safe[c] =
                        (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || SAFE_PUNCTUATION.indexOf(c) >= 0;
            }
            return safe;
        }
    }
}
