package io.moondial.edr;

/**
 * The percent-encoding of values.
 *
 * <p>{@code A-Z a-z 0-9}, the space and {@code . _ : / @ -} are written as they are; every other
 * octet of the UTF-8 form is {@code %XX} in upper case. The source's page with the rule is lost;
 * this set reproduces every published example octet for octet.
 */
final class PercentCode {
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
