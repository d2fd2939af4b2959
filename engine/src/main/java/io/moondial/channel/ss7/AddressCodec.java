package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.UssdParameter.MapError;

/**
 * An AddressString's octets (3GPP TS 29.002 17.7.8): nature and plan, then digits in TBCD, low half
 * first.
 */
final class AddressCodec {
    private static final String DIGITS = "0123456789*#abc";
    private static final int FILLER = 0xf;
    private static final int MAX_OCTETS = 20;

    private AddressCodec() {}

    static Address decode(byte[] octets) throws MalformedException {
        if (octets.length == 0 || octets.length > MAX_OCTETS) {
            throw new MalformedException(
                    MapError.UNEXPECTED_DATA_VALUE,
                    "an address has " + octets.length + " octets; 1 to 20 are allowed");
        }
        var digits = new StringBuilder(2 * octets.length);
        for (int i = 1; i < octets.length; i++) {
            append(digits, octets[i] & 0xf);
            append(digits, octets[i] >> 4 & 0xf);
        }
        return new Address(digits.toString(), octets[0] >> 4 & 0x7, octets[0] & 0xf);
    }

    private static void append(StringBuilder digits, int half) {
        if (half != FILLER) {
            digits.append(DIGITS.charAt(half));
        }
    }

    static byte[] encode(Address address) {
        String digits = address.digits();
        byte[] octets = new byte[1 + (digits.length() + 1) / 2];
        octets[0] = (byte) (0x80 | address.noa() << 4 | address.npi());
        for (int i = 0; i < digits.length(); i += 2) {
            int low = half(digits.charAt(i));
            int high = i + 1 < digits.length() ? half(digits.charAt(i + 1)) : FILLER;
            octets[1 + i / 2] = (byte) (high << 4 | low);
        }
        return octets;
    }

    private static int half(char digit) {
        int half = DIGITS.indexOf(digit);
        if (half < 0) {
            throw new IllegalArgumentException(
                    "not a digit of an address: '" + digit + "'; allowed are " + DIGITS);
        }
        return half;
    }
}
