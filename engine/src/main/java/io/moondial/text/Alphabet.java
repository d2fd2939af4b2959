package io.moondial.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;

import io.moondial.text.Gsm7.Septets;

/**
 * A set of characters that a USSD string is written in, the unit its length is counted in, and how
 * many of them the {@value UssdString#MAX_OCTETS} octets hold.
 */
public enum Alphabet {
    /**
     * The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 6.2.1), counted in
     * septets: an extension character, such as the euro sign, is two.
     */
    GSM7("GSM 7-bit", "septets", UssdString.MAX_OCTETS * 8 / 7) {
        @Override
        int units(int codePoint) {
            return Gsm7.septets(codePoint);
        }

        @Override
        byte[] encode(String text) {
            return Septets.pack(Gsm7.septets(text));
        }
    },

    /**
     * 8-bit data, counted in octets. 3GPP TS 23.038 leaves the meaning to the user; here an octet
     * is a character of ISO 8859-1, so that every octet is some character, and the ASCII of the
     * conformance tests (3GPP TS 31.124 27.22.4.12) is itself.
     */
    OCTETS("8-bit", "octets", UssdString.MAX_OCTETS) {
        @Override
        int units(int codePoint) {
            return codePoint <= 0xFF ? 1 : 0;
        }

        @Override
        byte[] encode(String text) {
            return text.getBytes(ISO_8859_1);
        }
    },

    /**
     * UCS2 (3GPP TS 23.038 6.2.3), written as UTF-16BE as handsets do, counted in UTF-16 units: a
     * character above U+FFFF, such as an emoji, is two. It has every character.
     */
    UCS2("UCS2", "UTF-16 units", UssdString.MAX_OCTETS / 2) {
        @Override
        int units(int codePoint) {
            return Character.charCount(codePoint);
        }

        @Override
        byte[] encode(String text) {
            return Ucs2.octets(text);
        }
    };

    private final String title;
    private final String unit;
    private final int limit;

    Alphabet(String title, String unit, int limit) {
        this.title = title;
        this.unit = unit;
        this.limit = limit;
    }

    /** How many units this character takes; 0 if the alphabet does not have it. */
    abstract int units(int codePoint);

    /** The octets of a text all of whose characters the alphabet has. */
    abstract byte[] encode(String text);

    /** Its name, as people write it. */
    public String title() {
        return title;
    }

    /** The plural of what lengths are counted in. */
    public String unit() {
        return unit;
    }

    /** The most units that one USSD string holds. */
    public int limit() {
        return limit;
    }

    /**
     * UCS2 (3GPP TS 23.038 6.2.3), read and written as UTF-16BE. An unpaired surrogate becomes
     * U+FFFD, either way.
     */
    static final class Ucs2 {
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
}
