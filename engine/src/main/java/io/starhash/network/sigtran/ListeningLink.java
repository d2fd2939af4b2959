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

/** An association that the far end connects; until it does there is nothing to be done. */
final class ListeningLink extends Link {
    private @Nullable Channel taken;

    ListeningLink(
            Association settings,
            Set<Long> routingContexts,
            Links limits,
            EventLoop loop,
            LinkBoard board,
            Aside<Fate> fate) {
        super(settings, routingContexts, limits, loop, board, fate);
    }

    @Override
    void begin() {
        // Whoever knocks is let in from now on.
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
        String peer = settings.peer();
        if (peer == null) {
            return true;
        }
        InetAddress expected = new InetSocketAddress(peer, 0).getAddress();
        return connection.remoteAddress() instanceof InetSocketAddress from
                && from.getAddress().equals(expected);
    }
}
