package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.config.HostPort;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.SystemTime;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.sctp.SctpServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** An address listened at, and the links whose far ends connect there. */
final class ListeningSocket {
    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

    private final RateLimitedLog refusals = new RateLimitedLog(log, SystemTime.ofProcess());
    private final List<ListeningLink> links;
    private final Sockets sockets;
    private final LinkSite site;
    private @Nullable Channel channel;

    ListeningSocket(List<ListeningLink> links, Sockets sockets, LinkSite site) {
        this.links = List.copyOf(links);
        this.sockets = sockets;
        this.site = site;
    }

    /**
     * Listens from now on.
     *
     * @throws IllegalStateException if that cannot be done, and why
     */
    void open() {
        Association first = links.getFirst().settings;
        ChannelFuture bound =
                sockets.server(first.transport(), sockets.handlers(this::linkFor))
                        .bind(first.address().toSocketAddress())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw cannot(first, bound.cause());
        }
        channel = bound.channel();
        bindFurther(first, bound.channel());
        HostPort at = HostPort.of((InetSocketAddress) bound.channel().localAddress());
        links.forEach(link -> site.board().listening(link.settings, at));
        log.info("listening at {} {}", first.transport().word(), at);
    }

    /** Lets nobody in any more. */
    void close() {
        if (channel != null) {
            LinkBoard.logFailure(channel.close());
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

    /**
     * The link that a connection is for: one that is free; else the one, of those whose connection
     * comes from the same far end, that has been silent the longest. That far end has started
     * again, and the connection that it knows no more would never end by itself.
     */
    @Nullable Link linkFor(Channel connection) {
        Set<InetAddress> from = farAddresses(connection);
        for (ListeningLink link : links) {
            if (link.take(connection, from)) {
                return link;
            }
        }
        Optional<ListeningLink> held =
                links.stream()
                        .filter(link -> link.isHeldBy(from))
                        .min(Comparator.comparingLong(link -> link.heard() - System.nanoTime()));
        held.ifPresentOrElse(link -> link.replace(connection, from), () -> refused(connection));
        return held.orElse(null);
    }

    private void refused(Channel connection) {
        site.board().connectionRefused();
        refusals.write(
                Level.WARN,
                "connections refused",
                "{} connects to {}, where no association waits for it: refused",
                HostPort.words(connection.remoteAddress()),
                HostPort.words(connection.localAddress()));
    }

    private Set<InetAddress> farAddresses(Channel connection) {
        if (links.getFirst().settings.transport() == Transport.SCTP) {
            return site.sctp().farAddresses(connection);
        }
        return connection.remoteAddress() instanceof InetSocketAddress from
                ? Set.of(from.getAddress())
                : Set.of();
    }

    /** An association that the far end connects; until it does there is nothing to be done. */
    static final class ListeningLink extends Link {
        private static final Logger log = LoggerFactory.getLogger(ListeningLink.class);

        private final HostNames names;
        private @Nullable InetAddress peer;
        private boolean looking;
        private @Nullable String toldFailure;
        private @Nullable Channel taken;
        private Set<InetAddress> takenFrom = Set.of();

        ListeningLink(
                Association settings,
                List<ApplicationServer> servers,
                LinkSite site,
                HostNames names) {
            super(settings, servers, site);
            this.names = names;
        }

        /** Whoever knocks is let in from now on, once it is known who is meant. */
        @Override
        void begin() {
            lookForPeer();
        }

        @Override
        void tryAgain() {
            // The far end does.
        }

        /** Takes a connection, if it is for this link and there is none. */
        boolean take(Channel connection, Set<InetAddress> from) {
            if (taken != null || !isFree() || !isExpected(from)) {
                return false;
            }
            hold(connection, from);
            return true;
        }

        /** Whether its connection comes from the same far end, which may have forgotten it. */
        boolean isHeldBy(Set<InetAddress> from) {
            return taken != null && from.stream().anyMatch(takenFrom::contains);
        }

        /** Takes a connection of the same far end instead of the one that there is. */
        void replace(Channel connection, Set<InetAddress> from) {
            renew("its far end has connected again");
            hold(connection, from);
        }

        private void hold(Channel connection, Set<InetAddress> from) {
            taken = connection;
            takenFrom = from;
            connection
                    .closeFuture()
                    .addListener(
                            closed -> {
                                if (connection.equals(taken)) {
                                    taken = null;
                                }
                            });
        }

        private boolean isExpected(Set<InetAddress> from) {
            if (settings.peer() == null) {
                return true;
            }
            boolean expected = peer != null && from.contains(peer);
            if (!expected) {
                lookForPeer(); // it may have moved; whom it is refused to for that tries again
            }
            return expected;
        }

        /** One search at a time, however many connect during it. */
        private void lookForPeer() {
            String host = settings.peer();
            if (host != null && !looking) {
                looking = true;
                names.search(
                        lookup -> lookup.of(host), loop(), this::found, why -> notFound(host, why));
            }
        }

        private void found(InetAddress address) {
            looking = false;
            toldFailure = null;
            peer = address;
        }

        /** Logged again only if the reason differs. */
        private void notFound(String host, Exception why) {
            looking = false;
            String reason = Objects.requireNonNullElse(why.getMessage(), why.toString());
            if (!reason.equals(toldFailure)) {
                toldFailure = reason;
                log.warn(
                        "association {}: the address of its peer {} is not known: {}",
                        settings.name(),
                        host,
                        reason);
            }
        }
    }
}
