package io.moondial.channel.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A signalling gateway by hand: M3UA over plain TCP sockets, no stack. It lets whoever connects
 * become active, and keeps what comes.
 */
final class M3uaPeer implements AutoCloseable {
    private static final int AS_STATE_CHANGE = 1;
    private static final int AS_ACTIVE = 3;

    private final int routingContext;
    private final ServerSocket door;
    private final BlockingQueue<byte[]> sccp = new LinkedBlockingQueue<>();
    private final BlockingQueue<M3uaMessage> others = new LinkedBlockingQueue<>();
    private final BlockingQueue<Socket> connected = new LinkedBlockingQueue<>();
    private volatile @Nullable Socket socket;

    M3uaPeer(int routingContext) {
        this.routingContext = routingContext;
        try {
            door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("gateway").start(this::serve);
    }

    int port() {
        return door.getLocalPort();
    }

    private void serve() {
        while (!door.isClosed()) {
            try (Socket accepted = door.accept()) {
                accepted.setTcpNoDelay(true);
                socket = accepted;
                connected.add(accepted);
                DataInputStream in = new DataInputStream(accepted.getInputStream());
                while (true) {
                    received(M3uaMessage.read(in));
                }
            } catch (IOException e) {
                forget(); // cut, here or there
            }
        }
    }

    private synchronized void forget() {
        socket = null;
    }

    private void received(M3uaMessage message) throws IOException {
        switch (message.kind()) {
            case M3uaMessage.DATA -> sccp.add(message.sccp());
            case M3uaMessage.UP -> send(M3uaMessage.of(M3uaMessage.UP_ACK));
            case M3uaMessage.DOWN -> send(M3uaMessage.of(M3uaMessage.DOWN_ACK));
            case M3uaMessage.BEAT ->
                    send(M3uaMessage.of(M3uaMessage.BEAT_ACK, message.parameters()));
            case M3uaMessage.ACTIVE -> activate(message);
            case M3uaMessage.INACTIVE ->
                    send(M3uaMessage.of(M3uaMessage.INACTIVE_ACK, message.parameters()));
            default -> others.add(message);
        }
    }

    private void activate(M3uaMessage message) throws IOException {
        send(M3uaMessage.of(M3uaMessage.ACTIVE_ACK, message.parameters()));
        send(
                M3uaMessage.of(
                        M3uaMessage.NOTIFY,
                        M3uaMessage.number(M3uaMessage.STATUS, AS_STATE_CHANGE << 16 | AS_ACTIVE),
                        M3uaMessage.number(M3uaMessage.ROUTING_CONTEXT, routingContext)));
    }

    /** What the engine sent over SCCP. */
    BlockingQueue<byte[]> sccp() {
        return sccp;
    }

    /** What it sent besides traffic and the exchange that brings it up, such as ERR. */
    BlockingQueue<M3uaMessage> others() {
        return others;
    }

    /** Each connection as it is made. */
    BlockingQueue<Socket> connections() {
        return connected;
    }

    void send(M3uaMessage message) throws IOException {
        send(message.encoded());
    }

    /** Sends these octets, whatever they are. */
    synchronized void send(byte[] octets) throws IOException {
        Socket open = socket;
        if (open == null) {
            throw new IOException("nobody is connected");
        }
        open.getOutputStream().write(octets);
    }

    /** Ends the connection as a peer that dies does; the next one is taken. */
    synchronized void cut() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        try {
            door.close();
            cut();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
