package io.moondial.channel.sigtran;

import io.moondial.file.FileTrouble;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler of a listening socket. Where a connection cannot be taken, because the process
 * has no file descriptor left, say, it waits in the kernel, and is tried again after a pause: the
 * kernel would report it at once and again. The log says once that it is so, and once that it is
 * over; what lies behind this handler never sees the failure.
 */
final class Accepting extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Accepting.class);

    /** How long after a failed attempt the next one is made. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final LinkBoard board;
    private boolean failing;

    Accepting(LinkBoard board) {
        this.board = board;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        if (failing) {
            failing = false;
            log.info("{}: connections are taken again", at(context));
        }
        context.fireChannelRead(connection);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
        board.acceptFailed();
        if (!failing) {
            failing = true;
            log.warn(
                    "{}: connections cannot be taken now: {}; links that are up stay up, and it is tried again every {} ms",
                    at(context),
                    why instanceof IOException io ? FileTrouble.words(io) : why.toString(),
                    PAUSE.toMillis());
        }
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) {
            config.setAutoRead(false);
            Faults.logged(
                    context.executor()
                            .schedule(
                                    () -> config.setAutoRead(true),
                                    PAUSE.toMillis(),
                                    TimeUnit.MILLISECONDS));
        }
    }

    private static String at(ChannelHandlerContext context) {
        return "listening at " + Endpoint.words(context.channel().localAddress());
    }
}
