package io.moondial.channel.sigtran;

import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.PeerAddressChangeNotification;
import com.sun.nio.sctp.PeerAddressChangeNotification.AddressChangeEvent;
import com.sun.nio.sctp.SendFailedNotification;
import com.sun.nio.sctp.ShutdownNotification;
import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.LinkBoard.CloseReason;
import io.moondial.channel.sigtran.M3uaMessage.Fault;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.config.HostPort;
import io.moondial.file.FileTrouble;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.sctp.SctpChannel;
import io.netty.channel.sctp.SctpChannelOption;
import io.netty.channel.sctp.SctpMessage;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.sctp.SctpMessageCompletionHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The sockets of associations, set up for either transport. */
final class Sockets {
    private final LinkSite site;
    private final AtomicInteger open = new AtomicInteger();

    Sockets(LinkSite site) {
        this.site = site;
    }

    /** How many connections are open that a link was found for. */
    int open() {
        return open.get();
    }

    Bootstrap client(Transport transport) {
        Bootstrap bootstrap = new Bootstrap().group(site.loop());
        switch (transport) {
            case SCTP ->
                    bootstrap
                            .channelFactory(KernelSctp.Socket::new)
                            .option(SctpChannelOption.SCTP_NODELAY, true);
            case TCP ->
                    bootstrap
                            .channel(NioSocketChannel.class)
                            .option(ChannelOption.TCP_NODELAY, true)
                            .option(ChannelOption.SO_KEEPALIVE, true);
        }
        return bootstrap.option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark());
    }

    AbstractBootstrap<?, ?> server(Transport transport, ChannelHandler handlers) {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(site.loop())
                        .handler(new Accepting(site.board()))
                        .childHandler(handlers);
        switch (transport) {
            case SCTP ->
                    bootstrap
                            .channelFactory(KernelSctp.Listener::new)
                            .childOption(SctpChannelOption.SCTP_NODELAY, true);
            case TCP ->
                    bootstrap
                            .channelFactory(TcpListener::new)
                            .option(ChannelOption.SO_REUSEADDR, true)
                            .childOption(ChannelOption.TCP_NODELAY, true)
                            .childOption(ChannelOption.SO_KEEPALIVE, true);
        }
        return bootstrap.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark());
    }

    /** A socket that listens, whatever hinders it from taking a connection. */
    private static final class TcpListener extends NioServerSocketChannel {
        @Override
        protected boolean closeOnReadError(Throwable why) {
            return !isActive();
        }
    }

    private WriteBufferWaterMark waterMark() {
        int high = site.limits().maxUnsent();
        return new WriteBufferWaterMark(high / 2, high);
    }

    /** The handlers of a connection for the link that is found for it; null: nobody wants it. */
    ChannelHandler handlers(Function<Channel, @Nullable Link> find) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Link link = find.apply(channel);
                if (link == null) {
                    LinkBoard.logFailure(channel.close());
                } else {
                    open.incrementAndGet();
                    channel.closeFuture().addListener(closed -> open.decrementAndGet());
                    add(channel.pipeline(), link);
                }
            }
        };
    }

    private void add(ChannelPipeline pipeline, Link link) {
        if (pipeline.channel() instanceof SctpChannel) {
            pipeline.addLast(new SctpFraming(), new SctpHandler(link));
        } else {
            LinkHandler last = new LinkHandler(link);
            pipeline.addLast(new TcpFraming(last::unreadable), last);
        }
    }

    /**
     * Makes whole messages of the pieces in which the kernel hands out those that it has no room
     * for. SCTP sets a message no end; here one that is longer than any of M3UA ends the
     * association, before it takes the memory of others.
     */
    static final class SctpFraming extends SctpMessageCompletionHandler {
        /** How many octets wait for the rest of their message, of each stream. */
        private final Map<Integer, Integer> waiting = new HashMap<>();

        private int all;

        @Override
        protected void decode(ChannelHandlerContext context, SctpMessage piece, List<Object> out)
                throws Exception {
            int stream = piece.streamIdentifier();
            if (!piece.isComplete()) {
                int octets = piece.content().readableBytes();
                if (octets > M3uaMessage.MAX_LENGTH - all) {
                    CloseReason.end(
                            context.channel(),
                            "it sent more than %d octets without the end of a message"
                                    .formatted(M3uaMessage.MAX_LENGTH));
                    return;
                }
                all += octets;
                waiting.merge(stream, octets, Integer::sum);
            } else if (all > 0) {
                Integer before = waiting.remove(stream);
                all -= before == null ? 0 : before;
            }
            super.decode(context, piece, out);
        }
    }

    /**
     * Cuts what TCP brings into M3UA messages. It lives as long as its connection, so that half a
     * message that a lost one leaves behind never meets the octets of the next.
     */
    static final class TcpFraming extends ByteToMessageDecoder {
        private final FrameFault lost;
        private int padding;
        private boolean framed = true;

        /** Informed that the rest of the connection cannot be read. */
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

    /** A link's handler if SCTP carries it: whole messages, and notifications of the kernel's. */
    static final class SctpHandler extends LinkHandler {
        private static final Logger log = LoggerFactory.getLogger(SctpHandler.class);

        private boolean up;

        SctpHandler(Link link) {
            super(link);
        }

        /** The association is up once the kernel says so, with its streams. */
        @Override
        public void channelActive(ChannelHandlerContext context) {
            log.debug("association {}: the SCTP socket is connected", link.getName());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            switch (event) {
                case AssociationChangeNotification change -> changed(context, change);
                case PeerAddressChangeNotification path ->
                        link.write(
                                path.event() == AddressChangeEvent.ADDR_UNREACHABLE
                                        ? Level.WARN
                                        : Level.INFO,
                                "association {}: the path to {} {}",
                                link.getName(),
                                HostPort.words(path.address()),
                                words(path.event()));
                case SendFailedNotification failed ->
                        link.write(
                                Level.WARN,
                                "association {}: the kernel could not deliver a message to {} on stream {}"
                                        + " (error {})",
                                link.getName(),
                                HostPort.words(failed.address()),
                                failed.streamNumber(),
                                failed.errorCode());
                case ShutdownNotification shutdown ->
                        log.debug("association {}: the far end shuts it down", link.getName());
                default -> log.debug("association {}: {}", link.getName(), event);
            }
        }

        private static String words(AddressChangeEvent event) {
            return switch (event) {
                case ADDR_AVAILABLE -> "is available";
                case ADDR_UNREACHABLE -> "is lost";
                case ADDR_REMOVED -> "no longer exists: the far end has removed its address";
                case ADDR_ADDED -> "is new: the far end has added its address";
                case ADDR_MADE_PRIMARY -> "is the primary one now";
                case ADDR_CONFIRMED -> "is confirmed";
            };
        }

        private void changed(ChannelHandlerContext context, AssociationChangeNotification change) {
            switch (change.event()) {
                case COMM_UP -> isUp(context, change);
                case RESTART -> restarted(context, change);
                case COMM_LOST ->
                        CloseReason.end(
                                context.channel(),
                                "the kernel lost it: no path answers, or the far end aborted it");
                case CANT_START -> CloseReason.end(context.channel(), "the kernel cannot begin it");
                case SHUTDOWN -> CloseReason.end(context.channel(), "shut down by the far end");
            }
        }

        private void isUp(ChannelHandlerContext context, AssociationChangeNotification change) {
            if (!up) {
                up = true;
                link.up(context.channel(), inStreams(change), outStreams(change));
            }
        }

        /** What was half there of messages never gets its other half. */
        private void restarted(
                ChannelHandlerContext context, AssociationChangeNotification change) {
            context.pipeline().replace(SctpFraming.class, null, new SctpFraming());
            link.restarted(inStreams(change), outStreams(change));
        }

        private static int inStreams(AssociationChangeNotification change) {
            var association = change.association();
            return association == null ? 1 : association.maxInboundStreams();
        }

        private static int outStreams(AssociationChangeNotification change) {
            var association = change.association();
            return association == null ? 1 : association.maxOutboundStreams();
        }

        @Override
        void abortOnClose(Channel connection) {
            link.site.sctp().abortOnClose(connection);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            super.channelRead(context, ((SctpMessage) message).content());
        }
    }

    /**
     * The first handler of a listening socket. If a connection cannot be accepted, for example
     * because the process has no file descriptor left, it waits in the kernel, and the handler
     * tries again after a pause, because the kernel would report it again at once. The log says
     * once that this begins, and once that it is over. The handlers after this one never see the
     * failure.
     */
    static final class Accepting extends ChannelInboundHandlerAdapter {
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
                log.info("{}: connections are accepted again", at(context));
            }
            context.fireChannelRead(connection);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
            board.acceptFailed();
            if (!failing) {
                failing = true;
                log.warn(
                        "{}: connections cannot be accepted now: {}; links that are up stay up, and the engine tries again every {} ms",
                        at(context),
                        why instanceof IOException io ? FileTrouble.words(io) : why.toString(),
                        PAUSE.toMillis());
            }
            ChannelConfig config = context.channel().config();
            if (config.isAutoRead()) {
                config.setAutoRead(false);
                LinkBoard.logFailure(
                        context.executor()
                                .schedule(
                                        () -> config.setAutoRead(true),
                                        PAUSE.toMillis(),
                                        TimeUnit.MILLISECONDS));
            }
        }

        private static String at(ChannelHandlerContext context) {
            return "listening at " + HostPort.words(context.channel().localAddress());
        }
    }

    /**
     * The last handler of a connection: it tells the link what happens, and watches that it is
     * read.
     */
    static class LinkHandler extends ChannelInboundHandlerAdapter {
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
                                    HostPort.words(context.channel().localAddress())));
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
                log.error(
                        "association {}: a message broke the link's own work",
                        link.getName(),
                        cause);
            }
            CloseReason.of(context.channel()).because(cause);
            LinkBoard.logFailure(context.close());
        }
    }
}
