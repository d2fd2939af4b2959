package io.moondial.channel.sigtran;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.moondial.channel.Channel.Connections;
import io.moondial.channel.sigtran.Inbound.AdmissionControl;
import io.moondial.channel.sigtran.Link.LinkSite;
import io.moondial.channel.sigtran.LinkBoard.SendResult;
import io.moondial.channel.sigtran.ListeningSocket.ListeningLink;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.ss7.SendContext;
import io.moondial.config.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.sctp.SctpChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;

/** All associations, and the one thread on which everything happens to them. */
final class Associations implements AutoCloseable {
    private static final int QUIET_MILLIS = 0;
    private static final int CLOSING_MILLIS = 5_000;

    private final NioEventLoopGroup group;
    private final EventLoop loop;
    private final LinkSite site;
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<ListeningSocket> listening = new ArrayList<>();
    private final HostNames names = new HostNames(InetAddress::getByName);
    private final Sockets sockets;

    /**
     * Associations that are not started.
     *
     * @param result what became of a message, for the layer that sends it
     * @param inbound takes what comes
     */
    Associations(
            SigtranSettings settings,
            LinkBoard board,
            SendContext<SendResult> result,
            Inbound inbound,
            KernelSctp sctp) {
        group = new NioEventLoopGroup(1, new DefaultThreadFactory("sigtran", true));
        loop = group.next();
        site =
                new LinkSite(
                        settings.links(),
                        loop,
                        board,
                        result,
                        inbound,
                        new AdmissionControl.Capacity(() -> connections().linked()),
                        sctp);
        sockets = new Sockets(site);
        List<ApplicationServer> servers = settings.applicationServers();
        servers.stream()
                .flatMap(server -> server.associations().stream())
                .distinct()
                .forEach(it -> links.put(it.name(), link(it, servers)));
        links.values().stream()
                .filter(ListeningLink.class::isInstance)
                .map(ListeningLink.class::cast)
                .collect(groupingBy(Associations::place, LinkedHashMap::new, toList()))
                .values()
                .forEach(there -> listening.add(new ListeningSocket(there, sockets, site)));
    }

    /** Links that share an address share a socket; a free port is each one's own. */
    private static List<Object> place(ListeningLink link) {
        Association settings = link.settings;
        return settings.address().port() == 0
                ? List.of(settings.name())
                : List.of(settings.transport(), settings.address());
    }

    private Link link(Association association, List<ApplicationServer> all) {
        List<ApplicationServer> servers =
                all.stream().filter(it -> it.associations().contains(association)).toList();
        return association.listens()
                ? new ListeningLink(association, servers, site, names)
                : new ConnectingLink(association, servers, site, names, sockets);
    }

    /** The dialogs of all far ends. */
    AdmissionControl.Capacity capacity() {
        return site.capacity();
    }

    /** How many connections are open, and how many links have one. */
    Connections connections() {
        int linked = 0;
        for (Link link : links.values()) {
            if (link.isConnected()) {
                linked++;
            }
        }
        return new Connections(sockets.open(), linked);
    }

    /** Makes sure that the host has SCTP, if any of them needs it. */
    void requireSctp() {
        if (links.values().stream().anyMatch(it -> it.settings.transport() == Transport.SCTP)) {
            site.sctp().require();
        }
    }

    EventLoop loop() {
        return loop;
    }

    /** Whether any link has a connection. */
    boolean anyConnected() {
        return connections().linked() > 0;
    }

    /** Lets far ends connect. */
    void listen() {
        listening.forEach(ListeningSocket::open);
    }

    /** Lets no further far end connect. */
    void stopListening() {
        listening.forEach(ListeningSocket::close);
    }

    /** What the M3UA layer asks of its transport: three things of many. */
    Management asManagement() {
        return (Management)
                Proxy.newProxyInstance(
                        Management.class.getClassLoader(),
                        new Class<?>[] {Management.class},
                        (proxy, method, arguments) -> answer(method, arguments));
    }

    private @Nullable Object answer(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getAssociation" -> link(arguments);
            case "startAssociation" -> {
                link(arguments).start();
                yield null;
            }
            case "stopAssociation" -> {
                link(arguments).stop();
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private Link link(Object[] arguments) {
        Link link = links.get(String.valueOf(arguments[0]));
        if (link == null) {
            throw new IllegalArgumentException("no association " + arguments[0]);
        }
        return link;
    }

    @Override
    public void close() {
        group.shutdownGracefully(QUIET_MILLIS, CLOSING_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2L * CLOSING_MILLIS);
    }

    /** An association that we connect: again and again, until there is a connection. */
    static final class ConnectingLink extends Link {
        private final HostNames names;
        private final Sockets sockets;
        private boolean trying;

        ConnectingLink(
                Association settings,
                List<ApplicationServer> servers,
                LinkSite site,
                HostNames names,
                Sockets sockets) {
            super(settings, servers, site);
            this.sockets = sockets;
            this.names = names;
        }

        @Override
        void begin() {
            if (!trying && isFree()) {
                trying = true;
                names.search(this::way, loop(), this::connect, this::failed);
            }
        }

        @Override
        void tryAgain() {
            trying = true;
            LinkBoard.logFailure(
                    loop().schedule(
                                    () -> {
                                        trying = false;
                                        begin();
                                    },
                                    site.limits().reconnectInterval().toMillis(),
                                    TimeUnit.MILLISECONDS));
        }

        /** What is connected, and from where. */
        private record Way(
                InetSocketAddress to,
                @Nullable InetSocketAddress from,
                List<InetAddress> alsoFrom) {}

        private Way way(HostNames.Lookup lookup) throws UnknownHostException {
            HostPort local = settings.local();
            List<InetAddress> further = new ArrayList<>();
            for (String address : settings.extraLocal()) {
                further.add(lookup.of(address));
            }
            return new Way(
                    lookup.of(settings.address()),
                    local == null ? null : lookup.of(local),
                    further);
        }

        private void connect(Way way) {
            if (!isFree()) {
                trying = false; // stopped meanwhile
                return;
            }
            try {
                Bootstrap bootstrap = sockets.client(settings.transport());
                bootstrap.handler(sockets.handlers(channel -> this));
                if (way.from() != null) {
                    bootstrap.localAddress(way.from());
                }
                if (way.alsoFrom().isEmpty()) {
                    bootstrap.connect(way.to()).addListener(this::tried);
                } else {
                    bootstrap.bind().addListener(future -> bound(future, way));
                }
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        /** SCTP takes its further addresses between the binding and the connecting. */
        private void bound(io.netty.util.concurrent.Future<?> future, Way way) {
            Channel channel = ((ChannelFuture) future).channel();
            if (!future.isSuccess()) {
                failed(future.cause());
                return;
            }
            try {
                for (InetAddress address : way.alsoFrom()) {
                    ((SctpChannel) channel).bindAddress(address).sync();
                }
                channel.connect(way.to()).addListener(this::tried);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LinkBoard.logFailure(channel.close());
            } catch (RuntimeException e) {
                LinkBoard.logFailure(channel.close());
                failed(e);
            }
        }

        private void tried(io.netty.util.concurrent.Future<?> future) {
            if (future.isSuccess()) {
                trying = false;
            } else {
                LinkBoard.logFailure(((ChannelFuture) future).channel().close());
                failed(future.cause());
            }
        }

        private void failed(Throwable why) {
            board().cannotConnect(settings, why);
            tryAgain();
        }
    }
}
