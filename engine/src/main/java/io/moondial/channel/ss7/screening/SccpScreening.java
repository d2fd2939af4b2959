package io.moondial.channel.ss7.screening;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message is one of SCCP's connectionless service whose pointers and lengths lead nowhere
 * else than into it (ITU-T Q.713 2 and 4). The others are discarded, as a node does with message
 * types that it does not know (Q.714 1.1.4).
 */
public final class SccpScreening {
    private static final int UDT = 0x09;
    private static final int UDTS = 0x0a;
    private static final int XUDT = 0x11;
    private static final int XUDTS = 0x12;
    private static final int LUDT = 0x13;
    private static final int LUDTS = 0x14;
    private static final int CLASS = 0x0f;
    private static final int LAST_CONNECTIONLESS_CLASS = 1;
    private static final int SEGMENTATION = 0x10;
    private static final int SEGMENTATION_OCTETS = 4;
    private static final int IMPORTANCE = 0x12;
    private static final int POINT_CODE = 0x01;
    private static final int SUBSYSTEM = 0x02;
    private static final int MAX_TITLE_INDICATOR = 4;
    private static final int MANAGEMENT = 1;
    private static final int MANAGEMENT_OCTETS = 5;
    private static final int CONGESTED = 6;

    private final byte[] message;

    private SccpScreening(byte[] message) {
        this.message = message;
    }

    /** What is wrong with this message; null: nothing. */
    public static @Nullable String complaint(byte[] message) {
        if (message.length == 0) {
            return "it is empty";
        }
        SccpScreening screening = new SccpScreening(message);
        if (screening.isOfConnections()) {
            return "its protocol class %d is not of the connectionless service"
                    .formatted(message[1] & CLASS);
        }
        return switch (message[0] & 0xff) {
            case UDT, UDTS -> screening.complaint(2, 1, false);
            case XUDT, XUDTS -> screening.complaint(3, 1, true);
            case LUDT, LUDTS -> screening.complaint(3, 2, true);
            default -> "its type %02x is not of the connectionless service".formatted(message[0]);
        };
    }

    /** Whether it has data, and a class that data of the connectionless service never has. */
    private boolean isOfConnections() {
        boolean hasClass =
                switch (message[0]) {
                    case UDT, XUDT, LUDT -> true;
                    default -> false;
                };
        return hasClass && message.length > 1 && (message[1] & CLASS) > LAST_CONNECTIONLESS_CLASS;
    }

    private @Nullable String complaint(int pointers, int width, boolean optional) {
        if (message.length < pointers + width * (optional ? 4 : 3)) {
            return "it ends within its fixed part";
        }
        int called = variable(pointers, width, 1);
        int calling = variable(pointers + width, width, 1);
        int data = variable(pointers + 2 * width, width, width);
        if (called < 0 || calling < 0 || data < 0) {
            return "a pointer or a length leads out of it";
        }
        if (!address(called) || !address(calling)) {
            return "an address is shorter than its indicator says";
        }
        if (hasSpareBit(called) || hasSpareBit(calling)) {
            return "a global title's nature of address has its spare bit set";
        }
        if (optional && !optionalPart(pointers + 3 * width, width)) {
            return "its optional part is broken";
        }
        return management(called, data, width) ? null : "its management message is too short";
    }

    /** Where the variable part of this pointer begins, at its length; negative: nowhere. */
    private int variable(int pointer, int width, int lengthWidth) {
        int value = number(pointer, width);
        int at = pointer + width - 1 + value;
        boolean inside = value > 0 && at + lengthWidth <= message.length;
        return inside && at + lengthWidth + number(at, lengthWidth) <= message.length ? at : -1;
    }

    /** Little-endian, as the long message's pointers are. */
    private int number(int at, int width) {
        return width == 1
                ? message[at] & 0xff
                : (message[at] & 0xff) | (message[at + 1] & 0xff) << 8;
    }

    private boolean address(int at) {
        int length = message[at] & 0xff;
        if (length == 0) {
            return false;
        }
        int indicator = message[at + 1];
        int title = indicator >> 2 & 0xf;
        int least =
                1
                        + ((indicator & POINT_CODE) != 0 ? 2 : 0)
                        + ((indicator & SUBSYSTEM) != 0 ? 1 : 0)
                        + leastOfTitle(title);
        return title <= MAX_TITLE_INDICATOR && length >= least;
    }

    /** Bit 8 before the digits of a full title (Q.713 3.4.2.3.4), with which nothing reads it. */
    private boolean hasSpareBit(int at) {
        int indicator = message[at + 1];
        int nature =
                at
                        + 1
                        + ((indicator & POINT_CODE) != 0 ? 2 : 0)
                        + ((indicator & SUBSYSTEM) != 0 ? 1 : 0)
                        + 3;
        return (indicator >> 2 & 0xf) == MAX_TITLE_INDICATOR && message[nature] < 0;
    }

    /** A global title's octets before its first digits (Q.713 3.4.2.3). */
    private static int leastOfTitle(int indicator) {
        return switch (indicator) {
            case 0 -> 0;
            case 1, 2 -> 2;
            case 3 -> 3;
            default -> 4;
        };
    }

    private boolean optionalPart(int pointer, int width) {
        int value = number(pointer, width);
        if (value == 0) {
            return true;
        }
        int at = pointer + width - 1 + value;
        while (at < message.length && message[at] != 0) {
            if (at + 1 >= message.length || !parameter(at)) {
                return false;
            }
            at += 2 + (message[at + 1] & 0xff);
        }
        return at < message.length;
    }

    private boolean parameter(int at) {
        int length = message[at + 1] & 0xff;
        return at + 2 + length <= message.length
                && switch (message[at]) {
                    case SEGMENTATION -> length == SEGMENTATION_OCTETS;
                    case IMPORTANCE -> length == 1;
                    default -> true;
                };
    }

    private boolean management(int called, int data, int width) {
        int indicator = message[called + 1];
        int ssn = called + ((indicator & POINT_CODE) != 0 ? 4 : 2);
        boolean toManagement = (indicator & SUBSYSTEM) != 0 && message[ssn] == MANAGEMENT;
        int least =
                number(data, width) > 0 && message[data + width] == CONGESTED
                        ? MANAGEMENT_OCTETS + 1
                        : MANAGEMENT_OCTETS;
        return !toManagement || number(data, width) >= least;
    }

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
                                (message[at + 2] & FIRST) != 0,
                                message[at + 2] & REMAINING,
                                reference);
                    }
                    at += 2 + length;
                }
                return null;
            }
        }
    }
}
