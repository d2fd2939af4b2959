package io.moondial.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.LeapingTime;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.core.ThrowingRunnable;

/**
 * The interface in a folder, with routes that need no engine, over TCP and at the socket; asked
 * with octets as they are written here.
 */
final class Served implements AutoCloseable {
    /** How long tests wait for what must happen. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    final Counters counters = new Counters();

    /** Limits of hours are reached by a leap only, however slow the machine is. */
    final LeapingTime time = new LeapingTime();

    final Path folder;
    final Path socket;
    final AdminServer server;

    /** What callers of {@code /v1/test/wait} wait for. */
    final CountDownLatch waiting = new CountDownLatch(1);

    /** What {@code POST /v1/test} was given. */
    final BlockingQueue<String> posted = new LinkedBlockingQueue<>();

    Served(Path folder, String... settings) throws Exception {
        this.folder = folder;
        socket = folder.resolve("run/s");
        List<String> all = new ArrayList<>(List.of(settings));
        if (all.stream().noneMatch(it -> it.startsWith("listen:"))) {
            all.add("listen: 127.0.0.1:0");
        }
        server =
                new AdminServer(
                        socket,
                        4,
                        WrittenSettings.settings(AdminSettings.class, all.toArray(String[]::new)),
                        counters,
                        time,
                        List.of(this::declare));
    }

    private void declare(Routes routes) {
        routes.get("/health/live", Role.NONE, call -> Answer.text("text/plain", "ok"));
        routes.get("/metrics", Role.VIEWER, call -> Answer.text("text/plain", "metrics"));
        routes.get(
                "/v1/test", Role.VIEWER, call -> Answer.text("text/plain", call.caller().name()));
        routes.get(
                "/v1/test/{key}",
                Role.VIEWER,
                call -> Answer.text("text/plain", "key " + call.path("key")));
        routes.post(
                "/v1/test",
                Role.OPERATOR,
                call -> {
                    posted.add(call.body().toString());
                    return Answer.json(call.body());
                });
        routes.delete("/v1/test", Role.ADMIN, call -> new Answer.Empty());
        routes.get(
                "/v1/wait",
                Role.NONE,
                call -> {
                    waiting.await();
                    return new Answer.Empty();
                });
        Routes.Action much =
                call ->
                        new Answer.Stream(
                                "application/octet-stream",
                                out -> {
                                    byte[] piece = new byte[1 << 16];
                                    while (call.mayGoOn()) {
                                        out.octets().write(piece);
                                    }
                                });
        routes.get("/v1/much", Role.NONE, much);
        routes.post("/v1/much", Role.OPERATOR, much);
        routes.post(
                "/v1/breaks/{how}",
                Role.OPERATOR,
                call ->
                        new Answer.Stream(
                                "application/octet-stream",
                                out -> {
                                    out.octets().write(new byte[1]);
                                    if (call.path("how").equals("gone")) {
                                        throw new IOException("gone on purpose");
                                    }
                                    throw new IllegalStateException("faulty on purpose");
                                }));
        routes.get(
                "/v1/broken",
                Role.NONE,
                call -> {
                    throw new IllegalStateException("broken on purpose");
                });
    }

    int port() {
        return server.tcpPort();
    }

    /** The name in Host that this is called by. */
    String host() {
        return "127.0.0.1:" + port();
    }

    long refused(String cause) {
        return counters.value("admin.refused." + cause);
    }

    /**
     * Waits until this succeeds. It may fail and be tried again, also by a connection that was
     * refused and reset before all was said.
     */
    static void eventually(ThrowingRunnable succeeds) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(succeeds);
    }

    /** Waits until the counter has this value. */
    void awaitCount(String counter, long value) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(counters.value(counter)).as(counter).isEqualTo(value));
    }

    /** A connection over TCP. */
    Wire connect() throws IOException {
        return connect(port());
    }

    /** A connection to this port of this machine. */
    static Wire connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        return new Wire(
                socket.getInputStream(), socket, octets -> socket.getOutputStream().write(octets));
    }

    /** A connection to the unix socket. */
    static Wire connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new Wire(
                Channels.newInputStream(channel),
                channel,
                octets -> channel.write(ByteBuffer.wrap(octets)));
    }

    /** What comes back over TCP for this, until the server has closed. */
    String asked(String request) throws IOException {
        try (Wire wire = connect()) {
            wire.sendWhatItTakes(request);
            return wire.rest();
        }
    }

    /** A request with these further lines of the header; the connection ends with its answer. */
    String request(String methodAndPath, String... headers) {
        return methodAndPath
                + " HTTP/1.1\r\nHost: "
                + host()
                + "\r\nConnection: close\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
                + "\r\n";
    }

    /** The same with a body of JSON. */
    String post(String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/json");
        all.add("Content-Length: " + body.getBytes(UTF_8).length);
        return request("POST " + path, all.toArray(String[]::new)) + body;
    }

    @Override
    public void close() {
        waiting.countDown();
        server.close();
        time.close();
    }

    /** Sends octets. */
    @FunctionalInterface
    private interface Sender {
        void send(byte[] octets) throws IOException;
    }

    /** A connection as octets. */
    static final class Wire implements AutoCloseable {
        private final InputStream in;
        private final Closeable connection;
        private final Sender sender;

        private Wire(InputStream in, Closeable connection, Sender sender) {
            this.in = in;
            this.connection = connection;
            this.sender = sender;
        }

        void send(String text) throws IOException {
            sender.send(text.getBytes(ISO_8859_1));
        }

        /** The same to a server that may refuse and close before it has read all of it. */
        void sendWhatItTakes(String text) throws IOException {
            try {
                send(text);
            } catch (java.net.SocketException e) {
                if (!String.valueOf(e.getMessage()).matches(".*([Rr]eset|[Bb]roken pipe).*")) {
                    throw e;
                }
            }
        }

        /** Whatever comes until the server has closed; a reset is an end too. */
        String rest() throws IOException {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            try {
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                    octets.write(piece, 0, n);
                }
            } catch (java.net.SocketException e) {
                if (!String.valueOf(e.getMessage()).contains("reset")) {
                    throw e;
                }
            }
            return octets.toString(UTF_8);
        }

        /** What comes until this is there. */
        String until(String text) throws IOException {
            StringBuilder got = new StringBuilder();
            while (got.indexOf(text) < 0) {
                int octet = in.read();
                if (octet < 0) {
                    throw new IOException("it closed after: " + got);
                }
                got.append((char) octet);
            }
            return got.toString();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
