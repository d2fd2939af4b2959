package io.starhash.network.sigtran;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Set;

/**
 * The form of M3UA messages (RFC 4666 3): what the layer above may rely on, and the ERROR that
 * tells the far end of what it got wrong.
 */
final class M3uaMessage {
    static final int HEADER = 8;

    /** No MSU over M3UA comes near it. */
    static final int MAX_LENGTH = 1 << 16;

    private static final int VERSION = 1;
    private static final int LENGTH_AT = 4;
    private static final int CLASS_MANAGEMENT = 0;
    private static final int ERROR = 0x0000;
    private static final int NOTIFY = 0x0001;
    private static final int DATA = 0x0101;
    private static final int DUPU = 0x0205;

    /** A message's parameters (RFC 4666 3.2), by tag. */
    private static final int ROUTING_CONTEXT = 0x0006;

    private static final int DIAGNOSTIC = 0x0007;
    private static final int ERROR_CODE = 0x000c;
    private static final int STATUS = 0x000d;
    private static final int AFFECTED_POINT_CODE = 0x0012;
    private static final int USER_CAUSE = 0x0204;
    private static final int PROTOCOL_DATA = 0x0210;

    /** Its fixed part, ahead of the user's data (RFC 4666 3.3.1). */
    private static final int PROTOCOL_DATA_HEADER = 12;

    private static final int DIAGNOSTIC_OCTETS = 40;

    private M3uaMessage() {}

    /** The codes of ERROR that we send (RFC 4666 3.8.1). */
    enum Fault {
        INVALID_VERSION(0x01),
        UNSUPPORTED_CLASS(0x03),
        UNSUPPORTED_TYPE(0x04),
        PROTOCOL_ERROR(0x07),
        PARAMETER_FIELD_ERROR(0x12),
        MISSING_PARAMETER(0x16),
        INVALID_ROUTING_CONTEXT(0x19);

        final int code;

        Fault(int code) {
            this.code = code;
        }

        String words() {
            return "%s (0x%02x)"
                    .formatted(name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), code);
        }
    }

    /** What is wrong with the header of the message that begins here; octets 0 to 7 are there. */
    static Optional<Fault> faultOfHeader(ByteBuf in) {
        int at = in.readerIndex();
        if (in.getUnsignedByte(at) != VERSION) {
            return Optional.of(Fault.INVALID_VERSION);
        }
        long length = length(in);
        return length < HEADER || length > MAX_LENGTH
                ? Optional.of(Fault.PROTOCOL_ERROR)
                : Optional.empty();
    }

    /** What the header says of the message's length, header included. */
    static long length(ByteBuf in) {
        return in.getUnsignedInt(in.readerIndex() + LENGTH_AT);
    }

    /**
     * What is wrong with a message.
     *
     * @param routingContexts those that the far end may name
     */
    static Optional<Fault> fault(ByteBuf message, Set<Long> routingContexts) {
        if (message.readableBytes() < HEADER) {
            return Optional.of(Fault.PROTOCOL_ERROR);
        }
        Optional<Fault> header = faultOfHeader(message);
        if (header.isPresent()) {
            return header;
        }
        if (length(message) > message.readableBytes()) {
            return Optional.of(Fault.PROTOCOL_ERROR);
        }
        return faultOfKind(kind(message)).or(() -> faultOfParameters(message, routingContexts));
    }

    private static int kind(ByteBuf message) {
        return message.getUnsignedShort(message.readerIndex() + 2);
    }

    private static Optional<Fault> faultOfKind(int kind) {
        int types =
                switch (kind >> 8) {
                    case CLASS_MANAGEMENT -> 2;
                    case 1 -> 2;
                    case 2, 3 -> 7;
                    case 4 -> 5;
                    default -> 0;
                };
        if (types == 0) {
            return Optional.of(Fault.UNSUPPORTED_CLASS);
        }
        int type = kind & 0xff;
        boolean known = type < types && (type > 0 || kind >> 8 == CLASS_MANAGEMENT);
        return known ? Optional.empty() : Optional.of(Fault.UNSUPPORTED_TYPE);
    }

    private static Optional<Fault> faultOfParameters(ByteBuf message, Set<Long> routingContexts) {
        int end = message.readerIndex() + (int) length(message);
        int at = message.readerIndex() + HEADER;
        boolean hasRequired = required(kind(message)) == 0;
        boolean hasCause = kind(message) != DUPU;
        while (at < end) {
            int length = end - at < 4 ? 0 : message.getUnsignedShort(at + 2);
            if (length < 4 || at + length > end) {
                return Optional.of(Fault.PARAMETER_FIELD_ERROR);
            }
            int tag = message.getUnsignedShort(at);
            if (!isWellFormed(tag, length - 4)) {
                return Optional.of(Fault.PARAMETER_FIELD_ERROR);
            }
            if (tag == ROUTING_CONTEXT && !allows(routingContexts, message, at + 4, length - 4)) {
                return Optional.of(Fault.INVALID_ROUTING_CONTEXT);
            }
            hasRequired |= tag == required(kind(message));
            hasCause |= tag == USER_CAUSE;
            at += (length + 3) & ~3;
        }
        return hasRequired && hasCause ? Optional.empty() : Optional.of(Fault.MISSING_PARAMETER);
    }

    /** The parameter without which such a message says nothing; 0: there is none. */
    private static int required(int kind) {
        return switch (kind) {
            case ERROR -> ERROR_CODE;
            case NOTIFY -> STATUS;
            case DATA -> PROTOCOL_DATA;
            default -> kind >> 8 == 2 ? AFFECTED_POINT_CODE : 0;
        };
    }

    private static boolean isWellFormed(int tag, int octets) {
        return switch (tag) {
            case ROUTING_CONTEXT, AFFECTED_POINT_CODE -> octets > 0 && octets % 4 == 0;
            case ERROR_CODE, STATUS, USER_CAUSE -> octets == 4;
            case PROTOCOL_DATA -> octets >= PROTOCOL_DATA_HEADER;
            default -> true;
        };
    }

    private static boolean allows(Set<Long> contexts, ByteBuf message, int at, int octets) {
        for (int i = 0; i < octets; i += 4) {
            if (!contexts.contains(message.getUnsignedInt(at + i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is an ERROR: those are never answered with one. */
    static boolean isError(ByteBuf message) {
        return message.readableBytes() >= HEADER && kind(message) == ERROR;
    }

    /** The code of an ERROR without fault. */
    static int errorCode(ByteBuf error) {
        int at = error.readerIndex() + HEADER;
        while (error.getUnsignedShort(at) != ERROR_CODE) {
            at += (error.getUnsignedShort(at + 2) + 3) & ~3;
        }
        return error.getInt(at + 4);
    }

    /** The ERROR that tells of this fault, with the beginning of what was wrong. */
    static ByteBuf error(Fault fault, ByteBuf wrong) {
        int shown = Math.min(wrong.readableBytes(), DIAGNOSTIC_OCTETS);
        int padded = (shown + 3) & ~3;
        ByteBuf error = Unpooled.buffer(HEADER + 8 + 4 + padded);
        error.writeByte(VERSION).writeByte(0).writeShort(ERROR);
        error.writeInt(HEADER + 8 + 4 + padded);
        error.writeShort(ERROR_CODE).writeShort(8).writeInt(fault.code);
        error.writeShort(DIAGNOSTIC).writeShort(4 + shown);
        error.writeBytes(wrong, wrong.readerIndex(), shown).writeZero(padded - shown);
        return error;
    }
}
