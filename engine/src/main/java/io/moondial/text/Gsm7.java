package io.moondial.text;

import java.util.Arrays;

/**
 * The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 6.2.1 and 6.2.1.1):
 * characters to septets, and back.
 */
final class Gsm7 {
    /** Carriage return, which is also the filler of 6.1.2.3.1. */
    static final byte CARRIAGE_RETURN = 0x0D;

    private static final byte ESCAPE = 0x1B;
    private static final int SEPTETS = 128;

    /** The basic table, by septet. The escape is a space, as it is shown. */
    private static final String BASIC =
            "@£$¥èéùìòÇ\nØø\rÅå"
                    + "Δ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ"
                    + " !\"#¤%&'()*+,-./"
                    + "0123456789:;<=>?"
                    + "¡ABCDEFGHIJKLMNO"
                    + "PQRSTUVWXYZÄÖÑÜ§"
                    + "¿abcdefghijklmno"
                    + "pqrstuvwxyzäöñüà";

    /** The characters of the basic table that an escape makes those of the extension table. */
    private static final String ESCAPABLE = "\nΛ()/<=>¡e";

    /** What each of them becomes, in the same order. */
    private static final String EXTENSION = "\f^{}\\[~]|€";

    /** The extension table, by septet; if it has no character, that of the basic table is shown. */
    private static final char[] AFTER_ESCAPE = afterEscape();

    /** By character: its septet, ESCAPED_BIT added if an escape comes before it, or ABSENT. */
    private static final short[] SEPTET_OF = septetOf();

    private static final int ESCAPED_BIT = 0x80;
    private static final short ABSENT = -1;

    private Gsm7() {}

    private static char[] afterEscape() {
        char[] table = BASIC.toCharArray();
        for (int i = 0; i < EXTENSION.length(); i++) {
            table[BASIC.indexOf(ESCAPABLE.charAt(i))] = EXTENSION.charAt(i);
        }
        return table;
    }

    private static short[] septetOf() {
        var table = new short['€' + 1];
        Arrays.fill(table, ABSENT);
        for (int septet = 0; septet < SEPTETS; septet++) {
            if (AFTER_ESCAPE[septet] != BASIC.charAt(septet)) {
                table[AFTER_ESCAPE[septet]] = (short) (ESCAPED_BIT | septet);
            }
            if (septet != ESCAPE) {
                table[BASIC.charAt(septet)] = (short) septet;
            }
        }
        return table;
    }

    /** How many septets this character takes: 1, 2 with its escape, 0 if there is none for it. */
    static int septets(int codePoint) {
        int septet = codePoint < SEPTET_OF.length ? SEPTET_OF[codePoint] : ABSENT;
        if (septet == ABSENT) {
            return 0;
        }
        return septet < ESCAPED_BIT ? 1 : 2;
    }

    /** The septets of a text that has only characters of the alphabet. */
    static byte[] septets(String text) {
        var septets = new byte[2 * text.length()];
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            int septet = SEPTET_OF[text.charAt(i)];
            if (septet >= ESCAPED_BIT) {
                septets[count++] = ESCAPE;
            }
            septets[count++] = (byte) (septet & ~ESCAPED_BIT);
        }
        return Arrays.copyOf(septets, count);
    }

    /**
     * The text of any septets. After an escape, a septet that the extension table lacks is shown as
     * in the basic table (6.2.1.1), a second escape as a space; so is an escape with nothing after
     * it (6.2.1 note 1).
     */
    static String text(byte[] septets) {
        var text = new StringBuilder(septets.length);
        for (int i = 0; i < septets.length; i++) {
            boolean escaped = isEscaped(septets, i);
            text.append(escaped ? AFTER_ESCAPE[septets[++i]] : BASIC.charAt(septets[i]));
        }
        return text.toString();
    }

    /** Whether the septet at an index and the next one are one character. */
    static boolean isEscaped(byte[] septets, int index) {
        return septets[index] == ESCAPE && index + 1 < septets.length;
    }

    /**
     * The packing of septets into octets as USSD does it, with carriage returns as filler (3GPP TS
     * 23.038 6.1.2.3.1).
     */
    static final class Septets {
        private static final int MASK = 0x7F;

        private Septets() {}

        /** Septets packed from the lowest bit on, with a filler if they need one. */
        static byte[] pack(byte[] septets) {
            byte[] filled = filled(septets);
            var octets = new byte[(filled.length * 7 + 7) / 8];
            for (int i = 0; i < filled.length; i++) {
                int at = i * 7 / 8;
                int bits = filled[i] << (i * 7 % 8);
                octets[at] |= (byte) bits;
                if (bits > 0xFF) {
                    octets[at + 1] = (byte) (bits >> 8);
                }
            }
            return octets;
        }

        /**
         * Seven spare bits would be read as "@", so they are filled with CR; The receiver takes a
         * CR in that place for a filler, so a real CR there is followed by another.
         */
        private static byte[] filled(byte[] septets) {
            int count = septets.length;
            boolean sevenSpareBits = count % 8 == 7;
            if (!sevenSpareBits && !endsInCarriageReturnOnBoundary(septets, count)) {
                return septets;
            }
            byte[] filled = Arrays.copyOf(septets, count + 1);
            filled[count] = Gsm7.CARRIAGE_RETURN;
            return filled;
        }

        /** Puts a septet into the place of another. */
        static void put(byte[] octets, int index, byte septet) {
            int at = index * 7 / 8;
            int shift = index * 7 % 8;
            octets[at] = (byte) ((octets[at] & ~(MASK << shift)) | (septet << shift));
            if (shift > 1) {
                int low = 8 - shift; // so many of its bits are in the octet before
                octets[at + 1] = (byte) ((octets[at + 1] & ~(MASK >> low)) | (septet >> low));
            }
        }

        /** The septets of any octets, the filler left out; spare bits are not looked at. */
        static byte[] unpack(byte[] octets) {
            int count = octets.length * 8 / 7;
            var septets = new byte[count];
            for (int i = 0; i < count; i++) {
                int at = i * 7 / 8;
                int high = at + 1 < octets.length ? octets[at + 1] & 0xFF : 0;
                int bits = ((high << 8) | (octets[at] & 0xFF)) >> (i * 7 % 8);
                septets[i] = (byte) (bits & MASK);
            }
            return endsInCarriageReturnOnBoundary(septets, count)
                    ? Arrays.copyOf(septets, count - 1)
                    : septets;
        }

        /** Eight septets fill seven octets: there, and only there, both end together. */
        private static boolean endsInCarriageReturnOnBoundary(byte[] septets, int count) {
            return count > 0 && count % 8 == 0 && septets[count - 1] == Gsm7.CARRIAGE_RETURN;
        }
    }
}
