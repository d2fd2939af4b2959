package io.starhash.network.sigtran;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.sctp.SctpChannel;
import io.starhash.network.sigtran.SigtranSettings.Association;
import io.starhash.network.sigtran.SigtranSettings.Links;
import io.starhash.network.ss7.Aside;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An association that we connect: again and again, until there is a connection. */
final class ConnectingLink extends Link {
    private boolean trying;

    ConnectingLink(
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
        if (!trying && isFree()) {
            trying = true;
            connect();
        }
    }

    @Override
    void tryAgain() {
        trying = true;
        Faults.logged(
                loop.schedule(
                        () -> {
                            trying = false;
                            begin();
                        },
                        limits.reconnectInterval().toMillis(),
                        TimeUnit.MILLISECONDS));
    }

    private void connect() {
        try {
            Bootstrap bootstrap = Sockets.client(settings.transport(), limits, loop);
            bootstrap.handler(Sockets.handlers(channel -> this, limits));
            Endpoint local = settings.local();
            if (local != null) {
                bootstrap.localAddress(local.toSocketAddress());
            }
            if (settings.extraLocal().isEmpty()) {
                bootstrap.connect(settings.address().toSocketAddress()).addListener(this::tried);
            } else {
                bootstrap.bind().addListener(this::bound);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** SCTP takes its further addresses between the binding and the connecting. */
    private void bound(io.netty.util.concurrent.Future<?> future) {
        Channel channel = ((ChannelFuture) future).channel();
        if (!future.isSuccess()) {
            failed(future.cause());
            return;
        }
        try {
            for (String address : settings.extraLocal()) {
                ((SctpChannel) channel).bindAddress(InetAddress.getByName(address)).sync();
            }
            channel.connect(settings.address().toSocketAddress()).addListener(this::tried);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Faults.logged(channel.close());
        } catch (UnknownHostException | RuntimeException e) {
            Faults.logged(channel.close());
            failed(e);
        }
    }

    private void tried(io.netty.util.concurrent.Future<?> future) {
        if (future.isSuccess()) {
            trying = false;
        } else {
            Faults.logged(((ChannelFuture) future).channel().close());
            failed(future.cause());
        }
    }

    private void failed(Throwable why) {
        board.cannotConnect(settings, why);
        tryAgain();
    }
}
