package io.starhash.network.embedded;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** TCAP by hand: octets put together and taken apart without any stack. */
final class Ber {
    /** AARQ for networkUnstructuredSs-v2 without MAP-open, as seen on live networks. */
    static final byte[] DIALOGUE =
            hex("6b1e281c060700118605010101a011600f80020780a109060704000001001302");

    private Ber() {}

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /** A tag, a length, and these contents. */
    static byte[] tlv(int tag, byte[]... contents) {
        byte[] content = join(contents);
        byte[] length =
                content.length < 0x80
                        ? new byte[] {(byte) content.length}
                        : new byte[] {(byte) 0x81, (byte) content.length};
        return join(new byte[] {(byte) tag}, length, content);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] begin(String otid, byte[] dialogue, byte[]... components) {
        return tlv(0x62, tlv(0x48, hex(otid)), dialogue, tlv(0x6c, components));
    }

    static byte[] invoke(int id, int operation, byte[] argument) {
        return tlv(0xa1, tlv(0x02, octet(id)), tlv(0x02, octet(operation)), argument);
    }

    static byte[] ussdArgument(int dcs, String octets) {
        return tlv(0x30, tlv(0x04, octet(dcs)), tlv(0x04, hex(octets)));
    }

    static byte[] octet(int value) {
        return new byte[] {(byte) value};
    }

    /** The contents of the first element with this tag, at the top level of these octets. */
    static byte[] find(byte[] octets, int tag) {
        int at = 0;
        while (at < octets.length) {
            int header = (octets[at + 1] & 0x80) == 0 ? 2 : 2 + (octets[at + 1] & 0x7f);
            int length = header == 2 ? octets[at + 1] : octets[at + 2] & 0xff;
            if ((octets[at] & 0xff) == tag) {
                return java.util.Arrays.copyOfRange(octets, at + header, at + header + length);
            }
            at += header + length;
        }
        throw new AssertionError("no element %02x in %s".formatted(tag, hex(octets)));
    }
}
