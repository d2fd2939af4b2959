package io.starhash.network.sigtran;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.ss7.Aside;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An association that the far end connects; until it does there is nothing to be done. */
final class ListeningLink extends Link {
    private static final Logger log = LoggerFactory.getLogger(ListeningLink.class);

    private final HostNames names;
    private @Nullable InetAddress peer;
    private @Nullable Channel taken;

    ListeningLink(
            Association settings,
            Set<Long> routingContexts,
            Links limits,
            EventLoop loop,
            LinkBoard board,
            Aside<Fate> fate,
            HostNames names) {
        super(settings, routingContexts, limits, loop, board, fate);
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
    boolean take(Channel connection) {
        if (taken != null || !isFree() || !isExpected(connection)) {
            return false;
        }
        taken = connection;
        connection.closeFuture().addListener(closed -> taken = null);
        return true;
    }

    private boolean isExpected(Channel connection) {
        if (settings.peer() == null) {
            return true;
        }
        boolean expected =
                connection.remoteAddress() instanceof InetSocketAddress from
                        && from.getAddress().equals(peer);
        if (!expected) {
            lookForPeer(); // it may have moved; whom it is refused to for that tries again
        }
        return expected;
    }

    private void lookForPeer() {
        String host = settings.peer();
        if (host != null) {
            names.search(
                    lookup -> lookup.of(host),
                    loop,
                    found -> peer = found,
                    why ->
                            log.warn(
                                    "association {}: the address of its peer {} is not known: {}",
                                    settings.name(),
                                    host,
                                    why.getMessage()));
        }
    }
}
