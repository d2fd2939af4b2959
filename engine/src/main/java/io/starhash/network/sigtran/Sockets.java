package io.starhash.network.sigtran;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.sctp.SctpChannel;
import io.netty.channel.sctp.SctpChannelOption;
import io.netty.channel.sctp.nio.NioSctpChannel;
import io.netty.channel.sctp.nio.NioSctpServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.sctp.SctpMessageCompletionHandler;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.sigtran.SigtranSettings.Transport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sockets of associations, set up for either transport. */
final class Sockets {
    private Sockets() {}

    static Bootstrap client(Transport transport, Links limits, EventLoop loop) {
        Bootstrap bootstrap = new Bootstrap().group(loop);
        switch (transport) {
            case SCTP ->
                    bootstrap
                            .channel(NioSctpChannel.class)
                            .option(SctpChannelOption.SCTP_NODELAY, true);
            case TCP ->
                    bootstrap
                            .channel(NioSocketChannel.class)
                            .option(ChannelOption.TCP_NODELAY, true)
                            .option(ChannelOption.SO_KEEPALIVE, true);
        }
        return bootstrap.option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(limits));
    }

    static AbstractBootstrap<?, ?> server(
            Transport transport, Links limits, EventLoop loop, ChannelHandler handlers) {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loop).childHandler(handlers);
        switch (transport) {
            case SCTP ->
                    bootstrap
                            .channel(NioSctpServerChannel.class)
                            .childOption(SctpChannelOption.SCTP_NODELAY, true);
            case TCP ->
                    bootstrap
                            .channel(NioServerSocketChannel.class)
                            .option(ChannelOption.SO_REUSEADDR, true)
                            .childOption(ChannelOption.TCP_NODELAY, true)
                            .childOption(ChannelOption.SO_KEEPALIVE, true);
        }
        return bootstrap.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(limits));
    }

    private static WriteBufferWaterMark waterMark(Links limits) {
        return new WriteBufferWaterMark(limits.maxUnsent() / 2, limits.maxUnsent());
    }

    /** The handlers of a connection for the link that is found for it; null: nobody wants it. */
    static ChannelHandler handlers(Function<Channel, @Nullable Link> find, Links limits) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Link link = find.apply(channel);
                if (link == null) {
                    Faults.logged(channel.close());
                } else {
                    add(channel.pipeline(), link, limits);
                }
            }
        };
    }

    private static void add(ChannelPipeline pipeline, Link link, Links limits) {
        if (pipeline.channel() instanceof SctpChannel) {
            pipeline.addLast(
                    new SctpMessageCompletionHandler(),
                    new SctpHandler(link, limits.stallTimeout()));
        } else {
            LinkHandler last = new LinkHandler(link, limits.stallTimeout());
            pipeline.addLast(new TcpFraming(last::unreadable), last);
        }
    }
}
