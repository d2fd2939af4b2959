package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.sctp.SctpChannel;
import io.netty.channel.sctp.SctpChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
                    Faults.logged(channel.close());
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
}
