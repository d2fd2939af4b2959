package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.Served.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody should send: refused, counted, and nothing else notices. */
class HostileRequestsTest {
    @TempDir Path folder;

    private static void assertServes(Served served) throws IOException {
        assertThat(served.asked(served.request("GET /health/live"))).startsWith("HTTP/1.1 200");
    }

    /** A request as it is written here, by a caller who may do everything. */
    private static String asked(Served served, String shape, String token) throws IOException {
        return served.asked(
                shape.replace("HOST", served.host())
                        .replaceAll(
                                "(HTTP/[19]\\.[19])(\r?\n)",
                                "$1$2Authorization: Bearer " + token + "$2"));
    }

    private Served servedFor(Path users, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("users: " + users);
        return new Served(folder, all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
            })
    void what_can_be_read_in_one_way_only_is_taken(String shape) throws Exception {
        Path users = folder.resolve("users");
        String token = new UsersFile(users).addToken("root", Role.ADMIN);
        try (Served served = servedFor(users)) {
            assertThat(asked(served, shape, token)).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /v1/test HTTP/1.1\r\nHost: HOST\r\n\r\n",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}!",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2, 2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: +2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: -2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2 2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length : 2\r\n\r\n{}",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "POST /v1/test HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding:\u000bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n",
                "GET /v1/test HTTP/1.1\nHost: HOST\n\n",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nHost: other\r\n\r\n",
                "GET /v1/test HTTP/1.1\r\n\r\n",
                "GET http://other/v1/test HTTP/1.1\r\nHost: HOST\r\n\r\n",
                "GET /v1/test\r\n",
                "GET /v1/test HTTP/9.9\r\nHost: HOST\r\n\r\n",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nno colon\r\n\r\n",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nX: a\u0000b\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                "TRACE /v1/test HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello",
                "GET /v1/test HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void what_two_servers_could_read_differently_is_refused_and_the_connection_ends(String shape)
            throws Exception {
        Path users = folder.resolve("users");
        String token = new UsersFile(users).addToken("root", Role.ADMIN);
        try (Served served = servedFor(users, "idle_timeout: 1h")) {
            String answer = asked(served, shape, token);
            // not 401: that would say nothing of how the request was read
            assertThat(answer).matches("(?s)HTTP/1.1 (4(?!01)[0-9][0-9]|50[15]) .*");
            assertThat(answer.split("HTTP/1.1 ", -1)).as("one answer").hasSize(2);
            assertThat(served.posted).isEmpty();
            assertServes(served);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/test/../../etc/passwd",
                "/v1/test/%2e%2e/%2e%2e/etc/passwd",
                "/v1/test/..%2f..%2fetc%2fpasswd",
                "/v1/test/..%5c..%5cetc",
                "/v1/test/%2e",
                "/v1/test/a%2fb",
                "/v1/test/a;b=c",
                "/v1/test/%00",
                "/v1/test/%0d%0aX:%20y",
                "/v1//test",
                "//etc/passwd",
                "/v1/test/",
                "/v1/test/%c0%ae%c0%ae",
                "/v1/test/%e0%80%af",
                "/v1/test/%ff",
                "/v1/test/%",
                "/v1/test/%zz",
                "/v1/test/%u002e",
                "/v1/test/\u00e4",
                "/lib/../../etc/passwd",
                "/lib/lit-html/../uplot/README.md",
                "/lib/%2e%2e/x.js",
                "/.git/config.txt",
                "/console.js/.."
            })
    void a_path_that_leads_elsewhere_leads_nowhere(String path) throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(served.asked(served.request("GET " + path)))
                    .matches("(?s)HTTP/1.1 40[04] .*");
            assertServes(served);
        }
    }

    @Test
    void a_header_or_a_path_that_is_too_long_is_refused_and_counted() throws Exception {
        try (Served served = new Served(folder)) {
            String much = "x".repeat(1 << 20);
            assertThat(served.asked(served.request("GET /health/live", "X: " + much)))
                    .matches("(?s)(HTTP/1.1 431 .*)?");
            assertThat(served.asked(served.request("GET /" + "x".repeat(5000))))
                    .startsWith("HTTP/1.1 414");
            assertThat(served.asked(served.request("GET /" + much)))
                    .matches("(?s)(HTTP/1.1 4[13][41] .*)?");
            assertThat(served.refused("header") + served.refused("uri")).isEqualTo(3);
            assertServes(served);
        }
    }

