package io.moondial.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.control.ControlSocket.ControlSettings;
import io.moondial.handset.Screen;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The socket of a whole engine, asked as the command asks it and as it should not be asked. */
class ControlSocketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String answer(SocketChannel channel) throws IOException {
        return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String asked(Path socket, String request) throws IOException {
        try (SocketChannel channel = connect(socket)) {
            send(channel, request);
            return answer(channel);
        }
    }

    @Test
    void the_socket_and_the_folder_that_we_make_are_their_owners_alone() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThat(permissions(it.socket)).isEqualTo("rw-------");
            assertThat(permissions(it.socket.resolveSibling("ussd.sock.lock")))
                    .isEqualTo("rw-------");
            Path made = folder.resolve("run");
            assertThat(permissions(made)).isEqualTo("rwx------");
            try (var left = Files.list(made)) {
                assertThat(left.map(path -> path.getFileName().toString()))
                        .containsExactlyInAnyOrder(
                                "ussd.sock",
                                "ussd.sock.http",
                                "ussd.sock.http.lock",
                                "ussd.sock.lock");
            }
        }
    }

    @Test
    void the_status_tells_of_dialogs_scripts_and_records() throws Exception {
        String lua = "if (...).text == '*1#' then return 'Bye' end ussd.menu('Well?')";
        try (RunningEngine it = new RunningEngine(folder, lua, "dialogs: {max: 2}")) {
            it.dial(null, "*1#").next(Screen.Respond.class);
            it.dial(null, "*2#").next(Screen.Menu.class);
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 1);
            try (ControlClient client = new ControlClient(it.socket)) {
                JsonNode status = client.status();
                assertThat(status.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
                assertThat(status.path("started").asString())
                        .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
                assertThat(status.path("network").asString()).isEqualTo("embedded");
                assertThat(status.path("links").isArray()).isTrue();
                JsonNode dialogs = status.path("dialogs");
                assertThat(dialogs.path("open").asInt()).isEqualTo(1);
                assertThat(dialogs.path("max").asInt()).isEqualTo(2);
                assertThat(dialogs.path("stack").asInt()).isEqualTo(1);
                assertThat(dialogs.path("begun").asInt()).isEqualTo(2);
                assertThat(dialogs.path("finished").path("responded").asInt()).isEqualTo(1);
                assertThat(status.path("scripts").toString())
                        .matches(
                                "\\[\\{\"service\":\"process\",\"key\":\"main\",\"version\":\"[0-9a-f]{8}\",\"state\":\"on\"}]");
                assertThat(status.path("edr").path(0).path("stream").asString()).isEqualTo("ussd");
                assertThat(status.path("heap").path("used").asLong()).isPositive();
                assertThat(status.path("counters").path("dialogs.begun").asInt()).isEqualTo(2);
            }
        }
    }

    @Test
    void once_the_engine_has_stopped_nothing_answers_there() throws Exception {
        Path socket;
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            socket = it.socket;
        }
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> new ControlClient(socket))
                .isInstanceOf(ControlClient.NotRunningException.class)
                .hasMessageContaining("no engine answers at " + socket)
                .hasMessageContaining("ussd serve");
    }

    @Test
    void a_second_engine_with_the_same_socket_is_told_who_has_it_and_the_first_goes_on()
            throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThatThrownBy(() -> new RunningEngine(folder, "return 'x'"))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "an engine is running already with the control socket %s: process %d"
                                    .formatted(it.socket, ProcessHandle.current().pid()));
            assertThat(asked(it.socket, "{\"verb\":\"status\"}\n")).startsWith("{\"version\"");
        }
    }

    @Test
    void the_socket_that_a_dead_process_left_is_replaced() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Path left = folder.resolve("run/ussd.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
        }
        assertThat(left).exists();
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThat(asked(it.socket, "{\"verb\":\"status\"}\n")).startsWith("{\"version\"");
        }
    }

    @Test
    void a_file_that_is_no_socket_is_not_touched() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Path file = Files.writeString(folder.resolve("run/ussd.sock"), "precious");
        assertThatThrownBy(() -> new RunningEngine(folder, "return 'x'"))
                .hasMessageContaining("is not a socket: move it away");
        assertThat(file).hasContent("precious");
    }

    @Test
    void a_path_that_is_too_long_is_told_with_the_limit() {
        String longName = "x".repeat(120);
        assertThatThrownBy(
                        () ->
                                new RunningEngine(
                                        folder,
                                        "return 'x'",
                                        "control: {socket: run/%s}".formatted(longName)))
                .hasMessageContaining("octets where the system allows 107: choose a shorter one")
                .hasMessageContaining(longName);
    }

    @Test
    void what_is_no_request_is_answered_with_an_error_and_the_socket_goes_on() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThat(asked(it.socket, "hello\n")).contains("\"error\":\"the request is no JSON");
            assertThat(asked(it.socket, "[]\n")).contains("unknown verb; there are status, trace");
            assertThat(asked(it.socket, "[".repeat(4000) + "\n")).contains("\"error\"");
            assertThat(asked(it.socket, "{\"verb\":\"trace\",\"msisdn\":\"+27\"}\n"))
                    .contains("msisdn takes the digits of a number");
            assertThat(asked(it.socket, "{\"verb\":\"trace\",\"for_ms\":-1}\n"))
                    .contains("for_ms is 1 to");
            assertThat(asked(it.socket, "{\"verb\":\"status\"}\n")).startsWith("{\"version\"");
        }
    }

    @Test
    void a_request_beyond_4096_octets_is_refused() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                SocketChannel channel = connect(it.socket)) {
            send(channel, "x".repeat(4097));
            ByteBuffer answer = ByteBuffer.allocate(200);
            channel.read(answer);
            assertThat(new String(answer.array(), StandardCharsets.UTF_8))
                    .contains("a request has at most 4096 octets");
        }
    }

    @Test
    void who_says_nothing_is_put_out_after_the_timeout() throws Exception {
        try (RunningEngine it =
                        new RunningEngine(folder, "return 'x'", "control: {timeout: 50ms}");
                SocketChannel silent = connect(it.socket)) {
            assertThat(answer(silent)).isEmpty();
        }
    }

    @Test
    void connections_beyond_the_limit_are_refused_and_counted_and_places_come_free()
            throws Exception {
        try (RunningEngine it =
                new RunningEngine(folder, "return 'x'", "control: {max_connections: 2}")) {
            List<SocketChannel> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(connect(it.socket));
            }
            await().atMost(PATIENCE)
                    .until(() -> it.engine.counters().value("control.connections") == 2);
            try (SocketChannel third = connect(it.socket)) {
                assertThat(answer(third))
                        .contains("2 connections are open already")
                        .contains("control: max_connections");
            }
            assertThat(it.engine.counters().value("control.refused")).isEqualTo(1);
            for (SocketChannel channel : waiting) {
                channel.close();
            }
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(asked(it.socket, "{\"verb\":\"status\"}\n"))
                                            .startsWith("{\"version\""));
        }
    }

    /** As one that refuses: it answers and closes before the request comes. */
    @Test
    void a_client_that_can_send_nothing_any_more_tells_the_answer_that_came_before()
            throws Exception {
        Path place = folder.resolve("full.sock");
        try (ServerSocketChannel full = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            full.bind(UnixDomainSocketAddress.of(place));
            try (ControlClient client = new ControlClient(place)) {
                try (SocketChannel refused = full.accept()) {
                    send(refused, "{\"error\":\"16 connections are open already\"}\n");
                }
                assertThatThrownBy(client::status)
                        .isInstanceOf(ControlClient.RefusedException.class)
                        .hasMessage("16 connections are open already");
            }
            try (ControlClient client = new ControlClient(place)) {
                full.accept().close();
                assertThatThrownBy(client::status)
                        .isInstanceOf(ControlClient.NotRunningException.class)
                        .hasMessageContaining("has ended instead of answering");
            }
        }
    }

    private static long alarmThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().equals("alarms"))
                .count();
    }

    @Test
    void all_clients_of_a_process_have_one_clock() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            try (ControlClient first = new ControlClient(it.socket);
                    ControlClient second = new ControlClient(it.socket);
                    ControlClient third = new ControlClient(it.socket)) {
                first.status();
                long threads = alarmThreads();
                second.status();
                third.status();
                assertThat(alarmThreads()).isEqualTo(threads);
            }
        }
    }

    @Test
    void a_process_without_file_descriptors_takes_connections_again_once_it_has_some()
            throws Exception {
        Counters counters = new Counters();
        AtomicInteger attempts = new AtomicInteger();
        UnaryOperator<ControlSocket.Listening> exhausted =
                system ->
                        () -> {
                            if (attempts.incrementAndGet() <= 3) {
                                throw new IOException("Too many open files");
                            }
                            return system.accept();
                        };
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            Path other = folder.resolve("run/other.sock");
            ControlSettings settings =
                    WrittenSettings.settings(
                            ControlSettings.class,
                            "socket: " + other,
                            "timeout: " + PATIENCE.toMillis() + "ms");
            try (ControlSocket socket =
                    new ControlSocket(settings, it.engine, counters, exhausted)) {
                assertThat(asked(other, "{\"verb\":\"status\"}\n")).startsWith("{\"version\"");
                assertThat(counters.value("control.failures")).isEqualTo(3);
                assertThat(socket).isNotNull();
            }
        }
    }

    @Test
    void a_link_in_the_place_of_the_lock_is_not_followed() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Path link = folder.resolve("run/ussd.sock.lock");
        Files.createSymbolicLink(link, precious);
        assertThatThrownBy(() -> new RunningEngine(folder, "return 'x'"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "%s is where the control socket's lock should be, and is a link or not a plain file: remove it"
                                .formatted(link));
        assertThat(precious).hasContent("precious");
    }

    @Test
    void a_folder_that_others_can_write_to_is_refused() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run"));
        for (String open : List.of("rwxrwx---", "rwxr-x-wx")) {
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString(open));
            assertThatThrownBy(() -> new RunningEngine(folder, "return 'x'"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("others than its owner can write to the folder " + run)
                    .hasMessageContaining("chmod go-w");
        }
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void a_folder_in_one_that_everybody_can_write_to_is_refused() throws Exception {
        Path open = Files.createDirectories(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        String rules = "control: {socket: open/run/ussd.sock}";
        assertThatThrownBy(() -> new RunningEngine(folder, "return 'x'", rules))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("everybody can write to the folder " + open);

        Files.setAttribute(open, "unix:mode", 01777); // as /tmp is
        try (RunningEngine it = new RunningEngine(folder, "return 'x'", rules)) {
            assertThat(asked(it.socket, "{\"verb\":\"status\"}\n")).startsWith("{\"version\"");
        }
    }
}
