package io.moondial.modules.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.modules.http.Exchange.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many calls get through to an upstream: attempts, breaker, permits, reload and stop. */
class UpstreamLimitsTest {
    private static final String GOOD = WildServer.answer(200, "good");

    @Test
    void what_may_be_sent_again_is_and_all_else_is_not() throws Exception {
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(503, "later"), WildServer.answer(200, "good"));
                HttpBench bench = HttpBench.of(server)) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            server.next();
            assertThat(HttpBench.shown(HttpBench.outcome(call))).isEqualTo("200 good");
        }
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(503, "later"), WildServer.answer(200, "good"));
                HttpBench bench = HttpBench.of(server)) {
            assertThat(HttpBench.shown(bench.call("POST", "/x"))).isEqualTo("503 later");
            assertThat(server.waiting()).isEqualTo(1);
        }
        try (WildServer server = WildServer.answering(WildServer.answer(500, "wrong"));
                HttpBench bench = HttpBench.of(server)) {
            assertThat(bench.get("/x")).isEqualTo("500 wrong");
            assertThat(server.waiting()).isEqualTo(1);
        }
        try (WildServer server = WildServer.answering(WildServer.answer(503, "later"));
                HttpBench bench = HttpBench.of(server, "retry: {attempts: 3}")) {
            assertThat(bench.get("/x")).isEqualTo("503 later");
            assertThat(server.waiting()).isEqualTo(4);
        }
    }

    @Test
    void an_attempt_that_cannot_connect_does_not_hide_that_one_before_it_was_answered()
            throws Exception {
        try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpBench bench =
                        new HttpBench(
                                HttpBench.patient(
                                        "http://127.0.0.1:" + once.getLocalPort(),
                                        "retry: {attempts: 2}"))) {
            Thread.startVirtualThread(() -> answerOnce(once));
            assertThat(HttpBench.shown(bench.call("PUT", "/payments/1"))).isEqualTo("504 late");
        }
    }

    private static String answerTo(
            String method, boolean repeatable, WildServer.Manners manners, String on)
            throws Exception {
        try (WildServer server = new WildServer(manners);
                HttpBench bench = HttpBench.of(server, "retry: {attempts: 2, on: [" + on + "]}")) {
            Exchange.Request asked = HttpBench.request(method, "/payments/1");
            return HttpBench.shown(
                    HttpBench.outcome(
                            bench.running.call(
                                    new Exchange.Request(
                                            asked.upstream(),
                                            asked.method(),
                                            asked.target(),
                                            asked.headers(),
                                            asked.body(),
                                            null,
                                            repeatable,
                                            asked.longest(),
                                            asked.instanceId()))));
        }
    }

    /** One answer for each connection, which then ends; an empty one only ends it. */
    private static WildServer.Manners inTurn(String... answers) {
        AtomicInteger next = new AtomicInteger();
        return peer -> {
            if (peer.request() != null) {
                peer.write(answers[Math.min(next.getAndIncrement(), answers.length - 1)]);
            }
        };
    }

    @Test
    void a_refused_second_attempt_does_not_hide_that_the_first_may_have_made_the_change()
            throws Exception {
        String late = WildServer.answer(504, "late", "Connection: close");
        String twice = WildServer.answer(409, "twice", "Connection: close");
        String done = WildServer.answer(201, "done", "Connection: close");
        String busy = WildServer.answer(429, "busy", "Connection: close");
        assertThat(answerTo("POST", true, inTurn(late, twice), "\"504\"")).isEqualTo("504 late");
        assertThat(answerTo("DELETE", true, inTurn(late, twice), "\"504\"")).isEqualTo("504 late");
        assertThat(answerTo("POST", true, inTurn("", twice), "closed"))
                .startsWith("closed: billing: ");
        assertThat(answerTo("POST", true, inTurn(late, late, done), "\"504\""))
                .isEqualTo("201 done");
        assertThat(answerTo("POST", true, inTurn(busy, twice), "\"429\""))
                .as("nothing was in doubt")
                .isEqualTo("409 twice");
        assertThat(answerTo("GET", true, inTurn(late, twice), "\"504\""))
                .as("nothing is changed")
                .isEqualTo("409 twice");
    }

    /** Afterwards nobody listens there. */
    private static void answerOnce(ServerSocket server) {
        try (Socket peer = server.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8))) {
            server.close();
            for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
                line = in.readLine();
            }
            peer.getOutputStream()
                    .write(WildServer.answer(504, "late", "Connection: close").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void no_attempt_begins_that_the_time_of_the_call_has_no_room_for() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    while (peer.request() != null) {
                                        answering.await();
                                        peer.write(WildServer.answer(503, "later"));
                                    }
                                });
                HttpBench bench = HttpBench.of(server, "retry: {attempts: 5}")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            server.next();
            bench.time.leap(Duration.ofMinutes(5).minusMillis(49));
            answering.countDown();
            assertThat(HttpBench.outcome(call).word()).isIn("5xx", "timeout");
            assertThat(server.waiting()).isZero();
        }
    }

    @Test
    void the_breaker_opens_lets_one_call_try_and_closes() throws Exception {
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(500, ""),
                                WildServer.answer(200, ""),
                                WildServer.answer(500, ""),
                                WildServer.answer(500, ""),
                                WildServer.answer(500, ""),
                                WildServer.answer(200, "good"));
                HttpBench bench =
                        HttpBench.of(server, "breaker: {failures: 75%, of: 4, open_for: 10m}")) {
            for (int i = 0; i < 4; i++) {
                assertThat(bench.breaker()).isEqualTo("closed");
                bench.get("/x");
            }
            assertThat(bench.breaker()).isEqualTo("open");
            assertThat(bench.get("/x"))
                    .startsWith("open: billing: the breaker is open for another ");
            assertThat(server.waiting()).isEqualTo(4);
            bench.time.leap(Duration.ofMinutes(10));
            assertThat(bench.breaker()).isEqualTo("half_open");
            assertThat(bench.get("/x")).startsWith("500");
            assertThat(bench.breaker()).isEqualTo("open");
            bench.time.leap(Duration.ofMinutes(10));
            assertThat(bench.get("/x")).isEqualTo("200 good");
            assertThat(bench.breaker()).isEqualTo("closed");
        }
    }

    @Test
    void a_probe_that_nobody_waits_for_any_more_gives_way_to_the_next() throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    while (true) {
                                        WildServer.Received request = peer.request();
                                        if (request == null) {
                                            return;
                                        }
                                        if (request.target().equals("/hang")) {
                                            peer.hang();
                                        }
                                        peer.write(
                                                WildServer.answer(
                                                        request.target().equals("/bad") ? 500 : 200,
                                                        "x"));
                                    }
                                });
                HttpBench bench =
                        HttpBench.of(server, "breaker: {of: 1, open_for: 10m}", "timeout: 5m")) {
            bench.get("/bad");
            bench.time.leap(Duration.ofMinutes(10));
            CompletableFuture<Outcome> probe = bench.begin("GET", "/hang");
            assertThat(bench.get("/good"))
                    .isEqualTo(
                            "open: billing: the breaker is half open, and a call that tries the service is under way");
            probe.cancel(true);
            assertThat(bench.get("/good")).isEqualTo("200 x");
            assertThat(bench.breaker()).isEqualTo("closed");
        }
    }

    @Test
    void a_timeout_counts_for_the_breaker() throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.hang();
                                });
                HttpBench bench = HttpBench.of(server, "breaker: {of: 1}", "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            server.next();
            bench.time.leap(Duration.ofMinutes(5));
            HttpBench.outcome(call);
            assertThat(bench.breaker()).isEqualTo("open");
        }
    }

    @Test
    void thousands_of_calls_at_once_get_through_or_are_refused_at_once() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    while (peer.request() != null) {
                                        answering.await();
                                        peer.write(GOOD);
                                    }
                                });
                HttpBench bench =
                        HttpBench.of(
                                server,
                                "timeout: 10m",
                                "connect_timeout: 1m",
                                "max_concurrent: 500")) {
            List<CompletableFuture<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                calls.add(bench.begin("GET", "/" + i));
            }
            assertThat(calls.stream().filter(CompletableFuture::isDone)).hasSize(9_500);
            assertThat(bench.inFlight()).isEqualTo(500);
            answering.countDown();
            int good = 0;
            for (CompletableFuture<Outcome> call : calls) {
                String word = HttpBench.outcome(call).word();
                assertThat(word).isIn("2xx", "busy");
                good += word.equals("2xx") ? 1 : 0;
            }
            assertThat(good).isEqualTo(500);
            assertThat(server.connections()).isLessThanOrEqualTo(500);
            await().atMost(HttpBench.PATIENCE).until(() -> bench.inFlight() == 0);
        }
    }

    @Test
    void a_reload_swaps_what_changed_and_hurts_no_call_under_way() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        try (WildServer old =
                        new WildServer(
                                peer -> {
                                    while (peer.request() != null) {
                                        answering.await();
                                        peer.write(WildServer.answer(200, "old"));
                                    }
                                });
                WildServer fresh = WildServer.answering(WildServer.answer(200, "new"));
                HttpBench bench = HttpBench.of(old, "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            old.next();
            bench.reload(HttpBench.billing(fresh.url()));
            assertThat(bench.get("/x")).isEqualTo("200 new");
            assertThat(call).isNotDone();
            answering.countDown();
            assertThat(HttpBench.shown(HttpBench.outcome(call))).isEqualTo("200 old");
            await().atMost(HttpBench.PATIENCE).until(() -> old.open() == 0);
            bench.reload(HttpBench.billing(fresh.url()) + "  crm: {url: \"http://localhost\"}\n");
            assertThat(bench.get("/x")).isEqualTo("200 new");
            assertThat(fresh.connections()).as("billing did not change").isEqualTo(1);
            assertThat(bench.running.names()).containsExactly("billing", "crm");
        }
    }

    @Test
    void a_stop_ends_all_and_leaves_neither_connections_nor_threads() throws Exception {
        try (WildServer server =
                new WildServer(
                        peer -> {
                            while (true) {
                                WildServer.Received request = peer.request();
                                if (request == null) {
                                    return;
                                }
                                if (request.target().equals("/hang")) {
                                    peer.hang();
                                }
                                peer.write(GOOD);
                            }
                        })) {
            HttpBench bench = HttpBench.of(server, "timeout: 5m");
            bench.get("/idle");
            CompletableFuture<Outcome> call = bench.begin("GET", "/hang");
            server.next();
            server.next();
            bench.close();
            assertThat(HttpBench.shown(HttpBench.outcome(call)))
                    .isEqualTo("closed: billing: the engine stops, so the call ends");
            await().atMost(HttpBench.PATIENCE)
                    .until(() -> server.open() == 0 && !HttpBench.hasThreads());
        }
    }

    @Test
    void a_stop_reaches_a_call_of_an_upstream_that_the_rules_do_not_have_any_more()
            throws Exception {
        try (WildServer old =
                        new WildServer(
                                peer -> {
                                    if (peer.request() != null) {
                                        peer.hang();
                                    }
                                });
                WildServer fresh = WildServer.answering(GOOD)) {
            HttpBench bench = HttpBench.of(old, "timeout: 5m");
            CompletableFuture<Outcome> call = bench.begin("GET", "/hang");
            old.next();
            bench.reload(HttpBench.billing(fresh.url()));
            bench.get("/x");
            bench.reload(HttpBench.billing(fresh.url()) + "  crm: {url: \"http://localhost\"}\n");
            assertThat(call).isNotDone();
            bench.close();
            assertThat(HttpBench.shown(HttpBench.outcome(call)))
                    .isEqualTo("closed: billing: the engine stops, so the call ends");
            await().atMost(HttpBench.PATIENCE)
                    .until(() -> old.open() == 0 && !HttpBench.hasThreads());
        }
    }
}
