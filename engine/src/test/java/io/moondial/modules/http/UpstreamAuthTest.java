package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.moondial.config.Secret;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.time.HandMovedTime;
import io.moondial.time.Time;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** How the engine says who it is. */
class UpstreamAuthTest {
    private static final String GOOD = WildServer.answer(200, "good");

    @TempDir Path folder;

    @BeforeEach
    void writeSecret() throws Exception {
        Files.writeString(folder.resolve("secret"), "s3cret\n");
    }

    private HttpBench bench(WildServer server, String... keys) {
        return new HttpBench(
                HttpBench.patient(server.url(), keys)
                        .replace("SECRET", "{file: \"" + folder.resolve("secret") + "\"}"));
    }

    private String authorizationOf(String auth, String header) throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                HttpBench bench = bench(server, "auth: " + auth)) {
            bench.get("/x");
            return String.valueOf(server.next().headers().get(header));
        }
    }

    @Test
    void a_secret_that_stays_goes_with_each_request() throws Exception {
        assertThat(authorizationOf("{basic: {user: ussd, password: SECRET}}", "Authorization"))
                .isEqualTo(
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                "ussd:s3cret".getBytes(StandardCharsets.UTF_8)));
        assertThat(authorizationOf("{bearer: SECRET}", "Authorization")).isEqualTo("Bearer s3cret");
        assertThat(authorizationOf("{header: {name: X-Api-Key, value: SECRET}}", "X-Api-Key"))
                .isEqualTo("s3cret");
    }

    @Test
    void a_secret_that_cannot_be_in_a_header_is_refused_at_the_start_and_not_shown()
            throws Exception {
        Files.writeString(folder.resolve("secret"), "two\nlines");
        try (WildServer server = WildServer.answering(GOOD)) {
            assertThatThrownBy(() -> bench(server, "auth: {bearer: SECRET}"))
                    .hasMessageContaining("http: upstreams: billing: auth: ")
                    .hasMessageNotContaining("two");
        }
    }

    private static final String OAUTH =
            "auth: {oauth2_client_credentials: {token_url: \"TOKENS/token\", client_id: \"a b\", client_secret: SECRET, scope: \"read write\"}}";

    private static String token(String token, int seconds) {
        return token(token, Integer.toString(seconds));
    }

    private static String token(String token, String seconds) {
        return WildServer.answer(
                200,
                "{\"access_token\":\""
                        + token
                        + "\",\"token_type\":\"Bearer\",\"expires_in\":"
                        + seconds
                        + "}",
                "Content-Type: application/json");
    }

    private HttpBench withTokens(WildServer server, WildServer tokens, String... more) {
        List<String> keys = new ArrayList<>(List.of(more));
        keys.add(OAUTH.replace("TOKENS", tokens.url()));
        return bench(server, keys.toArray(String[]::new));
    }

    @Test
    void a_token_is_fetched_once_and_serves_all_calls() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens = WildServer.answering(token("t1", 3600));
                HttpBench bench = withTokens(server, tokens)) {
            bench.get("/1");
            bench.get("/2");
            assertThat(server.next().headers()).containsEntry("Authorization", "Bearer t1");
            assertThat(server.next().headers()).containsEntry("Authorization", "Bearer t1");
            WildServer.Received asked = tokens.next();
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.target()).isEqualTo("/token");
            assertThat(asked.body()).isEqualTo("grant_type=client_credentials&scope=read+write");
            assertThat(asked.headers())
                    .containsEntry("Content-Type", "application/x-www-form-urlencoded")
                    .containsEntry(
                            "Authorization",
                            "Basic "
                                    + Base64.getEncoder()
                                            .encodeToString(
                                                    "a+b:s3cret".getBytes(StandardCharsets.UTF_8)));
            assertThat(tokens.waiting()).isZero();
        }
    }

    @Test
    void name_and_password_may_be_in_the_body() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens = WildServer.answering(token("t1", 3600));
                HttpBench bench =
                        bench(
                                server,
                                OAUTH.replace("TOKENS", tokens.url())
                                        .replace(
                                                "scope: \"read write\"",
                                                "credentials: body, audience: \"x:y\""))) {
            bench.get("/1");
            WildServer.Received asked = tokens.next();
            assertThat(asked.body())
                    .isEqualTo(
                            "grant_type=client_credentials&audience=x%3Ay&client_id=a+b&client_secret=s3cret");
            assertThat(asked.headers()).doesNotContainKey("Authorization");
        }
    }

    @Test
    void all_who_wait_for_a_token_wait_for_one_fetch() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens =
                        new WildServer(
                                peer -> {
                                    while (peer.request() != null) {
                                        answering.await();
                                        peer.write(token("t1", 3600));
                                    }
                                });
                HttpBench bench = withTokens(server, tokens, "timeout: 5m")) {
            List<CompletableFuture<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(bench.begin("GET", "/" + i));
            }
            tokens.next();
            answering.countDown();
            for (CompletableFuture<Outcome> call : calls) {
                assertThat(HttpBench.shown(HttpBench.outcome(call))).isEqualTo("200 good");
            }
            assertThat(tokens.waiting()).isZero();
        }
    }

    @Test
    void a_token_is_renewed_before_it_ends_while_the_old_one_serves() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens = WildServer.answering(token("t1", 600), token("t2", 600));
                HttpBench bench = withTokens(server, tokens)) {
            bench.get("/1");
            tokens.next();
            bench.time.leap(Duration.ofSeconds(560));
            bench.get("/2");
            assertThat(tokens.waiting()).isZero();
            bench.time.leap(Duration.ofSeconds(20));
            bench.get("/3");
            tokens.next();
            await().atMost(HttpBench.PATIENCE)
                    .until(
                            () -> {
                                bench.get("/4");
                                String last = "";
                                while (server.waiting() > 0) {
                                    last =
                                            String.valueOf(
                                                    server.next().headers().get("Authorization"));
                                }
                                return last.equals("Bearer t2");
                            });
            assertThat(tokens.waiting()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e30", "1e70", "1e2147483647", "999999999999999999999"})
    void a_life_of_more_than_a_year_is_a_year(String seconds) throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens = WildServer.answering(token("t1", seconds), token("t2", 600));
                HttpBench bench = withTokens(server, tokens)) {
            bench.get("/1");
            bench.time.leap(Duration.ofDays(364));
            bench.get("/2");
            assertThat(tokens.waiting()).isEqualTo(1);
            bench.time.leap(Duration.ofDays(2));
            bench.get("/3");
            assertThat(tokens.waiting()).isEqualTo(2);
        }
    }

    @Test
    void a_401_drops_the_token_and_the_call_is_sent_once_more_whatever_it_is() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    for (WildServer.Received it = peer.request();
                                            it != null;
                                            it = peer.request()) {
                                        boolean isGood =
                                                "Bearer t2"
                                                        .equals(it.headers().get("Authorization"));
                                        calls.incrementAndGet();
                                        peer.write(WildServer.answer(isGood ? 200 : 401, "x"));
                                    }
                                });
                WildServer tokens =
                        WildServer.answering(token("t1", 600), token("t2", 600), token("t3", 600));
                HttpBench bench = withTokens(server, tokens)) {
            assertThat(HttpBench.shown(bench.call("POST", "/1"))).isEqualTo("200 x");
            assertThat(calls).hasValue(2);
            assertThat(tokens.waiting()).isEqualTo(2);
        }
        try (WildServer server = WildServer.answering(WildServer.answer(401, "never"));
                WildServer tokens = WildServer.answering(token("t1", 600), token("t2", 600));
                HttpBench bench = withTokens(server, tokens)) {
            assertThat(bench.get("/1")).isEqualTo("401 never");
            assertThat(server.waiting()).isEqualTo(2);
        }
    }

    private void assertNoToken(String answer, String detail) throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(HttpBackend.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens = WildServer.answering(answer);
                HttpBench bench = withTokens(server, tokens)) {
            long before = bench.time.nanos();
            assertThat(bench.get("/1")).isEqualTo("auth: billing: " + detail);
            assertThat(bench.get("/2")).isEqualTo("auth: billing: " + detail);
            if (bench.time.nanos() - before < Duration.ofSeconds(1).toNanos()) {
                assertThat(tokens.waiting()).as("left alone for a second").isEqualTo(1);
            }
            assertThat(server.waiting()).isZero();
            assertThat(bench.inFlight()).isZero();
            assertThat(bench.breaker()).isEqualTo("closed");
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsOnly("upstream billing: no access token: " + detail);
    }

    @Test
    void what_gives_no_token_is_auth_and_says_why_without_the_secret() throws Exception {
        assertNoToken(
                WildServer.answer(
                        400,
                        "{\"error\":\"invalid_client\",\"error_description\":\"s3cret is wrong\"}"),
                "the token endpoint answers with status 400 and the error invalid_client");
        assertNoToken(
                WildServer.answer(500, "<html>s3cret</html>"),
                "the token endpoint answers with status 500");
        assertNoToken(
                WildServer.answer(302, "", "Location: http://127.0.0.1:1/"),
                "the token endpoint answers with status 302");
        assertNoToken(
                WildServer.answer(200, "{}"),
                "the token endpoint answers with status 200, but without a usable access_token");
        assertNoToken(
                token("t1", "1e99999999999"),
                "the token endpoint answers with status 200, but without a usable access_token");
        assertNoToken(
                WildServer.answer(200, "no json"),
                "the token endpoint answers with status 200, but without a usable access_token");
        assertNoToken(
                WildServer.answer(200, "{\"access_token\":\"a\\r\\nHost: evil\"}"),
                "the token endpoint answers with status 200, but without a usable access_token");
        assertNoToken(
                WildServer.answer(200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}"),
                "the token endpoint gives a token that is not of the type bearer");
        assertNoToken(
                WildServer.answer(200, "x".repeat(70_000)), "its body has more than 65536 octets");
    }

    @Test
    void after_a_failure_the_endpoint_is_asked_again() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens =
                        WildServer.answering(WildServer.answer(500, ""), token("t1", 600));
                HttpBench bench = withTokens(server, tokens)) {
            assertThat(bench.get("/1")).startsWith("auth: ");
            bench.time.leap(Duration.ofSeconds(1));
            assertThat(bench.get("/2")).isEqualTo("200 good");
        }
    }

    @Test
    void a_token_that_does_not_come_takes_no_longer_than_the_call_may() throws Exception {
        try (WildServer server = WildServer.answering(GOOD);
                WildServer tokens =
                        new WildServer(
                                peer -> {
                                    peer.request();
                                    peer.hang();
                                });
                HttpBench bench = withTokens(server, tokens, "timeout: 5m")) {
            CompletableFuture<Outcome> call = bench.begin("GET", "/x");
            tokens.next();
            bench.time.leap(Duration.ofMinutes(5));
            assertThat(HttpBench.shown(HttpBench.outcome(call)))
                    .isIn(
                            "timeout: billing: no whole answer within 300000 ms, waiting for the access token",
                            "auth: billing: the token endpoint gave no whole answer within 300000 ms");
            bench.assertNothingIsLeft(tokens);
        }
    }

    private AccessToken tokensOf(String url, HttpClient client, Time time, List<String> told) {
        return new AccessToken(
                client,
                new HttpSettings.OauthSettings(
                        url,
                        "a",
                        Secret.of("client", "s3cret"),
                        null,
                        null,
                        HttpSettings.CredentialsIn.HEADER),
                Duration.ofMinutes(1),
                time,
                told::add);
    }

    private static String tokenOf(AccessToken source) throws Exception {
        return source.get().get(HttpBench.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_service_that_refuses_good_tokens_has_one_renewed_once_in_a_second() throws Exception {
        HandMovedTime time = new HandMovedTime();
        try (WildServer tokens =
                        WildServer.answering(token("t1", 600), token("t2", 600), token("t3", 600));
                HttpClient client = HttpClient.newHttpClient()) {
            AccessToken source = tokensOf(tokens.url(), client, time, new ArrayList<>());
            assertThat(tokenOf(source)).isEqualTo("t1");
            assertThat(source.drop("t1")).isTrue();
            assertThat(tokenOf(source)).isEqualTo("t2");
            assertThat(source.drop("t1")).as("there is another one to try").isTrue();
            assertThat(source.drop("t2")).as("within the second").isFalse();
            assertThat(tokenOf(source)).isEqualTo("t2");
            time.pass(Duration.ofSeconds(1));
            assertThat(source.drop("t2")).isTrue();
            assertThat(tokenOf(source)).isEqualTo("t3");
            assertThat(tokens.waiting()).isEqualTo(3);
        }
    }

    @Test
    void a_fetch_that_cannot_begin_fails_and_leaves_nobody_waiting() throws Exception {
        HandMovedTime time = new HandMovedTime();
        List<String> told = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            AccessToken source = tokensOf("ftp://tokens.example/", client, time, told);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> tokenOf(source))
                        .hasCauseInstanceOf(AccessToken.NoTokenException.class)
                        .hasMessageContaining("internal fault");
                time.pass(Duration.ofSeconds(1));
            }
            assertThat(told).hasSize(2);
        }
    }
}
