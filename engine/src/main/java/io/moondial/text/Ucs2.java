package io.moondial.text;

import static java.nio.charset.StandardCharsets.UTF_16BE;

/**
 * UCS2 (3GPP TS 23.038 6.2.3), read and written as UTF-16BE. An unpaired surrogate becomes U+FFFD,
 * either way.
 */
final class Ucs2 {
    private static final char REPLACEMENT = '\uFFFD';

    private Ucs2() {}

    static byte[] octets(String text) {
        return text.getBytes(UTF_16BE);
    }

    /** The text of an even number of octets, from one of them on. */
    static String text(byte[] octets, int from) {
        var units = new char[(octets.length - from) / 2];
        for (int i = 0; i < units.length; i++) {
            int at = from + 2 * i;
            units[i] = (char) ((octets[at] << 8) | (octets[at + 1] & 0xFF));
        }
        replaceUnpaired(units);
        return new String(units);
    }

    // Not the JDK's decoder: it takes the character after an unpaired surrogate along with it.
    private static void replaceUnpaired(char[] units) {
        for (int i = 0; i < units.length; i++) {
            boolean pair =
                    i + 1 < units.length && Character.isSurrogatePair(units[i], units[i + 1]);
            if (pair) {
                i++;
            } else if (Character.isSurrogate(units[i])) {
                units[i] = REPLACEMENT;
            }
        }
    }
}
