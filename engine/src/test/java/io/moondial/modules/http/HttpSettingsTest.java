package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The section {@code http}: what it means if nothing is said, and what may not be said. */
class HttpSettingsTest {
    @TempDir Path folder;

    @BeforeEach
    void writeSecret() throws Exception {
        Files.writeString(folder.resolve("secret"), "s3cret\n");
        Files.setPosixFilePermissions(
                folder.resolve("secret"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }

    private Path rules() {
        return folder.resolve("rules.yaml");
    }

    private HttpSettings.UpstreamSettings billing(String... keys) {
        return Objects.requireNonNull(
                HttpBench.settings(
                                HttpBench.billing("https://billing.example:8443/v1", keys), rules())
                        .upstreams()
                        .get("billing"));
    }

    /** What is said of one wrong line, without the place. */
    private List<String> said(String... keys) {
        return HttpBench.problems(HttpBench.billing("https://billing.example/v1", keys), rules())
                .stream()
                .map(it -> it.replace(folder + "/", "").replaceFirst("^rules.yaml:", ""))
                .toList();
    }

    private void assertSaid(String key, String... problems) {
        assertThat(said(key)).as(key).containsExactly(problems);
    }

    @Test
    void all_but_the_url_has_a_default() {
        var settings = billing();
        assertThat(settings.base()).hasToString("https://billing.example:8443/v1");
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.maxConcurrent()).isEqualTo(200);
        assertThat(settings.maxResponse()).isEqualTo(256 << 10);
        assertThat(settings.headers()).isEmpty();
        assertThat(settings.auth()).isNull();
        assertThat(settings.tls()).isNull();
        assertThat(settings.retry().attempts()).isEqualTo(1);
        assertThat(settings.retry().on())
                .containsExactly(
                        HttpSettings.Cause.CONNECT,
                        HttpSettings.Cause.BAD_GATEWAY,
                        HttpSettings.Cause.SERVICE_UNAVAILABLE,
                        HttpSettings.Cause.GATEWAY_TIMEOUT);
        assertThat(settings.breaker().failures()).isEqualTo(50);
        assertThat(settings.breaker().of()).isEqualTo(50);
        assertThat(settings.breaker().openFor()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.http2()).isFalse();
        assertThat(billing("breaker: {failures: none}").breaker().failures()).isNull();
    }

    @Test
    void no_upstream_is_no_mistake() {
        assertThat(HttpBench.settings("upstreams: {}", rules()).upstreams()).isEmpty();
    }

    @Test
    void each_url_that_leads_nowhere_is_a_problem() {
        for (String[] it :
                new String[][] {
                    {"billing.example", "it begins with neither http:// nor https://"},
                    {"ftp://billing.example", "it begins with neither http:// nor https://"},
                    {"http://", "no URL"},
                    {"http://a b/", "no URL"},
                    {"http://user:x@billing.example", "a user or password in a URL"},
                    {"http://billing_example/", "it has no host"},
                    {"http://billing.example:99999/", "port 99999"},
                    {"http://billing.example/?x=1", "a URL with ? or #"},
                    {"http://billing.example/a/../b", "a path with //, . or .."},
                    {"http://billing.example//b", "a path with //, . or .."},
                }) {
            assertThat(HttpBench.problems(HttpBench.billing(it[0]), rules()))
                    .as(it[0])
                    .singleElement()
                    .asString()
                    .contains("rules.yaml:3:10: url: " + it[1]);
        }
    }

    @Test
    void a_mistake_in_each_key_is_said_at_its_place() {
        assertSaid(
                "timeout: 3",
                "4:14: timeout: found 3; allowed is a duration with its unit, such as 30s (units: ms, s, m, h, d), from 1ms to 10m");
        assertSaid(
                "connect_timeout: 2m",
                "4:22: connect_timeout: found 2m; allowed is a duration with its unit, such as 30s (units: ms, s, m, h, d), from 1ms to 1m");
        assertSaid(
                "connect_timeout: 5s",
                "4:22: connect_timeout: longer than timeout, which includes it; allowed is at most timeout");
        assertSaid(
                "max_concurrent: 0",
                "4:21: max_concurrent: found 0; allowed is a whole number from 1 to 100000");
        assertSaid(
                "max_response: 1GiB",
                "4:19: max_response: found 1GiB; allowed is a size with its unit, such as 16MiB (units: B, KiB, MiB, GiB), from 1KiB to 16MiB");
        assertSaid(
                "headers: {\"X Y\": a}",
                "4:15: headers: found \"X Y\"; allowed is the name of a header: letters, digits and !#$%&'*+-.^_`|~, such as X-Channel");
        assertThat(said("headers: {Host: evil}"))
                .singleElement()
                .asString()
                .contains("headers: Host belongs to the connection");
        assertThat(said("headers: {X-A: \"a\\nb\"}"))
                .singleElement()
                .asString()
                .contains("headers: the value of X-A has a line break");
        assertThat(said("headers: {X-A: [1, 2]}"))
                .singleElement()
                .asString()
                .contains("headers: X-A is no single value");
        assertThat(said("retry: {attempts: 6}")).singleElement().asString().contains("0 to 5");
        assertThat(said("retry: {on: [conect]}"))
                .singleElement()
                .asString()
                .contains(
                        "on: found conect; allowed is one of connect, closed, 429, 500, 502, 503, 504; did you mean connect?");
        assertThat(said("retry: {on: [timeout]}")).hasSize(1);
        assertThat(said("breaker: {failures: 0%}"))
                .singleElement()
                .asString()
                .contains("1% to 100%");
        assertThat(said("breaker: {of: 0}")).singleElement().asString().contains("1 to 10000");
        assertThat(said("breaker: {open_for: 0s}"))
                .singleElement()
                .asString()
                .contains("1ms to 1h");
        assertThat(said("http2: perhaps")).singleElement().asString().contains("true or false");
        assertThat(said("timeouts: 3s"))
                .singleElement()
                .asString()
                .contains("unknown key timeouts; did you mean timeout?");
        assertThat(HttpBench.problems("upstreams: {\"1st\": {url: \"http://a\"}}", rules()))
                .first()
                .asString()
                .contains("a name such as billing");
        assertThat(HttpBench.problems("upstreams: {a: {timeout: 3s}}", rules()))
                .singleElement()
                .asString()
                .contains("url is missing");
    }

    @Test
    void auth_is_one_of_four() {
        assertSaid(
                "auth: {}",
                "4:11: auth says nothing; allowed is one of basic, bearer, header, oauth2_client_credentials");
        assertSaid(
                "auth: {bearer: {file: secret}, basic: {user: u, password: {file: secret}}}",
                "4:11: basic and bearer; allowed is one of basic, bearer, header, oauth2_client_credentials");
        assertThat(said("auth: {basic: {user: \"a:b\", password: {file: secret}}}"))
                .singleElement()
                .asString()
                .contains("user: found \"a:b\"; allowed is a name without a colon");
        assertThat(said("auth: {header: {name: Host, value: {file: secret}}}"))
                .singleElement()
                .asString()
                .contains("name: Host belongs to the connection");
        assertThat(said("auth: {bearer: secret}"))
                .singleElement()
                .asString()
                .contains("{file: PATH} or {env: NAME}");
        assertThat(
                        said(
                                "auth: {oauth2_client_credentials: {token_url: nowhere, client_id: a, client_secret: {file: secret}}}"))
                .singleElement()
                .asString()
                .contains("token_url: it begins with neither http:// nor https://");
        assertThat(said("headers: {authorization: x}", "auth: {bearer: {file: secret}}"))
                .singleElement()
                .asString()
                .contains("headers: authorization is the header of auth; remove one of them");
    }

    @Test
    void a_secret_over_http_is_warned_of_except_on_this_machine() {
        assertThat(
                        HttpBench.problems(
                                HttpBench.billing(
                                        "http://billing.example", "auth: {bearer: {file: secret}}"),
                                rules()))
                .isEmpty();
        assertThat(
                        HttpBench.warnings(
                                HttpBench.billing(
                                        "http://billing.example", "auth: {bearer: {file: secret}}"),
                                rules()))
                .singleElement()
                .asString()
                .contains("auth: over http everybody on the way reads the secret; use https");
        assertThat(
                        HttpBench.warnings(
                                HttpBench.billing(
                                        "http://localhost:8080", "auth: {bearer: {file: secret}}"),
                                rules()))
                .isEmpty();
    }

    @Test
    void tls_needs_https_and_files_that_belong_together() throws Exception {
        Files.writeString(folder.resolve("empty.pem"), "nothing\n");
        assertThat(
                        HttpBench.problems(
                                HttpBench.billing("http://a.example", "tls: {ca: empty.pem}"),
                                rules()))
                .anySatisfy(
                        it -> assertThat(it).contains("tls: the url does not begin with https:"));
        assertThat(said("tls: {ca: empty.pem}"))
                .singleElement()
                .asString()
                .contains("empty.pem has no certificate; it must have a block that begins with");
        assertThat(
                        HttpBench.warnings(
                                HttpBench.billing("https://a.example", "tls: {ca: nowhere.pem}"),
                                rules()))
                .singleElement()
                .asString()
                .containsPattern("ca: .*: there is no such file");
        assertThat(
                        HttpBench.warnings(
                                HttpBench.billing("https://a.example", "tls: {ca: /dev/zero}"),
                                rules()))
                .singleElement()
                .asString()
                .contains("ca: /dev/zero: not a plain file but a pipe or a device");
        assertThat(said("tls: {key: empty.pem}"))
                .singleElement()
                .asString()
                .contains("key: a key without its certificate; add certificate");
        assertThat(said("tls: {certificate: empty.pem}"))
                .singleElement()
                .asString()
                .contains("certificate: a certificate without its key; add key");
    }

    @Test
    void what_a_file_holds_is_part_of_the_settings() throws Exception {
        Path secret = folder.resolve("secret");
        var before = billing("auth: {bearer: {file: secret}}");
        assertThat(billing("auth: {bearer: {file: secret}}")).isEqualTo(before);
        Files.writeString(secret, "another\n");
        assertThat(billing("auth: {bearer: {file: secret}}")).isNotEqualTo(before);
        assertThat(before.toString()).doesNotContain("s3cret");
    }
}
