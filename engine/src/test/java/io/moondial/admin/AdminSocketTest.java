package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.Served.Wire;
import io.moondial.config.WrittenSettings;
import io.moondial.handset.Screen;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner's socket: its place, its permissions, and what happens when things run out. */
class AdminSocketTest {
    /** More than the 50 that may wait by default, and no more than an old Linux lets wait. */
    private static final int BURST = 100;

    private static final String ASK =
            "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @TempDir Path folder;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void assertAnswers(Path socket) throws IOException {
        try (Wire wire = Served.connect(socket)) {
            wire.send(ASK);
            assertThat(wire.rest()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void the_socket_and_the_folder_that_we_make_are_their_owners_alone() throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(permissions(served.socket)).isEqualTo("rw-------");
            assertThat(permissions(folder.resolve("run/s.lock"))).isEqualTo("rw-------");
            assertThat(permissions(folder.resolve("run"))).isEqualTo("rwx------");
            try (var left = Files.list(folder.resolve("run"))) {
                assertThat(left.map(it -> it.getFileName().toString()))
                        .containsExactlyInAnyOrder("s", "s.lock");
            }
        }
        assertThat(folder.resolve("run/s")).doesNotExist();
    }

    @Test
    void a_second_one_is_told_who_has_the_socket_and_the_first_goes_on() throws Exception {
        try (Served served = new Served(folder)) {
            assertThatThrownBy(() -> new Served(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "an engine is running already with the control socket %s: process %d"
                                    .formatted(served.socket, ProcessHandle.current().pid()));
            assertAnswers(served.socket);
        }
    }

    @Test
    void the_socket_that_a_dead_process_left_is_replaced() throws Exception {
        Files.createDirectories(folder.resolve("run"));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(folder.resolve("run/s")));
        }
        try (Served served = new Served(folder)) {
            assertAnswers(served.socket);
        }
    }

    @Test
    void what_is_in_the_way_is_not_touched() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run"));
        Path file = Files.writeString(run.resolve("s"), "precious");
        assertThatThrownBy(() -> new Served(folder))
                .hasMessageContaining("is not a socket: move it away");
        assertThat(file).hasContent("precious");
        Files.delete(file);
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Files.deleteIfExists(run.resolve("s.lock"));
        Files.createSymbolicLink(run.resolve("s.lock"), precious);
        assertThatThrownBy(() -> new Served(folder))
                .hasMessageContaining("is a link or not a plain file: remove it");
        assertThat(precious).hasContent("precious");
    }

    @Test
    void a_path_that_is_too_long_is_told_with_the_limit() {
        assertThatThrownBy(() -> new Served(folder.resolve("x".repeat(120))))
                .hasMessageContaining("octets where the system allows 107: choose a shorter one");
    }

    @Test
    void a_folder_that_others_can_write_to_is_refused() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(() -> new Served(folder)).hasMessageContaining("chmod go-w it");
    }

    @Test
    void connections_beyond_the_limit_are_refused_and_places_come_free() throws Exception {
        try (Served served = new Served(folder, "idle_timeout: 1h")) {
            List<Wire> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(Served.connect(served.socket));
            }
            served.awaitCount("admin.connections", 4);
            try (Wire fifth = Served.connect(served.socket)) {
                assertThat(fifth.rest())
                        .startsWith("HTTP/1.1 503")
                        .contains("4 connections are open already", "control: max_connections");
            }
            assertThat(served.refused("connections")).isEqualTo(1);
            for (Wire wire : open) {
                wire.close();
            }
            Served.eventually(() -> assertAnswers(served.socket));
        }
    }

    @Test
    void a_process_without_file_descriptors_takes_connections_again_once_it_has_some()
            throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Counters counters = new Counters();
        Path socket = folder.resolve("run/s");
        try (SystemTime time = new SystemTime();
                AdminServer server =
                        new AdminServer(
                                socket,
                                4,
                                WrittenSettings.settings(AdminSettings.class),
                                counters,
                                time,
                                List.of(
                                        routes ->
                                                routes.open(
                                                        "/health/live",
                                                        call -> Answer.text("text/plain", "ok"))),
                                system -> {
                                    if (attempts.incrementAndGet() <= 3) {
                                        throw new IOException("Too many open files");
                                    }
                                    system.accept();
                                })) {
            assertAnswers(socket);
            assertThat(counters.value("admin.accept.failures")).isEqualTo(3);
            assertThat(server.tcpPort()).isZero();
        }
    }

    @Test
    void a_burst_of_callers_waits_until_it_is_accepted_and_each_is_answered() throws Exception {
        CountDownLatch accepts = new CountDownLatch(1);
        Path socket = folder.resolve("run/s");
        try (SystemTime time = new SystemTime();
                AdminServer server =
                        new AdminServer(
                                socket,
                                BURST,
                                WrittenSettings.settings(
                                        AdminSettings.class,
                                        "listen: 127.0.0.1:0",
                                        "max_connections_of_address: " + BURST,
                                        "max_requests: " + BURST,
                                        "idle_timeout: 1h"),
                                new Counters(),
                                time,
                                List.of(
                                        routes ->
                                                routes.open(
                                                        "/health/live",
                                                        call -> Answer.text("text/plain", "ok"))),
                                system -> {
                                    waitFor(accepts);
                                    system.accept();
                                })) {
            int port = server.tcpPort();
            List<Wire> burst = new ArrayList<>();
            try {
                // where the queue is full, a further one waits, perhaps for ever
                CompletableFuture.runAsync(
                                () -> {
                                    for (int i = 0; i < BURST; i++) {
                                        burst.add(connected(() -> Served.connect(socket)));
                                        burst.add(connected(() -> Served.connect(port)));
                                    }
                                })
                        .get(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                for (Wire wire : burst) {
                    wire.send(ASK.replace("Host: x", "Host: localhost"));
                }
                accepts.countDown();
                for (Wire wire : burst) {
                    assertThat(wire.rest()).startsWith("HTTP/1.1 200");
                }
            } finally {
                accepts.countDown();
                for (Wire wire : List.copyOf(burst)) {
                    wire.close();
                }
            }
        }
    }

    private static Wire connected(Callable<Wire> connects) {
        try {
            return connects.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Test
    void dialogs_go_on_while_the_interface_is_attacked() throws Exception {
        try (RunningEngine running =
                new RunningEngine(
                        folder,
                        "return 'x'",
                        "admin: {listen: \"127.0.0.1:0\", max_connections: 20, max_connections_of_address: 20}")) {
            int port = running.engine.admin().tcpPort();
            List<Wire> attack = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    Wire wire = Served.connect(port);
                    attack.add(wire);
                    try {
                        wire.send(
                                i % 2 == 0
                                        ? "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        : "GET / HTTP/1.1\r\nX: " + "y".repeat(100_000));
                    } catch (IOException e) {
                        assertThat(e).hasMessageMatching("(?i).*(reset|pipe).*");
                    }
                    if (i % 20 == 0) {
                        running.dial("27761234567", "*100#").next(Screen.Respond.class);
                    }
                }
                assertThat(running.engine.counters().value("dialogs.begun")).isEqualTo(10);
                await().atMost(Served.PATIENCE)
                        .until(() -> running.engine.counters().sum("admin.refused.") > 0);
                assertThat(running.engine.counters().value("admin.failures")).isZero();
            } finally {
                for (Wire wire : attack) {
                    wire.close();
                }
            }
        }
    }
}
