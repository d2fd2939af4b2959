package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.Sockets.TcpFraming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Set;
import org.restcomm.protocols.ss7.m3ua.impl.message.MessageFactoryImpl;
import org.restcomm.protocols.ss7.m3ua.message.transfer.PayloadData;
import org.restcomm.protocols.ss7.m3ua.parameter.ProtocolData;

/** What a link does with octets, without a link: screened by us, then read by the M3UA layer. */
public final class M3uaReading {
    /** The one that a far end may name. */
    public static final long ROUTING_CONTEXT = 101;

    private final MessageFactoryImpl layer = new MessageFactoryImpl();

    /** A reader without a memory. */
    public M3uaReading() {}

    /** What takes the MTP3 messages of DATA. */
    @FunctionalInterface
    public interface User {
        void take(int serviceIndicator, int opc, int dpc, byte[] data);
    }

    /** Hands over the MTP3 message in this M3UA message, where it is a DATA and good. */
    public void read(byte[] message, User user) {
        read(Unpooled.wrappedBuffer(message), user);
    }

    private void read(ByteBuf message, User user) {
        var fault = M3uaMessage.fault(message, Set.of(ROUTING_CONTEXT));
        if (fault.isPresent()) {
            M3uaMessage.error(fault.get(), message);
            return;
        }
        if (M3uaMessage.isError(message)) {
            M3uaMessage.errorCode(message);
        }
        if (layer.createMessage(message) instanceof PayloadData payload) {
            ProtocolData data = payload.getData();
            user.take(data.getSI(), data.getOpc(), data.getDpc(), data.getData());
        }
    }

    /** The same with the octets of a TCP connection, which come in pieces of this size. */
    public void readStream(byte[] octets, int pieces, User user) {
        EmbeddedChannel channel =
                new EmbeddedChannel(
                        new TcpFraming((context, fault, from) -> M3uaMessage.error(fault, from)));
        try {
            for (int at = 0; at < octets.length; at += pieces) {
                channel.writeInbound(
                        Unpooled.copiedBuffer(octets, at, Math.min(pieces, octets.length - at)));
                for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
                    read(in, user);
                    in.release();
                }
            }
        } finally {
            channel.finishAndReleaseAll();
        }
    }
}
