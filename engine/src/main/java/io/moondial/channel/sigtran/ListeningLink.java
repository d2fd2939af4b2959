package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.Associations.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An association that the far end connects; until it does there is nothing to be done. */
final class ListeningLink extends Link {
    private static final Logger log = LoggerFactory.getLogger(ListeningLink.class);

    private final HostNames names;
    private @Nullable InetAddress peer;
    private boolean looking;
    private @Nullable String toldFailure;
    private @Nullable Channel taken;
    private Set<InetAddress> takenFrom = Set.of();

    ListeningLink(
            Association settings, List<ApplicationServer> servers, LinkSite site, HostNames names) {
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

    /** Takes a connection, where it is for this link and there is none. */
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

    /** Takes a connection of the same far end in the place of the one that there is. */
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

    /** One search at a time, however many connect meanwhile. */
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

    /** Told again only where the reason is another. */
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
