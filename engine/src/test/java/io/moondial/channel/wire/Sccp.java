package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.Ber.octet;

import java.util.Arrays;

/** SCCP by hand (ITU-T Q.713). */
final class Sccp {
    static final int UDT = 0x09;
    static final int UDTS = 0x0a;
    static final int XUDT = 0x11;
    static final int XUDTS = 0x12;

    /** The engine: point code 2, subsystem 6, routed on the subsystem. */
    static final byte[] ENGINE = hex("43020006");

    /** The peer: point code 1, subsystem 8. */
    static final byte[] PEER = hex("43010008");

    private static final int RETURN_ON_ERROR = 0x80;

    private Sccp() {}

    /** An address of a subsystem that is routed on its title of these international digits. */
    static byte[] title(int ssn, String digits) {
        boolean odd = digits.length() % 2 == 1;
        StringBuilder swapped = new StringBuilder();
        String even = odd ? digits + "0" : digits;
        for (int i = 0; i < even.length(); i += 2) {
            swapped.append(even.charAt(i + 1)).append(even.charAt(i));
        }
        return hex("12%02x001%d04%s".formatted(ssn, odd ? 1 : 2, swapped));
    }

    static byte[] udt(byte[] called, byte[] calling, byte[] data) {
        return udt(1, called, calling, data);
    }

    static byte[] udtReturnedOnError(byte[] called, byte[] calling, byte[] data) {
        return udt(RETURN_ON_ERROR | 1, called, calling, data);
    }

    /** A UDT of class 0 or 1 that is not to be returned on error. */
    static byte[] udtOfClass(int protocolClass, byte[] called, byte[] calling, byte[] data) {
        return udt(protocolClass, called, calling, data);
    }

    private static byte[] udt(int protocolClass, byte[] called, byte[] calling, byte[] data) {
        return join(
                new byte[] {
                    UDT,
                    (byte) protocolClass,
                    3,
                    (byte) (3 + called.length),
                    (byte) (3 + called.length + calling.length)
                },
                counted(called),
                counted(calling),
                counted(data));
    }

    /** What tells the sender that its message was not delivered. */
    static byte[] udts(int cause, byte[] called, byte[] calling, byte[] data) {
        byte[] notice = udt(cause, called, calling, data);
        notice[0] = UDTS;
        return notice;
    }

    /** One XUDT that holds the whole message. */
    static byte[] xudt(byte[] called, byte[] calling, byte[] data) {
        return extended(XUDT, 0x81, called, calling, data, new byte[0]);
    }

    /**
     * One segment.
     *
     * @param remaining how many follow
     */
    static byte[] segment(boolean first, int remaining, int reference, byte[] data) {
        return segment(PEER, first, remaining, reference, data);
    }

    /** The same from another calling party. */
    static byte[] segment(
            byte[] calling, boolean first, int remaining, int reference, byte[] data) {
        byte[] segmentation = {
            0x10,
            4,
            (byte) ((first ? 0x80 : 0) | 0x40 | remaining),
            (byte) reference,
            (byte) (reference >> 8),
            (byte) (reference >> 16),
            0
        };
        return extended(XUDT, 0x81, ENGINE, calling, data, segmentation);
    }

    static byte[] xudts(int cause, byte[] called, byte[] calling, byte[] data) {
        return extended(XUDTS, cause, called, calling, data, new byte[0]);
    }

    private static byte[] extended(
            int type, int second, byte[] called, byte[] calling, byte[] data, byte[] optional) {
        int toOptional =
                optional.length == 0 ? 0 : 4 + called.length + calling.length + data.length;
        return join(
                new byte[] {
                    (byte) type,
                    (byte) second,
                    15,
                    4,
                    (byte) (4 + called.length),
                    (byte) (4 + called.length + calling.length),
                    (byte) toOptional
                },
                counted(called),
                counted(calling),
                counted(data),
                optional);
    }

    private static byte[] counted(byte[] part) {
        return join(octet(part.length), part);
    }

    static int type(byte[] message) {
        return message[0] & 0xff;
    }

    private static int pointers(byte[] message) {
        return type(message) == UDT || type(message) == UDTS ? 2 : 3;
    }

    static byte[] called(byte[] message) {
        return part(message, pointers(message));
    }

    static byte[] calling(byte[] message) {
        return part(message, pointers(message) + 1);
    }

    static byte[] data(byte[] message) {
        return part(message, pointers(message) + 2);
    }

    /** The segmentation parameter's contents. */
    static byte[] segmentation(byte[] xudt) {
        int at = 6 + (xudt[6] & 0xff);
        if (xudt[at] != 0x10) {
            throw new AssertionError("not segmented: " + hex(xudt));
        }
        return Arrays.copyOfRange(xudt, at + 2, at + 6);
    }

    private static byte[] part(byte[] message, int pointer) {
        int at = pointer + (message[pointer] & 0xff);
        return Arrays.copyOfRange(message, at + 1, at + 1 + (message[at] & 0xff));
    }
}
