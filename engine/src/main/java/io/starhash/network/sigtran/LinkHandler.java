package io.starhash.network.sigtran;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.starhash.network.sigtran.M3uaMessage.Fault;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a connection: it tells the link what happens, and watches that it is read.
 */
class LinkHandler extends ChannelInboundHandlerAdapter {
    final Link link;
    private final Duration stallTimeout;
    private @Nullable ScheduledFuture<?> stall;

    LinkHandler(Link link, Duration stallTimeout) {
        this.link = link;
        this.stallTimeout = stallTimeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        link.up(context.channel(), 1, 1);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelStall();
        link.down(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        link.received((ByteBuf) message);
    }

    /** What came over TCP can no longer be cut into messages. */
    final void unreadable(ChannelHandlerContext context, Fault fault, ByteBuf from) {
        link.complain(fault, from);
        Departure.end(context.channel(), "it cannot be read any further: " + fault.words());
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = context.channel().isWritable();
        cancelStall();
        if (!writable) {
            stall =
                    context.executor()
                            .schedule(
                                    () -> stalled(context),
                                    stallTimeout.toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
        if (context.channel().isActive()) {
            link.writable(writable);
        }
    }

    private void stalled(ChannelHandlerContext context) {
        Departure.end(
                context.channel(),
                "the far end has read nothing for " + stallTimeout.toMillis() + " ms");
    }

    private void cancelStall() {
        if (stall != null) {
            stall.cancel(false);
            stall = null;
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Departure.of(context.channel()).because(cause);
        Faults.logged(context.close());
    }
}
