package io.moondial.channel.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An M3UA message by hand (RFC 4666 3). */
final class M3uaMessage {
    static final int ERROR = 0x0000;
    static final int NOTIFY = 0x0001;
    static final int DATA = 0x0101;
    static final int UNAVAILABLE = 0x0201;
    static final int AVAILABLE = 0x0202;
    static final int UP = 0x0301;
    static final int DOWN = 0x0302;
    static final int BEAT = 0x0303;
    static final int UP_ACK = 0x0304;
    static final int DOWN_ACK = 0x0305;
    static final int BEAT_ACK = 0x0306;
    static final int ACTIVE = 0x0401;
    static final int INACTIVE = 0x0402;
    static final int ACTIVE_ACK = 0x0403;
    static final int INACTIVE_ACK = 0x0404;

    static final int ROUTING_CONTEXT = 0x0006;
    static final int STATUS = 0x000d;
    static final int AFFECTED_POINT_CODE = 0x0012;
    static final int PROTOCOL_DATA = 0x0210;

    private static final int VERSION = 1;
    private static final int HEADER = 8;
    private static final int ROUTING_LABEL = 12;
    private static final int SCCP = 3;
    private static final int NATIONAL = 2;

    private final int kind;
    private final byte[] parameters;

    private M3uaMessage(int kind, byte[] parameters) {
        this.kind = kind;
        this.parameters = parameters;
    }

    /** Its class and type, such as 0x0301 for ASPUP. */
    int kind() {
        return kind;
    }

    /** All of them, encoded. */
    byte[] parameters() {
        return parameters.clone();
    }

    static M3uaMessage of(int kind, byte[]... parameters) {
        return new M3uaMessage(kind, Ber.join(parameters));
    }

    static M3uaMessage data(int routingContext, int opc, int dpc, byte[] sccp) {
        ByteBuffer protocolData = ByteBuffer.allocate(ROUTING_LABEL + sccp.length);
        protocolData.putInt(opc).putInt(dpc);
        protocolData.put((byte) SCCP).put((byte) NATIONAL).put((byte) 0).put((byte) 0).put(sccp);
        return of(
                DATA,
                number(ROUTING_CONTEXT, routingContext),
                parameter(PROTOCOL_DATA, protocolData.array()));
    }

    static byte[] number(int tag, int value) {
        return parameter(tag, ByteBuffer.allocate(4).putInt(value).array());
    }

    static byte[] parameter(int tag, byte[] value) {
        ByteBuffer parameter = ByteBuffer.allocate(padded(4 + value.length));
        parameter.putShort((short) tag).putShort((short) (4 + value.length)).put(value);
        return parameter.array();
    }

    private static int padded(int length) {
        return (length + 3) / 4 * 4;
    }

    /** The value of the first parameter with this tag. */
    byte[] value(int tag) {
        ByteBuffer in = ByteBuffer.wrap(parameters);
        while (in.remaining() >= 4) {
            int at = in.position();
            int found = in.getShort() & 0xffff;
            int length = in.getShort() & 0xffff;
            if (found == tag) {
                return Arrays.copyOfRange(parameters, at + 4, at + length);
            }
            in.position(Math.min(in.limit(), at + padded(length)));
        }
        throw new AssertionError("no parameter %04x in %s".formatted(tag, this));
    }

    /** The SCCP message of a DATA. */
    byte[] sccp() {
        byte[] protocolData = value(PROTOCOL_DATA);
        return Arrays.copyOfRange(protocolData, ROUTING_LABEL, protocolData.length);
    }

    byte[] encoded() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(HEADER)
                        .put((byte) VERSION)
                        .put((byte) 0)
                        .putShort((short) kind)
                        .putInt(HEADER + parameters.length)
                        .array());
        out.writeBytes(parameters);
        return out.toByteArray();
    }

    static M3uaMessage read(DataInputStream in) throws IOException {
        int versionAndSpare = in.readUnsignedShort();
        if (versionAndSpare != VERSION << 8) {
            throw new IOException("not M3UA: %04x".formatted(versionAndSpare));
        }
        int kind = in.readUnsignedShort();
        byte[] parameters = new byte[in.readInt() - HEADER];
        in.readFully(parameters);
        return new M3uaMessage(kind, parameters);
    }

    @Override
    public String toString() {
        return "%04x %s".formatted(kind, Ber.hex(parameters));
    }
}
