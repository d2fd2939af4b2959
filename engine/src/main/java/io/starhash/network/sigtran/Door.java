package io.starhash.network.sigtran;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.sctp.SctpServerChannel;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An address listened at, and the links whose far ends connect there. */
final class Door {
    private static final Logger log = LoggerFactory.getLogger(Door.class);

    private final List<ListeningLink> links;
    private final Links limits;
    private final EventLoop loop;
    private final LinkBoard board;
    private @Nullable Channel channel;

    Door(List<ListeningLink> links, Links limits, EventLoop loop, LinkBoard board) {
        this.links = List.copyOf(links);
        this.limits = limits;
        this.loop = loop;
        this.board = board;
    }

    /**
     * Listens from now on.
     *
     * @throws IllegalStateException where that cannot be done, and why
     */
    void open() {
        Association first = links.getFirst().settings;
        ChannelFuture bound =
                Sockets.server(
                                first.transport(),
                                limits,
                                loop,
                                Sockets.handlers(this::linkFor, limits))
                        .bind(first.address().toSocketAddress())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw cannot(first, bound.cause());
        }
        channel = bound.channel();
        bindFurther(first, bound.channel());
        Endpoint at = Endpoint.of((InetSocketAddress) bound.channel().localAddress());
        links.forEach(link -> board.listening(link.settings, at));
        log.info("listening at {} {}", first.transport().word(), at);
    }

    /** Lets nobody in any more. */
    void close() {
        if (channel != null) {
            Faults.logged(channel.close());
        }
    }

    private static void bindFurther(Association association, Channel channel) {
        try {
            for (String address : association.extraLocal()) {
                ((SctpServerChannel) channel)
                        .bindAddress(InetAddress.getByName(address))
                        .syncUninterruptibly();
            }
        } catch (UnknownHostException | RuntimeException e) {
            throw cannot(association, e);
        }
    }

    private static IllegalStateException cannot(Association association, Throwable why) {
        return new IllegalStateException(
                "cannot listen at %s for association %s: %s"
                        .formatted(association, association.name(), why.getMessage()),
                why);
    }

    private @Nullable Link linkFor(Channel connection) {
        for (ListeningLink link : links) {
            if (link.take(connection)) {
                return link;
            }
        }
        log.warn(
                "{} connects to {}, where no association waits for it: refused",
                connection.remoteAddress(),
                connection.localAddress());
        return null;
    }
}
