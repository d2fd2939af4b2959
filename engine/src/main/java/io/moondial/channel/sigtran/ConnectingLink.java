package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.Associations.LinkSite;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.sctp.SctpChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An association that we connect: again and again, until there is a connection. */
final class ConnectingLink extends Link {
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
        Sockets.logFailure(
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
            InetSocketAddress to, @Nullable InetSocketAddress from, List<InetAddress> alsoFrom) {}

    private Way way(HostNames.Lookup lookup) throws UnknownHostException {
        Endpoint local = settings.local();
        List<InetAddress> further = new ArrayList<>();
        for (String address : settings.extraLocal()) {
            further.add(lookup.of(address));
        }
        return new Way(
                lookup.of(settings.address()), local == null ? null : lookup.of(local), further);
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
            Sockets.logFailure(channel.close());
        } catch (RuntimeException e) {
            Sockets.logFailure(channel.close());
            failed(e);
        }
    }

    private void tried(io.netty.util.concurrent.Future<?> future) {
        if (future.isSuccess()) {
            trying = false;
        } else {
            Sockets.logFailure(((ChannelFuture) future).channel().close());
            failed(future.cause());
        }
    }

    private void failed(Throwable why) {
        board().cannotConnect(settings, why);
        tryAgain();
    }
}
