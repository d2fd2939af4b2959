package io.moondial.channel.ss7.screening;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the user data of an SCCP message of the connectionless service lie (ITU-T Q.713 4).
 *
 * @param from the first octet
 * @param to after the last one
 * @param segment null if the message is whole
 */
public record SccpData(int from, int to, @Nullable Segment segment) {
    private static final int UDT = 0x09;
    private static final int UDTS = 0x0a;
    private static final int XUDT = 0x11;
    private static final int XUDTS = 0x12;
    private static final int LUDT = 0x13;
    private static final int LUDTS = 0x14;
    private static final int SEGMENTATION = 0x10;
    private static final int FIRST = 0x80;
    private static final int REMAINING = 0x0f;

    /** One of several messages that are one for the user (3.17). */
    public record Segment(boolean first, int remaining, int reference) {}

    /** Whether it goes back to its sender because it could not be delivered. */
    public static boolean isReturned(byte[] message, int at) {
        int type = at < message.length ? message[at] & 0xff : -1;
        return type == UDTS || type == XUDTS || type == LUDTS;
    }

    /** The calling party of a well-formed message. */
    public static byte[] calling(byte[] message) {
        int pointer =
                switch (message[0] & 0xff) {
                    case UDT, UDTS -> 3;
                    case XUDT, XUDTS -> 4;
                    default -> 5;
                };
        int at = new Pointers(message, pointer == 5 ? 2 : 1).target(pointer);
        return Arrays.copyOfRange(message, at + 1, at + 1 + (message[at] & 0xff));
    }

    /** Null if there are none that can be found. */
    public static @Nullable SccpData find(byte[] message, int at) {
        if (at >= message.length) {
            return null;
        }
        return switch (message[at] & 0xff) {
            case UDT, UDTS -> new Pointers(message, 1).data(at + 4, -1);
            case XUDT, XUDTS -> new Pointers(message, 1).data(at + 5, at + 6);
            case LUDT, LUDTS -> new Pointers(message, 2).data(at + 7, at + 9);
            default -> null;
        };
    }

    /** Pointers of one octet, or of two in a long message, least significant first. */
    private static final class Pointers {
        private final byte[] message;
        private final int width;

        Pointers(byte[] message, int width) {
            this.message = message;
            this.width = width;
        }

        @Nullable SccpData data(int pointer, int optional) {
            int at = target(pointer);
            if (at < 0 || at + width > message.length) {
                return null;
            }
            int from = at + width;
            int to = from + number(at);
            return to > message.length
                    ? null
                    : new SccpData(from, to, optional < 0 ? null : segment(optional));
        }

        private int number(int at) {
            int low = message[at] & 0xff;
            return width == 1 ? low : low | ((message[at + 1] & 0xff) << 8);
        }

        private int target(int pointer) {
            if (pointer + width > message.length || number(pointer) == 0) {
                return -1;
            }
            int at = pointer + width - 1 + number(pointer);
            return at < message.length ? at : -1;
        }

        private @Nullable Segment segment(int pointer) {
            int at = target(pointer);
            while (at >= 0 && at + 1 < message.length && message[at] != 0) {
                int length = message[at + 1] & 0xff;
                if (message[at] == SEGMENTATION && length == 4 && at + 6 <= message.length) {
                    int reference =
                            (message[at + 3] & 0xff)
                                    | ((message[at + 4] & 0xff) << 8)
                                    | ((message[at + 5] & 0xff) << 16);
                    return new Segment(
                            (message[at + 2] & FIRST) != 0, message[at + 2] & REMAINING, reference);
                }
                at += 2 + length;
            }
            return null;
        }
    }
}
