package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One upstream against servers that do all that a server can do wrong. */
class UpstreamTest {
    private static final String GOOD = WildServer.answer(200, "good");

    /** What the far side does to one GET, and what is made of it. */
    private static String answerOf(WildServer.Manners manners, String... keys) throws Exception {
        try (WildServer server = new WildServer(manners);
                HttpBench bench = HttpBench.of(server, keys)) {
            String answer = bench.get("/x");
            bench.assertNothingIsLeft(server);
            return answer;
        }
    }

    private static WildServer.Manners once(String answer) {
        return peer -> {
            peer.request();
            peer.write(answer);
        };
    }

    @Test
    void an_answer_has_status_headers_and_body_and_the_connection_serves_the_next_call()
            throws Exception {
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(
                                        201,
                                        "{\"a\":1}",
                                        "Content-Type: application/json; charset=utf-8",
                                        "X-Two: a",
                                        "x-two: b"));
                HttpBench bench = HttpBench.of(server, "headers: {X-Channel: ussd}")) {
            Answer answer = (Answer) bench.call("GET", "/accounts/1?x=y");
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.headers()).containsEntry("x-two", "a, b");
            assertThat(answer.body().toText()).isEqualTo("{\"a\":1}");
            assertThat(answer.isJson()).isTrue();
            WildServer.Received request = server.next();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target()).isEqualTo("/accounts/1?x=y");
            assertThat(request.headers())
                    .containsEntry("X-Channel", "ussd")
                    .containsEntry("User-Agent", "moondial")
                    .containsEntry("Moondial-Instance", "Logic-1-00000001")
                    .doesNotContainKeys("Upgrade", "HTTP2-Settings", "Content-Length", "Cookie");
            for (int i = 0; i < 20; i++) {
                bench.call("GET", "/" + i);
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void the_trace_is_that_of_the_dialog_and_each_call_a_part_of_it() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench = HttpBench.of(server)) {
            bench.call("GET", "/1");
            bench.call("POST", "/2");
            String first = String.valueOf(server.next().headers().get("traceparent"));
            String second = String.valueOf(server.next().headers().get("traceparent"));
            assertThat(first).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
            assertThat(second.substring(0, 36)).isEqualTo(first.substring(0, 36));
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void a_body_goes_with_its_length_and_the_first_part_of_the_path_is_that_of_the_url()
            throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench = new HttpBench(HttpBench.billing(server.url() + "/v1/"))) {
            HttpBench.outcome(bench.running.call(HttpBench.request("POST", "/topups", "äb")));
            WildServer.Received request = server.next();
            assertThat(request.target()).isEqualTo("/v1/topups");
            assertThat(request.body()).isEqualTo("äb");
            assertThat(request.headers()).containsEntry("Content-Length", "3");
        }
    }

    @Test
    void a_redirect_is_an_answer_and_nothing_else() throws Exception {
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(302, "", "Location: http://127.0.0.1:1/evil"));
                HttpBench bench = HttpBench.of(server)) {
            assertThat(bench.get("/x")).isEqualTo("302 ");
            assertThat(server.waiting()).isEqualTo(1);
        }
    }

    @Test
    void no_cookie_is_kept_and_an_unasked_401_is_an_answer() throws Exception {
        try (WildServer server =
                        WildServer.answering(WildServer.answer(401, "", "Set-Cookie: a=b"));
                HttpBench bench = HttpBench.of(server)) {
            bench.call("GET", "/1");
            assertThat(bench.get("/2")).isEqualTo("401 ");
            server.next();
            assertThat(server.next().headers()).doesNotContainKey("Cookie");
        }
    }

    @Test
    void who_accepts_and_says_nothing_gets_as_long_as_timeout_says() throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.hang();
                                });
                HttpBench bench = HttpBench.of(server, "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            server.next();
            assertThat(bench.inFlight()).isEqualTo(1);
            bench.time.leap(Duration.ofMinutes(5));
            assertThat(HttpBench.shown(HttpBench.outcome(call)))
                    .isEqualTo("timeout: billing: no whole answer within 300000 ms");
            bench.assertNothingIsLeft(server);
        }
    }

    @Test
    void a_body_that_trickles_ends_with_the_time_too() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.write(
                                            "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                                    while (true) {
                                        peer.write("x");
                                        begun.countDown();
                                        Thread.sleep(5);
                                    }
                                });
                HttpBench bench = HttpBench.of(server, "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(call).isNotDone();
            bench.time.leap(Duration.ofMinutes(5));
            assertThat(HttpBench.outcome(call).word()).isEqualTo("timeout");
            bench.assertNothingIsLeft(server);
        }
    }

    @Test
    void a_head_that_trickles_ends_with_the_time_too() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.write("HTTP/1.1 200 OK\r\nX-Long: ");
                                    while (true) {
                                        peer.write("x");
                                        begun.countDown();
                                        Thread.sleep(5);
                                    }
                                });
                HttpBench bench = HttpBench.of(server, "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            bench.time.leap(Duration.ofMinutes(5));
            assertThat(HttpBench.outcome(call).word()).isEqualTo("timeout");
            bench.assertNothingIsLeft(server);
        }
    }

    @Test
    void the_script_can_give_a_call_another_time() throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.hang();
                                });
                HttpBench bench = HttpBench.of(server, "timeout: 5m")) {
            var asked = HttpBench.request("GET", "/x");
            CompletableFuture<Outcome> call =
                    bench.running.call(
                            new Exchange.Request(
                                    asked.upstream(),
                                    asked.method(),
                                    asked.target(),
                                    Map.of(),
                                    null,
                                    Duration.ofMinutes(1),
                                    true,
                                    1,
                                    "i"));
            server.next();
            bench.time.leap(Duration.ofMinutes(1));
            assertThat(HttpBench.outcome(call).word()).isEqualTo("timeout");
        }
    }

    @Test
    void a_call_that_its_script_gives_up_closes_its_connection_and_frees_its_permit()
            throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.hang();
                                });
                HttpBench bench = HttpBench.of(server, "max_concurrent: 1")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            server.next();
            assertThat(bench.get("/y"))
                    .isEqualTo("busy: billing: 1 calls are under way (max_concurrent)");
            call.cancel(true);
            bench.assertNothingIsLeft(server);
            var _ = bench.begin("GET", "/z");
            assertThat(server.next().target()).isEqualTo("/z");
        }
    }

    @Test
    void a_connection_that_ends_in_the_middle_is_closed() throws Exception {
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")))
                .startsWith("closed: billing: ");
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\nContent-Le"))).startsWith("closed: ");
        assertThat(answerOf(once(""))).startsWith("closed: ");
        assertThat(
                        answerOf(
                                peer -> {
                                    peer.request();
                                    peer.reset();
                                }))
                .startsWith("closed: ");
    }

    @Test
    void what_is_not_http_is_closed() throws Exception {
        for (String lie :
                List.of(
                        "nonsense\r\n\r\n",
                        "HTTP/1.1 abc OK\r\n\r\n",
                        "HTTP/1.1 99999 OK\r\n\r\n",
                        "SSH-2.0-OpenSSH_9.6\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")) {
            assertThat(answerOf(once(lie))).as(lie).startsWith("closed: billing: ");
        }
        for (String lie :
                List.of(
                        "nonsense\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")) {
            assertThat(
                            answerOf(
                                    peer -> {
                                        peer.request();
                                        peer.write(lie);
                                        peer.hang();
                                    }))
                    .as(lie)
                    .startsWith("closed: billing: ");
        }
    }

    @Test
    void what_the_log_gets_of_a_broken_answer_is_a_sentence() throws Exception {
        assertThat(answerOf(once(""), "retry: {attempts: 0}"))
                .isEqualTo("closed: billing: the connection ended before an answer came");
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n")))
                .isEqualTo(
                        "closed: billing: what came is no answer of HTTP: a number in it cannot be read");
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")))
                .isEqualTo(
                        "closed: billing: what came is no answer of HTTP (its Content-Length is negative)");
        assertThat(answerOf(once("nonsense\r\n\r\n")))
                .startsWith("closed: billing: what came is no answer of HTTP (");
    }

    @Test
    void an_answer_that_is_longer_than_it_says_is_not_the_beginning_of_the_next_one()
            throws Exception {
        try (WildServer server =
                        WildServer.answering(
                                WildServer.answer(200, "first") + WildServer.answer(200, "forged"),
                                WildServer.answer(200, "second"));
                HttpBench bench = HttpBench.of(server)) {
            assertThat(bench.get("/1")).isEqualTo("200 first");
            assertThat(bench.get("/2")).isEqualTo("200 second");
        }
    }

    @Test
    void each_form_that_an_answer_may_have_is_read() throws Exception {
        assertThat(
                        answerOf(
                                once(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: z\r\n\r\n")))
                .isEqualTo("200 abcde");
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\n\r\nuntil the end")))
                .isEqualTo("200 until the end");
        assertThat(answerOf(once("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold")))
                .isEqualTo("200 old");
        assertThat(answerOf(once("HTTP/1.1 204 No Content\r\n\r\n"))).isEqualTo("204 ");
        assertThat(
                        answerOf(
                                once(
                                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")))
                .isEqualTo("200 ok");
    }

    @Test
    void who_does_not_speak_http2_answers_in_the_old_way() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench = HttpBench.of(server, "http2: true")) {
            assertThat(bench.get("/x")).isEqualTo("200 good");
            assertThat(server.next().headers()).containsEntry("Upgrade", "h2c");
        }
    }

    @Test
    void a_proxy_of_the_environment_is_not_used() throws Exception {
        String before = System.getProperty("http.proxyHost");
        System.setProperty("http.proxyHost", "127.0.0.2");
        System.setProperty("http.nonProxyHosts", "");
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench = HttpBench.of(server)) {
            assertThat(bench.get("/x")).isEqualTo("200 good");
        } finally {
            if (before == null) {
                System.clearProperty("http.proxyHost");
            }
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @Test
    void an_answer_may_be_as_large_as_allowed_and_not_an_octet_larger() throws Exception {
        String most = "x".repeat(256 << 10);
        assertThat(answerOf(once(WildServer.answer(200, most)))).isEqualTo("200 " + most);
        assertThat(answerOf(once(WildServer.answer(200, most + "x"))))
                .isEqualTo("too_large: billing: its body has more than 262144 octets");
        assertThat(answerOf(once("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + most + "x")))
                .startsWith("too_large: ");
        assertThat(
                        answerOf(
                                once(
                                        "HTTP/1.1 200 OK\r\nX-Long: "
                                                + "x".repeat(5000)
                                                + "\r\nContent-Length: 0\r\n\r\n"),
                                "max_response: 4KiB"))
                .startsWith("too_large: ");
    }

    @Test
    void an_endless_answer_is_cut_at_once() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        assertThat(
                        answerOf(
                                peer -> {
                                    peer.request();
                                    peer.write(
                                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                                    try {
                                        while (true) {
                                            peer.write("400\r\n" + "x".repeat(0x400) + "\r\n");
                                        }
                                    } finally {
                                        cut.countDown();
                                    }
                                },
                                "max_response: 64KiB",
                                "timeout: 5m"))
                .startsWith("too_large: ");
        assertThat(cut.getCount()).isZero();
    }

    @Test
    void endless_headers_end_too() throws Exception {
        assertThat(
                        answerOf(
                                peer -> {
                                    peer.request();
                                    peer.write("HTTP/1.1 200 OK\r\n");
                                    while (true) {
                                        peer.write("X-Header: " + "x".repeat(0x400) + "\r\n");
                                    }
                                },
                                "timeout: 5m"))
                .startsWith("closed: ");
    }

    @Test
    void endless_answers_before_the_answer_end_too() throws Exception {
        assertThat(
                        answerOf(
                                peer -> {
                                    peer.request();
                                    while (true) {
                                        peer.write("HTTP/1.1 102 Processing\r\n\r\n");
                                    }
                                },
                                "timeout: 5m"))
                .startsWith("closed: ");
    }

    @Test
    void nobody_there_is_connect() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        try (HttpBench bench =
                new HttpBench(
                        HttpBench.billing("http://127.0.0.1:" + port, "retry: {attempts: 0}"))) {
            assertThat(bench.get("/x")).startsWith("connect: billing: ");
            assertThat(bench.inFlight()).isZero();
        }
    }

    /** The queue of the listening socket is full, so the machine does not answer. */
    @Test
    void who_does_not_accept_gets_as_long_as_connect_timeout_says() throws Exception {
        List<Socket> filling = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 100);
                } catch (SocketTimeoutException e) {
                    // the machine takes no more
                }
            }
            try (HttpBench bench =
                    new HttpBench(
                            HttpBench.billing(
                                    "http://127.0.0.1:" + full.getLocalPort(),
                                    "connect_timeout: 50ms",
                                    "timeout: 5m",
                                    "retry: {attempts: 0}"))) {
                assertThat(bench.get("/x"))
                        .isEqualTo("connect: billing: no connection within connect_timeout");
                assertThat(bench.inFlight()).isZero();
            }
        } finally {
            for (Socket socket : filling) {
                socket.close();
            }
        }
    }

    @Test
    void a_host_without_an_address_is_connect() throws Exception {
        try (HttpBench bench =
                new HttpBench(
                        HttpBench.billing("http://billing.invalid", "retry: {attempts: 0}"),
                        host -> {
                            throw new UnknownHostException(host);
                        })) {
            assertThat(bench.get("/x"))
                    .isEqualTo("connect: billing: the host billing.invalid has no address");
        }
    }

    @Test
    void a_lookup_that_hangs_holds_up_nobody_longer_than_connect_timeout() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench =
                        new HttpBench(
                                HttpBench.billing(
                                                "http://localhost:" + server.port(),
                                                "timeout: 5m",
                                                "connect_timeout: 1m",
                                                "retry: {attempts: 0}")
                                        .replace("127.0.0.1", "localhost"),
                                host -> {
                                    try {
                                        over.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    return host;
                                })) {
            CompletableFuture<Outcome> first = bench.begin("GET", "/1");
            CompletableFuture<Outcome> second = bench.begin("GET", "/2");
            bench.time.leap(Duration.ofMinutes(1));
            assertThat(HttpBench.shown(HttpBench.outcome(first)))
                    .isEqualTo(
                            "connect: billing: the host localhost is not looked up within connect_timeout");
            assertThat(HttpBench.outcome(second).word()).isEqualTo("connect");
            over.countDown();
            assertThat(bench.get("/3")).isEqualTo("200 good");
            assertThat(server.next().target()).isEqualTo("/3");
            assertThat(server.waiting()).isZero();
        }
    }
}
