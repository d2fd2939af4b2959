package io.moondial.text;

import java.util.Arrays;

/**
 * The packing of septets into octets as USSD does it, with carriage returns as filler (3GPP TS
 * 23.038 6.1.2.3.1).
 */
final class Septets {
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
     * Seven spare bits would be read as "@", so they are filled with CR; The receiver takes a CR in
     * that place for a filler, so a real CR there is followed by another.
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
