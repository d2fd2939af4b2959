package io.moondial.channel.sigtran;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A TC-BEGIN within M3UA DATA, known by its first octets; and the P-ABORT that refuses it without
 * any layer above having seen it.
 */
final class BeginMessage {
    private static final int SCCP = 3;
    private static final int UDT = 0x09;
    private static final int XUDT = 0x11;
    private static final int LUDT = 0x13;
    private static final int BEGIN = 0x62;
    private static final int ABORT = 0x67;
    private static final int ORIGINATING_TID = 0x48;
    private static final int DESTINATION_TID = 0x49;
    private static final int P_ABORT_CAUSE = 0x4a;
    private static final int RESOURCE_LIMITATION = 4;
    private static final int MAX_TID = 4;
    private static final int LONG_FORM = 0x80;

    /** Within protocol data (RFC 4666 3.3.1). */
    private static final int SERVICE_INDICATOR_AT = 8;

    private static final int USER_DATA_AT = 12;

    private final ByteBuf message;

    /** Where its parameter of protocol data has its value, and where that ends. */
    private final int at;

    private final int end;

    private BeginMessage(ByteBuf message, int at, int end) {
        this.message = message;
        this.at = at;
        this.end = end;
    }

    /** The begin that a DATA without fault holds; null if it holds something else. */
    static @Nullable BeginMessage in(ByteBuf data) {
        int at = M3uaMessage.protocolData(data);
        int end = at + data.getUnsignedShort(at - 2) - 4;
        int sccp = at + USER_DATA_AT;
        if (data.getByte(at + SERVICE_INDICATOR_AT) != SCCP || end - sccp < 5) {
            return null;
        }
        int user =
                switch (data.getUnsignedByte(sccp)) {
                    case UDT -> userData(data, sccp + 4, 1, end);
                    case XUDT -> userData(data, sccp + 5, 1, end);
                    case LUDT -> userData(data, sccp + 7, 2, end);
                    default -> end;
                };
        return user < end && data.getUnsignedByte(user) == BEGIN
                ? new BeginMessage(data, at, end)
                : null;
    }

    /** Where the user's data begin that this pointer leads to; {@code end} if it leads away. */
    private static int userData(ByteBuf data, int pointer, int width, int end) {
        if (pointer + width > end) {
            return end;
        }
        int value = width == 1 ? data.getUnsignedByte(pointer) : data.getUnsignedShortLE(pointer);
        return Math.min(end, pointer + width - 1 + value + width);
    }

    /**
     * A DATA with the P-ABORT for it, resource limitation (ITU-T Q.773 4.2.1.4); null if its
     * addresses or its transaction id cannot be read, or it is no UDT.
     */
    @Nullable ByteBuf refusal() {
        int sccp = at + USER_DATA_AT;
        if (message.getUnsignedByte(sccp) != UDT) {
            return null;
        }
        int called = variable(sccp + 2);
        int calling = variable(sccp + 3);
        int tid = originatingTid(variable(sccp + 4));
        if (called < 0 || calling < 0 || tid < 0) {
            return null;
        }
        int tidOctets = message.getUnsignedByte(tid);
        int abort = 2 + 2 + tidOctets + 3;
        int calledOctets = 1 + message.getUnsignedByte(calling);
        int callingOctets = 1 + message.getUnsignedByte(called);
        int octets = USER_DATA_AT + 5 + calledOctets + callingOctets + 1 + abort;
        int before = at - 4 - message.readerIndex() - M3uaMessage.HEADER;
        int length = M3uaMessage.HEADER + before + 4 + ((octets + 3) & ~3);
        ByteBuf refusal = Unpooled.buffer(length);
        refusal.writeBytes(message, message.readerIndex(), 4).writeInt(length);
        // Network appearance and routing context are as they came.
        refusal.writeBytes(message, message.readerIndex() + M3uaMessage.HEADER, before);
        refusal.writeShort(M3uaMessage.PROTOCOL_DATA).writeShort(4 + octets);
        refusal.writeBytes(message, at + 4, 4).writeBytes(message, at, 4); // OPC and DPC change
        refusal.writeBytes(message, at + SERVICE_INDICATOR_AT, 4);
        refusal.writeByte(UDT).writeByte(0);
        refusal.writeByte(3)
                .writeByte(2 + calledOctets)
                .writeByte(1 + calledOctets + callingOctets);
        refusal.writeBytes(message, calling, calledOctets);
        refusal.writeBytes(message, called, callingOctets);
        refusal.writeByte(abort).writeByte(ABORT).writeByte(abort - 2);
        refusal.writeByte(DESTINATION_TID).writeBytes(message, tid, 1 + tidOctets);
        refusal.writeByte(P_ABORT_CAUSE).writeByte(1).writeByte(RESOURCE_LIMITATION);
        return refusal.writeZero(length - refusal.readableBytes());
    }

    /** Where the part that this pointer leads to has its length; negative: not within. */
    private int variable(int pointer) {
        int part = pointer + message.getUnsignedByte(pointer);
        return part > pointer && part < end && part + message.getUnsignedByte(part) < end
                ? part
                : -1;
    }

    /** Where the transaction id of the begin in this part has its length; negative: nowhere. */
    private int originatingTid(int data) {
        if (data < 0) {
            return -1;
        }
        int length = data + 2;
        if (length >= end) {
            return -1;
        }
        int first = message.getUnsignedByte(length);
        int tag = length + 1 + ((first & LONG_FORM) == 0 ? 0 : first & ~LONG_FORM);
        if (tag + 2 > end || message.getUnsignedByte(tag) != ORIGINATING_TID) {
            return -1;
        }
        int octets = message.getUnsignedByte(tag + 1);
        return octets >= 1 && octets <= MAX_TID && tag + 2 + octets <= end ? tag + 1 : -1;
    }
}
