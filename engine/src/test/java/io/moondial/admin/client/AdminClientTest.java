package io.moondial.admin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.admin.client.AdminClient.EventTaker;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.admin.client.AdminClient.Streamed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The client at far ends that are none, or not well. */
class AdminClientTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path folder;

    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private Path socket;
    private ServerSocketChannel listening;

    /** What the far end does with a connection, once a request has come. */
    private interface FarEnd {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("s");
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws Exception {
        over.countDown();
        listening.close();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private AdminClient client(FarEnd farEnd) {
        threads.add(Thread.ofPlatform().daemon().start(() -> serve(farEnd)));
        return AdminClient.local(new AdminClient.Place(socket, "--socket")).within(PATIENCE);
    }

    private void serve(FarEnd farEnd) {
        try (SocketChannel channel = listening.accept()) {
            InputStream in = Channels.newInputStream(channel);
            int newLines = 0;
            for (int octet = in.read(); newLines < 2; octet = in.read()) {
                newLines = octet == '\n' ? newLines + 1 : octet == '\r' ? newLines : 0;
                if (newLines == 2) {
                    break;
                }
            }
            farEnd.answer(Channels.newOutputStream(channel));
        } catch (IOException | InterruptedException e) {
            // the client was faster; what it says of that is what the test looks at
            assertThat(e).isNotNull();
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body);
    }

    private static void assertNotRunning(ThrowingCallable asks, String... says) {
        assertThatThrownBy(asks)
                .isInstanceOf(NotRunningException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(says));
    }

    @Test
    void an_answer_comes_as_json() throws Exception {
        try (AdminClient client = client(out -> say(out, ok("{\"a\":1}")))) {
            assertThat(client.get("/v1/status").answer().path("a").asInt()).isEqualTo(1);
        }
    }

    @Test
    void nobody_listens() throws Exception {
        listening.close();
        try (AdminClient client = AdminClient.local(new AdminClient.Place(socket, "--socket"))) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "no engine answers at " + socket + " (--socket): ",
                    "Connection refused",
                    "; start one with: ussd serve");
        }
        Files.delete(socket);
        try (AdminClient client = AdminClient.local(new AdminClient.Place(socket, "--socket"))) {
            assertNotRunning(() -> client.get("/v1/status").answer(), "No such file or directory");
        }
    }

    @Test
    void nobody_listens_on_tcp() throws Exception {
        try (AdminClient client = AdminClient.remote(URI.create("http://127.0.0.1:1"), "t", null)) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "no engine answers at http://127.0.0.1:1: Connection refused");
        }
    }

    /**
     * Nobody accepts, and the listen queue is full: the network does not answer a further one.
     * Where an operating system takes it all the same, its request is not answered.
     */
    @Test
    void a_connection_that_does_not_come_about_is_no_interrupt() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<SocketChannel> waiting = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    SocketChannel one = SocketChannel.open();
                    waiting.add(one);
                    one.configureBlocking(false);
                    one.connect(full.getLocalSocketAddress());
                }
                URI there = URI.create("http://127.0.0.1:" + full.getLocalPort());
                try (AdminClient client =
                        AdminClient.remote(there, null, null).connecting(Duration.ofMillis(300))) {
                    assertNotRunning(
                            () -> client.get("/v1/status").within(Duration.ofSeconds(2)).answer(),
                            "at " + there);
                }
            } finally {
                for (SocketChannel one : waiting) {
                    one.close();
                }
            }
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void a_refusal_says_why() throws Exception {
        String body = "{\"error\":\"this needs the role operator\"}";
        try (AdminClient client =
                client(
                        out ->
                                say(
                                        out,
                                        "HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s"
                                                .formatted(body.length(), body)))) {
            assertThatThrownBy(() -> client.post("/v1/reload").answer())
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("this needs the role operator")
                    .extracting(it -> ((RefusedException) it).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void another_program_is_told_from_an_engine() throws Exception {
        try (AdminClient client = client(out -> say(out, "220 mail.example.org ESMTP\r\n"))) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "what answers at " + socket,
                    "is another program, or an engine of another version");
        }
    }

    @Test
    void an_engine_with_the_old_line_protocol_is_of_another_version() throws Exception {
        try (AdminClient client =
                client(out -> say(out, "{\"error\":\"the request is no JSON\"}\n"))) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(), "an engine of another version");
        }
    }

    @Test
    void another_web_server_is_told_from_an_engine() throws Exception {
        try (AdminClient client =
                client(
                        out ->
                                say(
                                        out,
                                        "HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>"))) {
            assertNotRunning(() -> client.get("/v1/status").answer(), "another program", "no JSON");
        }
    }

    @Test
    void an_answer_that_is_cut_in_the_middle_is_none() throws Exception {
        try (AdminClient client =
                client(out -> say(out, ok("{\"a\":1}").replace("Length: 7", "Length: 70")))) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "the engine at " + socket,
                    "has ended instead of answering: the connection ended");
        }
    }

    @Test
    void a_connection_that_ends_without_an_answer_is_none() throws Exception {
        try (AdminClient client = client(out -> {})) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "has ended instead of answering: the connection ended");
        }
    }

    @Test
    void an_answer_that_never_comes_is_not_waited_for_for_ever() throws Exception {
        try (AdminClient client = client(out -> over.await())) {
            assertNotRunning(
                    () -> client.get("/v1/status").within(Duration.ofMillis(50)).answer(),
                    "the engine at " + socket,
                    "has not answered within 50 ms");
        }
    }

    @Test
    void an_answer_that_never_ends_is_not_waited_for_for_ever() throws Exception {
        try (AdminClient client =
                client(
                        out -> {
                            say(out, ok("{").replace("Length: 1", "Length: 9"));
                            over.await();
                        })) {
            assertNotRunning(
                    () -> client.get("/v1/status").within(Duration.ofMillis(200)).answer(),
                    "has not answered within 200 ms");
        }
    }

    @Test
    void an_answer_without_bounds_is_given_up() throws Exception {
        try (AdminClient client =
                client(
                        out -> {
                            say(out, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
                            byte[] much = new byte[1 << 16];
                            for (int i = 0; i < 1 << 14; i++) {
                                out.write(much);
                            }
                        })) {
            assertNotRunning(
                    () -> client.get("/v1/status").answer(),
                    "its answer has more than 16777216 octets");
        }
    }

    @Test
    void events_come_one_by_one_until_the_taker_has_enough() throws Exception {
        List<String> taken = new ArrayList<>();
        try (AdminClient client =
                client(
                        out -> {
                            say(
                                    out,
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hello\n\n");
                            say(out, "event: dialog\ndata: {\"a\":1}\n\n");
                            say(out, "event: lost\ndata: {\"count\":2}\n\n");
                            over.await();
                        })) {
            client.get("/v1/events")
                    .events(
                            (name, data) -> {
                                taken.add(name + data);
                                return taken.size() < 2;
                            });
        }
        assertThat(taken).containsExactly("dialog{\"a\":1}", "lost{\"count\":2}");
    }

    @Test
    void a_taker_of_events_hears_that_they_begin_before_the_first() throws Exception {
        List<String> taken = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        try (AdminClient client =
                client(
                        out -> {
                            say(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n: hello\n\n");
                            begun.await();
                            say(out, "event: dialog\ndata: {}\n\n");
                            over.await();
                        })) {
            client.get("/v1/events")
                    .events(
                            new EventTaker() {
                                @Override
                                public boolean begun() {
                                    taken.add("begun");
                                    begun.countDown();
                                    return true;
                                }

                                @Override
                                public boolean take(String name, JsonNode data) {
                                    taken.add(name);
                                    return false;
                                }
                            });
        }
        assertThat(taken).containsExactly("begun", "dialog");
    }

    @Test
    void a_taker_that_knows_all_as_events_begin_takes_none() throws Exception {
        try (AdminClient client =
                client(
                        out -> {
                            say(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n: hello\n\n");
                            over.await();
                        })) {
            client.get("/v1/events")
                    .events(
                            new EventTaker() {
                                @Override
                                public boolean begun() {
                                    return false;
                                }

                                @Override
                                public boolean take(String name, JsonNode data) {
                                    throw new AssertionError(name);
                                }
                            });
        }
        assertThat(over.getCount()).as("it did not wait for the end").isEqualTo(1);
    }

    @Test
    void the_end_of_the_engine_ends_events() throws Exception {
        try (AdminClient client =
                client(
                        out ->
                                say(
                                        out,
                                        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n: hello\n\n"))) {
            assertNotRunning(
                    () -> client.get("/v1/events").events((name, data) -> true),
                    "has ended instead of answering: the connection ended");
        }
    }

    @Test
    void an_event_without_bounds_is_given_up() throws Exception {
        try (AdminClient client =
                client(
                        out -> {
                            say(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: ");
                            for (int i = 0; i < 1 << 10; i++) {
                                out.write("x".repeat(1 << 14).getBytes(StandardCharsets.UTF_8));
                            }
                        })) {
            assertNotRunning(
                    () -> client.get("/v1/events").events((name, data) -> true),
                    "an event has more than 4194304 characters");
        }
    }

    @Test
    void a_stream_that_is_cut_off_says_so_at_its_end() throws Exception {
        try (AdminClient client =
                        client(
                                out ->
                                        say(
                                                out,
                                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"));
                Streamed stream = client.post("/v1/traces").stream()) {
            assertThat(stream.in().readNBytes(5)).hasSize(5);
            assertThatThrownBy(() -> stream.in().readAllBytes()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> stream.trailer("Trace-Messages"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_file_without_certificates_is_told() throws Exception {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "");
        assertThatThrownBy(() -> AdminClient.remote(URI.create("https://localhost:1"), null, empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a PEM file is expected");
    }

    @Test
    void a_file_of_certificates_that_has_no_end_is_told() {
        Path endless = Path.of("/dev/zero");
        assertThatThrownBy(
                        () -> AdminClient.remote(URI.create("https://localhost:1"), null, endless))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "/dev/zero has more than 1048576 octets: a PEM file of certificates is expected");
    }
}
