package io.starhash.control;

import io.starhash.metrics.Counters;
import io.starhash.rules.Rules;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket through which a running engine is asked; open from its making to its close. */
public final class ControlSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);

    private final Rules.Control settings;
    private final ControlledEngine engine;
    private final Counters counters;
    private final SocketPlace place;
    private final Semaphore room;
    private final RunningTraces traces = new RunningTraces();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /**
     * Opens the socket.
     *
     * @param counters for what is refused here
     * @throws IOException where it cannot be opened, another engine's being there among that; the
     *     message says what to do
     */
    public ControlSocket(Rules.Control settings, ControlledEngine engine, Counters counters)
            throws IOException {
        this.settings = settings;
        this.engine = engine;
        this.counters = counters;
        this.room = new Semaphore(settings.maxConnections());
        this.place = SocketPlace.take(settings.socket());
        Thread.ofPlatform().daemon().name("control").start(this::accept);
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel channel = place.server().accept();
                Thread.ofVirtual().name("control").start(() -> serve(channel));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.error("the control socket takes no more connections", e);
                return;
            }
        }
    }

    private void serve(SocketChannel channel) {
        open.add(channel);
        boolean admitted = room.tryAcquire();
        try (channel) {
            Connection connection = new Connection(channel, settings, engine, traces);
            if (admitted) {
                counters.increment("control.connections");
                connection.serve();
            } else {
                counters.increment("control.refused");
                connection.refuse(
                        "%d connections are open already, as many as the rules allow (control: max_connections)"
                                .formatted(settings.maxConnections()));
            }
        } catch (IOException e) {
            counters.increment("control.broken");
            log.debug("a connection of the control socket broke", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("a request at the control socket failed", e);
        } finally {
            open.remove(channel);
            if (admitted) {
                room.release();
            }
        }
    }

    /** Ends what is asked still, and takes the socket away. */
    @Override
    public void close() {
        try {
            traces.stopAll();
            traces.awaitNone(settings.timeout());
            place.close();
            for (SocketChannel channel : open) {
                channel.close();
            }
        } catch (IOException e) {
            log.warn("the control socket could not be taken away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
