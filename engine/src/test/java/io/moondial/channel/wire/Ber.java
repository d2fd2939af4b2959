package io.moondial.channel.wire;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** TCAP by hand: octets put together and taken apart without any stack. */
final class Ber {
    /** AARQ for networkUnstructuredSs-v2 without MAP-open, as seen on live networks. */
    static final byte[] DIALOGUE =
            hex("6b1e281c060700118605010101a011600f80020780a109060704000001001302");

    /** The AARE that accepts it. */
    static final byte[] ACCEPTED =
            hex(
                    "6b2a2828060700118605010101a01d611b80020780a109060704000001001302a203020100a305a103020100");

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
                        : content.length < 0x100
                                ? new byte[] {(byte) 0x81, (byte) content.length}
                                : new byte[] {
                                    (byte) 0x82, (byte) (content.length >> 8), (byte) content.length
                                };
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

    /** A TC-CONTINUE of the far side. */
    static byte[] proceed(String otid, String dtid, byte[]... components) {
        return tlv(0x65, tlv(0x48, hex(otid)), tlv(0x49, hex(dtid)), tlv(0x6c, join(components)));
    }

    static byte[] pAbort(String dtid, int cause) {
        return tlv(0x67, tlv(0x49, hex(dtid)), tlv(0x4a, octet(cause)));
    }

    /** ABRT from the dialogue service provider. */
    static byte[] abnormalDialogue(String dtid) {
        return tlv(0x67, tlv(0x49, hex(dtid)), hex("6b122810060700118605010101a0056403800101"));
    }

    static byte[] ussdArgument(int dcs, String octets) {
        return tlv(0x30, tlv(0x04, octet(dcs)), tlv(0x04, hex(octets)));
    }

    static byte[] octet(int value) {
        return new byte[] {(byte) value};
    }

    private static int number(byte[] octets, int at, int width) {
        int number = 0;
        for (int i = at; i < at + width; i++) {
            number = number << 8 | (octets[i] & 0xff);
        }
        return number;
    }

    /** The contents of the first element with this tag, at the top level of these octets. */
    static byte[] find(byte[] octets, int tag) {
        int at = 0;
        while (at < octets.length) {
            int header = (octets[at + 1] & 0x80) == 0 ? 2 : 2 + (octets[at + 1] & 0x7f);
            int length = header == 2 ? octets[at + 1] : number(octets, at + 2, header - 2);
            if ((octets[at] & 0xff) == tag) {
                return java.util.Arrays.copyOfRange(octets, at + header, at + header + length);
            }
            at += header + length;
        }
        throw new AssertionError("no element %02x in %s".formatted(tag, hex(octets)));
    }
}
