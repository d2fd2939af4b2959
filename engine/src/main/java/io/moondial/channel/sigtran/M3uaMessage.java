package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The form of M3UA messages (RFC 4666 3): what the layer above may rely on, and the ERROR that
 * tells the far end what is wrong.
 */
final class M3uaMessage {
    static final int HEADER = 8;

    /** No MSU over M3UA comes near it. */
    static final int MAX_LENGTH = 1 << 16;

    private static final int VERSION = 1;
    private static final int LENGTH_AT = 4;
    private static final int CLASS_MANAGEMENT = 0;

    /** Kinds of messages: class and type (RFC 4666 3.1.2). */
    static final int ERROR = 0x0000;

    static final int NOTIFY = 0x0001;
    static final int DATA = 0x0101;
    static final int DUNA = 0x0201;
    static final int DAVA = 0x0202;
    static final int SCON = 0x0204;
    static final int DUPU = 0x0205;
    static final int DRST = 0x0206;
    static final int ASPUP = 0x0301;
    static final int ASPDN = 0x0302;
    static final int BEAT = 0x0303;
    static final int ASPUP_ACK = 0x0304;
    static final int ASPDN_ACK = 0x0305;
    static final int BEAT_ACK = 0x0306;
    static final int ASPAC = 0x0401;
    static final int ASPIA = 0x0402;
    static final int ASPAC_ACK = 0x0403;
    static final int ASPIA_ACK = 0x0404;

    /** A message's parameters (RFC 4666 3.2), by tag. */
    private static final int ROUTING_CONTEXT = 0x0006;

    private static final int DIAGNOSTIC = 0x0007;
    private static final int TRAFFIC_MODE = 0x000b;
    private static final int ASP_IDENTIFIER = 0x0011;
    private static final int ERROR_CODE = 0x000c;
    private static final int STATUS = 0x000d;
    private static final int AFFECTED_POINT_CODE = 0x0012;
    private static final int CORRELATION_ID = 0x0013;
    private static final int NETWORK_APPEARANCE = 0x0200;
    private static final int USER_CAUSE = 0x0204;
    private static final int CONGESTION_INDICATIONS = 0x0205;
    private static final int CONCERNED_DESTINATION = 0x0206;
    private static final int ROUTING_KEY = 0x0207;
    private static final int ORIGINATING_POINT_CODES = 0x020e;
    static final int PROTOCOL_DATA = 0x0210;
    private static final int REGISTRATION_STATUS = 0x0212;
    private static final int DEREGISTRATION_STATUS = 0x0213;

    /** Its fixed part, ahead of the user's data (RFC 4666 3.3.1). */
    private static final int PROTOCOL_DATA_HEADER = 12;

    private static final int DIAGNOSTIC_OCTETS = 40;

    private M3uaMessage() {}

    /** The codes of ERROR that we send (RFC 4666 3.8.1). */
    enum Fault {
        INVALID_VERSION(0x01),
        UNSUPPORTED_CLASS(0x03),
        UNSUPPORTED_TYPE(0x04),
        UNEXPECTED_MESSAGE(0x06),
        PROTOCOL_ERROR(0x07),
        PARAMETER_FIELD_ERROR(0x12),
        UNEXPECTED_PARAMETER(0x13),
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