    @Test
    void a_body_beyond_the_limit_is_refused_whether_its_length_is_given_or_not() throws Exception {
        try (Served served = new Served(folder, "max_body: 1KiB")) {
            try (Wire wire = Served.connect(served.socket)) {
                wire.send("POST /v1/test HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
                assertThat(wire.rest()).startsWith("HTTP/1.1 413").contains("admin: max_body");
            }
            try (Wire wire = Served.connect(served.socket)) {
                wire.send(
                        "POST /v1/test HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"
                                + "x".repeat(4096)
                                + "\r\n");
                assertThat(wire.rest()).startsWith("HTTP/1.1 413");
            }
            assertThat(served.refused("body")).isEqualTo(2);
            assertThat(served.posted).isEmpty();
            assertServes(served);
        }
    }

    @Test
    void who_sends_all_of_a_body_before_he_reads_gets_to_the_refusal() throws Exception {
        Path users = folder.resolve("users");
        String token = new UsersFile(users).addToken("root", Role.ADMIN);
        String piece = "x".repeat(1 << 20);
        try (Served served = servedFor(users, "max_body: 1KiB", "body_timeout: 1h")) {
            String post = "POST /v1/test HTTP/1.1\r\nHost: %s\r\n".formatted(served.host());
            String bearer = "Authorization: Bearer " + token + "\r\n";
            for (String headers : List.of(bearer, "")) {
                try (Wire wire = served.connect()) {
                    wire.send(post + headers + "Content-Length: %d\r\n\r\n".formatted(40 << 20));
                    for (int i = 0; i < 40; i++) {
                        wire.send(piece);
                    }
                    assertThat(wire.rest())
                            .startsWith(headers.isEmpty() ? "HTTP/1.1 401" : "HTTP/1.1 413");
                }
            }
            try (Wire wire = served.connect()) {
                wire.send(post + bearer + "Transfer-Encoding: chunked\r\n\r\n");
                for (int i = 0; i < 40; i++) {
                    wire.send("%x\r\n%s\r\n".formatted(piece.length(), piece));
                }
                wire.send("0\r\n\r\n");
                assertThat(wire.rest()).startsWith("HTTP/1.1 413");
            }
            assertThat(served.posted).isEmpty();
            assertServes(served);
        }
    }

    @Test
    void who_sends_a_refused_body_for_ever_is_cut_off_by_its_size_and_by_its_time()
            throws Exception {
        try (Served served =
                new Served(folder, "max_body: 1KiB", "idle_timeout: 1h", "body_timeout: 1h")) {
            String post =
                    "POST /v1/test HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n";
            try (Wire much = Served.connect(served.socket)) {
                much.send(post);
                String piece = "x".repeat(1 << 20);
                assertThatThrownBy(
                                () -> {
                                    for (int i = 0; i < 200; i++) {
                                        much.send(piece);
                                    }
                                })
                        .isInstanceOf(IOException.class);
            }
            assertThat(served.refused("slow_body")).isZero();
            try (Wire slow = Served.connect(served.socket)) {
                slow.send(post);
                slow.until("admin: max_body");
                sendUntilClosed(served, slow, "x", Duration.ofMinutes(20));
            }
            served.awaitCount("admin.refused.slow_body", 1);
            assertServes(served);
        }
    }

    /** Sends this again and again, with so much time between, until the server has closed. */
    private static void sendUntilClosed(Served served, Wire wire, String text, Duration between) {
        await().atMost(Served.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            try {
                                wire.send(text);
                            } catch (IOException e) {
                                return true;
                            }
                            served.time.leap(between);
                            return false;
                        });
    }

    @Test
    void who_says_nothing_is_put_out_and_so_is_who_says_it_bit_by_bit() throws Exception {
        try (Served served = new Served(folder, "idle_timeout: 1h")) {
            try (Wire silent = served.connect()) {
                served.awaitCount("admin.connections", 1);
                served.time.leap(Duration.ofHours(2));
                assertThat(silent.rest()).isEmpty();
            }
            assertThat(served.counters.value("admin.idle_closed")).isEqualTo(1);
            try (Wire slow = served.connect()) {
                slow.send("GET /health/live HTTP/1.1\r\n");
                served.awaitCount("admin.connections", 2);
                sendUntilClosed(served, slow, "X: y\r\n", Duration.ofMinutes(20));
            }
            // which of the two is said by what the server has read when the time is over
            assertThat(served.refused("slow_request") + served.counters.value("admin.idle_closed"))
                    .isEqualTo(2);
            assertServes(served);
        }
    }

