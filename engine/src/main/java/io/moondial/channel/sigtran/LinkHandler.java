package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.M3uaMessage.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a connection: it tells the link what happens, and watches that it is read.
 */
class LinkHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(LinkHandler.class);

    final Link link;
    private @Nullable ScheduledFuture<?> stall;

    LinkHandler(Link link) {
        this.link = link;
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
        CloseReason.end(context.channel(), "it cannot be read any further: " + fault.words());
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
                                    link.site.limits().stallTimeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
        if (context.channel().isActive()) {
            link.writable(writable);
        }
    }

    /** Closed in good order it would first have to read what it does not read. */
    private void stalled(ChannelHandlerContext context) {
        abortOnClose(context.channel());
        CloseReason.end(
                context.channel(),
                "the far end has read nothing for %d ms: aborted, our end was %s"
                        .formatted(
                                link.site.limits().stallTimeout().toMillis(),
                                Endpoint.words(context.channel().localAddress())));
    }

    /** Has the connection aborted when it is closed next. */
    void abortOnClose(Channel connection) {
        connection.config().setOption(ChannelOption.SO_LINGER, 0);
    }

    private void cancelStall() {
        if (stall != null) {
            stall.cancel(false);
            stall = null;
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.error("association {}: a message broke the link's own work", link.getName(), cause);
        }
        CloseReason.of(context.channel()).because(cause);
        Faults.logged(context.close());
    }
}