    /** A code of ERROR for people (RFC 4666 3.8.1). */
    static String words(int errorCode) {
        String words =
                switch (errorCode) {
                    case 0x01 -> "invalid version";
                    case 0x03 -> "unsupported message class";
                    case 0x04 -> "unsupported message type";
                    case 0x05 -> "unsupported traffic mode";
                    case 0x06 -> "unexpected message";
                    case 0x07 -> "protocol error";
                    case 0x09 -> "invalid stream identifier";
                    case 0x0d -> "refused, management blocking";
                    case 0x0e -> "ASP identifier required";
                    case 0x0f -> "invalid ASP identifier";
                    case 0x11 -> "invalid parameter value";
                    case 0x12 -> "parameter field error";
                    case 0x13 -> "unexpected parameter";
                    case 0x14 -> "destination status unknown";
                    case 0x15 -> "invalid network appearance";
                    case 0x16 -> "missing parameter";
                    case 0x19 -> "invalid routing context";
                    case 0x1a -> "no application server for this ASP";
                    default -> "a code that RFC 4666 does not know";
                };
        return "0x%02x, %s".formatted(errorCode, words);
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

    /** Class and type of a message that has a header. */
    static int kind(ByteBuf message) {
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
            if (isOfRegistration(tag)) {
                return Optional.of(Fault.UNEXPECTED_PARAMETER);
            }
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

    /**
     * Whether it is only in messages of routing key management, none of which we accept. The layer
     * above would read it anywhere, and believe the lengths in it.
     */
    private static boolean isOfRegistration(int tag) {
        return (tag >= ROUTING_KEY && tag <= ORIGINATING_POINT_CODES)
                || tag == REGISTRATION_STATUS
                || tag == DEREGISTRATION_STATUS;
    }

    /** Whether it has the octets that the layer above reads of it without looking. */
    private static boolean isWellFormed(int tag, int octets) {
        return switch (tag) {
            case ROUTING_CONTEXT, AFFECTED_POINT_CODE -> octets > 0 && octets % 4 == 0;
            case TRAFFIC_MODE,
                    ERROR_CODE,
                    STATUS,
                    ASP_IDENTIFIER,
                    CORRELATION_ID,
                    NETWORK_APPEARANCE,
                    USER_CAUSE,
                    CONGESTION_INDICATIONS,
                    CONCERNED_DESTINATION ->
                    octets == 4;
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
        return error.getInt(parameter(error, ERROR_CODE));
    }

    /**
     * The kind of message that an ERROR without fault is about; that of DATA if it does not say.
     */
    static int kindInError(ByteBuf error) {
        int at = parameter(error, DIAGNOSTIC);
        return at < 0 || lengthOf(error, at) < 4 ? DATA : error.getUnsignedShort(at + 2);
    }

    /** Type and information of the status that a NTFY without fault reports (RFC 4666 3.8.2). */
    static int status(ByteBuf notify) {
        return notify.getInt(parameter(notify, STATUS));
    }

    /** Where the value of protocol data begins in a DATA without fault. */
    static int protocolData(ByteBuf data) {
        return parameter(data, PROTOCOL_DATA);
    }

    /** Whether a message without fault is for the application server of this context. */
    static boolean concerns(ByteBuf message, @Nullable Long routingContext) {
        int at = parameter(message, ROUTING_CONTEXT);
        if (at < 0 || routingContext == null) {
            return true;
        }
        for (int i = 0; i < lengthOf(message, at); i += 4) {
            if (message.getUnsignedInt(at + i) == routingContext) {
                return true;
            }
        }
        return false;
    }

    /** Whether a message of network management without fault affects this point code (3.4.1). */
    static boolean affects(ByteBuf message, int pointCode) {
        int at = parameter(message, AFFECTED_POINT_CODE);
        for (int i = 0; i < lengthOf(message, at); i += 4) {
            int masked = Math.min(message.getUnsignedByte(at + i), Integer.SIZE - 1);
            if (message.getUnsignedMedium(at + i + 1) >> masked == pointCode >> masked) {
                return true;
            }
        }
        return false;
    }

    /** Where the value of a parameter begins in a message without fault; negative: it has none. */
    private static int parameter(ByteBuf message, int tag) {
        int end = message.readerIndex() + (int) length(message);
        for (int at = message.readerIndex() + HEADER; at < end; ) {
            if (message.getUnsignedShort(at) == tag) {
                return at + 4;
            }
            at += (message.getUnsignedShort(at + 2) + 3) & ~3;
        }
        return -1;
    }

    private static int lengthOf(ByteBuf message, int parameter) {
        return message.getUnsignedShort(parameter - 2) - 4;
    }

    /**
     * An ASPUP (RFC 4666 3.5.1).
     *
     * @param aspIdentifier null: none is sent
     */
    static ByteBuf aspUp(@Nullable Long aspIdentifier) {
        if (aspIdentifier == null) {
            return message(ASPUP, 0);
        }
        ByteBuf up = message(ASPUP, 8);
        return up.writeShort(ASP_IDENTIFIER).writeShort(8).writeInt(aspIdentifier.intValue());
    }

    /**
     * An ASPAC (RFC 4666 3.7.1).
     *
     * @param routingContext null: none is sent
     */
    static ByteBuf aspActive(@Nullable Long routingContext, TrafficMode mode) {
        ByteBuf active = message(ASPAC, routingContext == null ? 8 : 16);
        active.writeShort(TRAFFIC_MODE).writeShort(8);
        active.writeInt(
                switch (mode) {
                    case OVERRIDE -> 1;
                    case LOADSHARE -> 2;
                });
        if (routingContext != null) {
            active.writeShort(ROUTING_CONTEXT).writeShort(8).writeInt(routingContext.intValue());
        }
        return active;
    }

    private static ByteBuf message(int kind, int parameters) {
        ByteBuf message = Unpooled.buffer(HEADER + parameters);
        message.writeByte(VERSION).writeByte(0).writeShort(kind);
        return message.writeInt(HEADER + parameters);
    }

    /** The ERROR that reports this fault, with the beginning of the wrong message. */
    static ByteBuf error(Fault fault, ByteBuf wrong) {
        int shown = Math.min(wrong.readableBytes(), DIAGNOSTIC_OCTETS);
        int padded = (shown + 3) & ~3;
        ByteBuf error = message(ERROR, 8 + 4 + padded);
        error.writeShort(ERROR_CODE).writeShort(8).writeInt(fault.code);
        error.writeShort(DIAGNOSTIC).writeShort(4 + shown);
        error.writeBytes(wrong, wrong.readerIndex(), shown).writeZero(padded - shown);
        return error;
    }
}
