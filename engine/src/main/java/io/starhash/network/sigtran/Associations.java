package io.starhash.network.sigtran;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.starhash.network.sigtran.SigtranSettings.ApplicationServer;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.sigtran.SigtranSettings.Transport;
import io.starhash.network.ss7.Aside;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mobicents.protocols.api.Management;

/** All associations, and the one thread on which everything happens to them. */
final class Associations implements AutoCloseable {
    private static final int QUIET_MILLIS = 0;
    private static final int CLOSING_MILLIS = 5_000;

    private final NioEventLoopGroup group;
    private final EventLoop loop;
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<Door> doors = new ArrayList<>();
    private final HostNames names = new HostNames(InetAddress::getByName);

    Associations(List<ApplicationServer> servers, Links limits, LinkBoard board, Aside<Fate> fate) {
        group = new NioEventLoopGroup(1, new DefaultThreadFactory("sigtran", true));
        loop = group.next();
        servers.stream()
                .flatMap(server -> server.associations().stream())
                .distinct()
                .forEach(it -> links.put(it.name(), link(it, servers, limits, board, fate)));
        links.values().stream()
                .filter(ListeningLink.class::isInstance)
                .map(ListeningLink.class::cast)
                .collect(groupingBy(Associations::place, LinkedHashMap::new, toList()))
                .values()
                .forEach(there -> doors.add(new Door(there, limits, loop, board)));
    }

    /** Links that share an address share a door; a free port is each one's own. */
    private static List<Object> place(ListeningLink link) {
        Association settings = link.settings;
        return settings.address().port() == 0
                ? List.of(settings.name())
                : List.of(settings.transport(), settings.address());
    }

    private Link link(
            Association association,
            List<ApplicationServer> servers,
            Links limits,
            LinkBoard board,
            Aside<Fate> fate) {
        Set<Long> contexts = new HashSet<>();
        for (ApplicationServer server : servers) {
            Long context = server.routingContext();
            if (context != null && server.associations().contains(association)) {
                contexts.add(context);
            }
        }
        return association.listens()
                ? new ListeningLink(association, contexts, limits, loop, board, fate, names)
                : new ConnectingLink(association, contexts, limits, loop, board, fate, names);
    }

    EventLoop loop() {
        return loop;
    }

    /** Whether any link has a connection. */
    boolean anyConnected() {
        return links.values().stream().anyMatch(Link::isConnected);
    }

    /** Whether any of them needs the kernel's SCTP. */
    boolean needSctp() {
        return links.values().stream()
                .anyMatch(link -> link.settings.transport() == Transport.SCTP);
    }

    /** Lets far ends connect. */
    void listen() {
        doors.forEach(Door::open);
    }

    /** Lets no further far end connect. */
    void stopListening() {
        doors.forEach(Door::close);
    }

    /** Whether links are read; else their far ends wait. */
    void read(boolean read) {
        loop.execute(() -> links.values().forEach(link -> link.read(read)));
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
}
