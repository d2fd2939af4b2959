package io.moondial.modules.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback that does what a test tells it, octet by octet: it may hang, trickle,
 * cut, or lie.
 */
final class WildServer implements AutoCloseable {
    /** What it does with one connection. */
    @FunctionalInterface
    interface Manners {
        /**
         * Serves it; it is closed when this returns.
         *
         * @throws IOException if the far side is gone
         */
        void serve(Peer peer) throws IOException, InterruptedException;
    }

    /** A request as it came. */
    record Received(String method, String target, Map<String, String> headers, String body) {}

    private final ServerSocket socket;
    private final Manners manners;
    private final Set<Peer> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    WildServer(Manners manners) throws IOException {
        this(manners, new ServerSocket(0, 4096, InetAddress.getLoopbackAddress()));
    }

    private WildServer(Manners manners, ServerSocket socket) {
        this.manners = manners;
        this.socket = socket;
        Thread.ofPlatform().daemon().name("wild-server").start(this::accept);
    }

    /** One with https. */
    static WildServer secured(SSLContext context, boolean asksForCertificate, Manners manners)
            throws IOException {
        SSLServerSocket socket =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
        socket.setNeedClientAuth(asksForCertificate);
        return new WildServer(manners, socket);
    }

    /** One that answers each request on a connection with this, head and body. */
    static WildServer answering(String... answers) throws IOException {
        AtomicInteger next = new AtomicInteger();
        return new WildServer(
                peer -> {
                    while (peer.request() != null) {
                        peer.write(answers[Math.min(next.getAndIncrement(), answers.length - 1)]);
                    }
                });
    }

    /** An answer with its length. */
    static String answer(int status, String body, String... headers) {
        return "HTTP/1.1 "
                + status
                + " Word\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n"
                + String.join("", List.of(headers).stream().map(it -> it + "\r\n").toList())
                + "\r\n"
                + body;
    }

    int port() {
        return socket.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    /** How many connections have been opened so far. */
    int connections() {
        return connections.get();
    }

    /** How many of them the far side, or this one, has not closed. */
    int open() {
        return open.size();
    }

    /** The next request that came. */
    Received next() throws InterruptedException {
        Received next = received.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request came within 60 s");
        }
        return next;
    }

    /** How many requests came that {@link #next} has not given. */
    int waiting() {
        return received.size();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Peer peer = new Peer(socket.accept());
                connections.incrementAndGet();
                open.add(peer);
                Thread.startVirtualThread(() -> serve(peer));
            } catch (IOException e) {
                // closed, or a handshake that failed
            }
        }
    }

    private void serve(Peer peer) {
        try (Socket _ = peer.socket) {
            manners.serve(peer);
        } catch (IOException e) {
            // the far side is gone: what this server sees of it is that the connection is over
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(peer);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Peer peer : open) {
            peer.socket.close();
        }
    }

    /** The far side of one connection. */
    final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Reads a request; null: the far side has closed. */
        @Nullable Received request() throws IOException {
            List<String> head = new ArrayList<>();
            for (String line = line(); line != null && !line.isEmpty(); line = line()) {
                head.add(line);
            }
            if (head.isEmpty()) {
                return null;
            }
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line : head.subList(1, head.size())) {
                String[] parts = line.split(": ?", 2);
                headers.put(parts[0], parts[1]);
            }
            int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            String[] first = head.getFirst().split(" ", -1);
            Received request = new Received(first[0], first[1], headers, body);
            received.add(request);
            return request;
        }

        private @Nullable String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (true) {
                int octet = in.read();
                if (octet < 0) {
                    return null;
                }
                if (octet == '\n') {
                    return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
                }
                line.write(octet);
            }
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** Says nothing until the far side closes. */
        void hang() throws IOException {
            while (in.read() >= 0) {
                // whatever it says
            }
        }

        /** Cuts the connection hard: the far side sees a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
