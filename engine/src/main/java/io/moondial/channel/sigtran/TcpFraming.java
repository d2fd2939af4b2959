package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.M3uaMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.Optional;

/**
 * Cuts what TCP brings into M3UA messages. It lives as long as its connection, so that half a
 * message that a lost one leaves behind never meets the octets of the next.
 */
final class TcpFraming extends ByteToMessageDecoder {
    private final FrameFault lost;
    private int padding;
    private boolean framed = true;

    /** Who is told that the rest of the connection cannot be read. */
    @FunctionalInterface
    interface FrameFault {
        void unreadable(ChannelHandlerContext context, Fault fault, ByteBuf from);
    }

    TcpFraming(FrameFault lost) {
        this.lost = lost;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (!framed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        skipPadding(in);
        if (in.readableBytes() < M3uaMessage.HEADER) {
            return;
        }
        Optional<Fault> fault = M3uaMessage.faultOfHeader(in);
        if (fault.isPresent()) {
            framed = false;
            lost.unreadable(context, fault.get(), in);
            in.skipBytes(in.readableBytes());
            return;
        }
        int length = (int) M3uaMessage.length(in);
        if (in.readableBytes() >= length) {
            out.add(in.readRetainedSlice(length));
            padding = -length & 3;
        }
    }

    /** A sender may leave the last parameter's padding out of the length (RFC 4666 3.1.4). */
    private void skipPadding(ByteBuf in) {
        while (padding > 0 && in.isReadable()) {
            if (in.getByte(in.readerIndex()) != 0) {
                padding = 0;
                return;
            }
            in.skipBytes(1);
            padding--;
        }
    }
}