    @Test
    void a_body_that_never_ends_is_cut_off() throws Exception {
        try (Served served = new Served(folder, "idle_timeout: 1h", "body_timeout: 1h");
                Wire slow = Served.connect(served.socket)) {
            slow.send("POST /v1/test HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            served.awaitCount("admin.requests", 1); // before that, it is the request that is slow
            sendUntilClosed(served, slow, "1\r\nx\r\n", Duration.ofMinutes(20));
            assertThat(served.refused("slow_body")).isEqualTo(1);
            assertServes(served);
        }
    }

    @Test
    void a_caller_who_reads_nothing_is_cut_off() throws Exception {
        try (Served served = new Served(folder, "idle_timeout: 1h", "write_timeout: 1h");
                Wire wire = served.connect()) {
            wire.send(served.request("GET /v1/much"));
            served.awaitCount("admin.requests", 1); // before that, it is the request that is slow
            await().atMost(Served.PATIENCE)
                    .until(
                            () -> {
                                served.time.leap(Duration.ofMinutes(20));
                                return served.refused("slow_reader") > 0;
                            });
            assertServes(served);
            assertThat(served.refused("slow_reader")).as("the same caller again").isEqualTo(1);
        }
    }

    @Test
    void a_thousand_connections_that_say_nothing_keep_nobody_else_out_for_long() throws Exception {
        List<Wire> idle = new ArrayList<>();
        try (Served served =
                new Served(
                        folder,
                        "idle_timeout: 1h",
                        "max_connections: 50",
                        "max_connections_of_address: 50")) {
            for (int i = 0; i < 1000; i++) {
                idle.add(served.connect());
            }
            // A handshake can be lost where many wait to be accepted. Among those that are not,
            // 50 are admitted, and each further one is refused.
            await().atMost(Served.PATIENCE).until(() -> served.refused("connections") > 0);
            served.awaitCount("admin.connections", 50);
            // the owner has room of his own
            try (Wire owner = Served.connect(served.socket)) {
                owner.send("GET /v1/test HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                assertThat(owner.rest()).startsWith("HTTP/1.1 200").endsWith("local");
            }
            Served.eventually(
                    () -> {
                        served.time.leap(Duration.ofHours(2)); // those that had to wait came later
                        assertServes(served);
                    });
            assertThat(served.counters.value("admin.idle_closed")).isGreaterThanOrEqualTo(50);
        } finally {
            for (Wire wire : idle) {
                wire.close();
            }
        }
    }

    @Test
    void one_address_cannot_have_all_connections() throws Exception {
        try (Served served =
                new Served(folder, "idle_timeout: 1h", "max_connections_of_address: 2")) {
            try (Wire first = served.connect();
                    Wire second = served.connect()) {
                assertThat(List.of(first, second)).hasSize(2);
                served.awaitCount("admin.connections", 2);
                try (Wire third = served.connect()) {
                    assertThat(third.rest())
                            .startsWith("HTTP/1.1 503")
                            .contains("admin: max_connections_of_address");
                }
            }
            assertThat(served.refused("connections_of_address")).isEqualTo(1);
            Served.eventually(() -> assertServes(served));
        }
    }

    @Test
    void who_owes_a_body_takes_no_place_from_others() throws Exception {
        try (Served served =
                        new Served(
                                folder, "idle_timeout: 1h", "max_requests: 1", "body_timeout: 1h");
                Wire slow = served.connect()) {
            slow.send(
                    served.request(
                            "POST /v1/session",
                            "Content-Type: application/json",
                            "Content-Length: 100"));
            served.awaitCount("admin.requests", 1);
            assertThat(served.asked(served.request("GET /health/live"))).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void requests_beyond_those_that_may_be_under_way_are_refused() throws Exception {
        try (Served served = new Served(folder, "max_requests: 1");
                Wire first = served.connect()) {
            first.send(served.request("GET /v1/wait"));
            served.awaitCount("admin.requests", 1);
            Served.eventually(
                    () ->
                            assertThat(served.asked(served.request("GET /health/live")))
                                    .startsWith("HTTP/1.1 503")
                                    .contains("admin: max_requests"));
            served.waiting.countDown();
            assertThat(first.rest()).startsWith("HTTP/1.1 204");
            assertServes(served);
        }
    }

    @Test
    void a_fault_of_the_engine_is_an_answer_and_no_more() throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(served.asked(served.request("GET /v1/broken")))
                    .startsWith("HTTP/1.1 500")
                    .contains("its log says why")
                    .doesNotContain("on purpose");
            assertThat(served.counters.value("admin.failures")).isEqualTo(1);
            assertServes(served);
        }
    }

    @Test
    void each_answer_says_what_a_browser_may_do_with_it() throws Exception {
        try (Served served = new Served(folder)) {
            for (String path : List.of("/", "/health/live", "/v1/nothing", "/v1//x")) {
                assertThat(served.asked(served.request("GET " + path)))
                        .as(path)
                        .contains(
                                "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
                                "X-Content-Type-Options: nosniff",
                                "Referrer-Policy: no-referrer")
                        .doesNotContain("Access-Control-Allow", "Server:");
            }
        }
    }
}
