package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.script.api.Backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Protected connections: whom the engine trusts, and what it shows. */
class UpstreamTlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir static Path pki;

    private static KeyStore keys;

    /** An authority, and what it and others have signed. */
    @BeforeAll
    static void makeKeys() throws Exception {
        make("ca", "-keyalg", "EC", "-ext", "bc=ca:true");
        make("other", "-keyalg", "EC", "-ext", "bc=ca:true");
        make("good", "-keyalg", "EC", "-signer", "ca", "-ext", "san=ip:127.0.0.1");
        make("host", "-keyalg", "EC", "-signer", "ca", "-ext", "san=dns:billing.example");
        make("self", "-keyalg", "EC", "-ext", "san=ip:127.0.0.1");
        make(
                "expired",
                "-keyalg",
                "EC",
                "-signer",
                "ca",
                "-ext",
                "san=ip:127.0.0.1",
                "-startdate",
                "-30d",
                "-validity",
                "1");
        make("client", "-keyalg", "RSA", "-keysize", "2048", "-signer", "ca");
        make("clientec", "-keyalg", "EC", "-signer", "ca");
        make("stranger", "-keyalg", "RSA", "-keysize", "2048", "-signer", "other");
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(pki.resolve("keys.p12"))) {
            keys.load(in, PASSWORD);
        }
        for (String name : List.of("ca", "client", "clientec", "stranger")) {
            write(name);
        }
    }

    private static void make(String name, String... options) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-genkeypair",
                                "-keystore",
                                pki.resolve("keys.p12").toString(),
                                "-storepass",
                                "password",
                                "-storetype",
                                "PKCS12",
                                "-alias",
                                name,
                                "-dname",
                                "CN=" + name));
        command.addAll(List.of(options));
        Process keytool =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(pki.resolve(name + ".log").toFile())
                        .start();
        assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(Files.readString(pki.resolve(name + ".log"))).isZero();
    }

    private static void write(String name) throws Exception {
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(name)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(pki.resolve(name + ".pem"), chain);
        Key key = keys.getKey(name, PASSWORD);
        Files.writeString(pki.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String label, byte[] octets) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(octets)
                + "\n-----END "
                + label
                + "-----\n";
    }

    /** What a server with this key shows; it trusts the authority. */
    private static SSLContext context(String name) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                name, keys.getKey(name, PASSWORD), PASSWORD, keys.getCertificateChain(name));
        KeyManagerFactory shown =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(own, PASSWORD);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", keys.getCertificate("ca"));
        TrustManagerFactory trusted =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private static WildServer server(String name, boolean asks) throws Exception {
        return WildServer.secured(
                context(name),
                asks,
                peer -> {
                    while (peer.request() != null) {
                        peer.write(WildServer.answer(200, "good"));
                    }
                });
    }

    private static String yaml(WildServer server, String tls) {
        return HttpBench.billing(
                "https://127.0.0.1:" + server.port(),
                "timeout: 1m",
                "connect_timeout: 1m",
                tls.replace("PKI", pki.toString()));
    }

    private static String answerOf(String name, boolean asks, String tls) throws Exception {
        try (WildServer server = server(name, asks);
                HttpBench bench = new HttpBench(yaml(server, tls))) {
            String answer = bench.get("/x");
            if (!answer.startsWith("200")) {
                bench.assertNothingIsLeft(server);
            }
            return answer;
        }
    }

    @Test
    void a_certificate_of_an_authority_of_the_rules_is_trusted_and_no_other() throws Exception {
        String ca = "tls: {ca: \"PKI/ca.pem\"}";
        assertThat(answerOf("good", false, ca)).isEqualTo("200 good");
        assertThat(answerOf("self", false, ca)).startsWith("tls: billing: ");
        assertThat(answerOf("host", false, ca))
                .startsWith("tls: billing: ")
                .contains("No subject alternative names");
        assertThat(answerOf("expired", false, ca)).startsWith("tls: billing: ");
        assertThat(answerOf("good", false, "http2: false"))
                .as("the authorities of the JDK do not know it")
                .startsWith("tls: billing: ");
    }

    @Test
    void who_asks_for_a_certificate_gets_that_of_the_rules() throws Exception {
        for (String name : List.of("client", "clientec")) {
            assertThat(
                            answerOf(
                                    "good",
                                    true,
                                    "tls: {ca: \"PKI/ca.pem\", certificate: \"PKI/NAME.pem\", key: \"PKI/NAME.key\"}"
                                            .replace("NAME", name)))
                    .isEqualTo("200 good");
        }
        assertThat(answerOf("good", true, "tls: {ca: \"PKI/ca.pem\"}"))
                .matches("(tls|closed): billing: .*");
        assertThat(
                        answerOf(
                                "good",
                                true,
                                "tls: {ca: \"PKI/ca.pem\", certificate: \"PKI/stranger.pem\", key: \"PKI/stranger.key\"}"))
                .matches("(tls|closed): billing: .*");
    }

    /**
     * A server that shakes hands, reads a request, and then sends an alert (RFC 8446, section 6).
     */
    @Test
    void an_alert_after_the_request_has_gone_out_is_closed_as_it_may_have_been_carried_out()
            throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            SSLContext context = context("good");
            Thread.startVirtualThread(
                    () -> {
                        try (Socket plain = listening.accept();
                                SSLSocket secured =
                                        (SSLSocket)
                                                context.getSocketFactory()
                                                        .createSocket(plain, null, true)) {
                            secured.setUseClientMode(false);
                            int read = secured.getInputStream().read();
                            plain.getOutputStream()
                                    .write(new byte[] {0x15, 3, 3, 0, 2, 2, (byte) read});
                            plain.getOutputStream().flush();
                            while (plain.getInputStream().read() >= 0) {
                                // until the far side closes
                            }
                        } catch (IOException e) {
                            // the far side is gone
                        }
                    });
            try (HttpBench bench =
                    new HttpBench(
                            HttpBench.billing(
                                    "https://127.0.0.1:" + listening.getLocalPort(),
                                    "timeout: 1m",
                                    "connect_timeout: 1m",
                                    "tls: {ca: \"%s/ca.pem\"}".formatted(pki)))) {
                assertThat(HttpBench.shown(bench.call("POST", "/topups")))
                        .startsWith(
                                "closed: billing: the protected connection broke after the request had gone out: ");
            }
        }
    }

    @Test
    void a_change_that_no_protected_connection_was_there_for_is_tls() throws Exception {
        try (WildServer server = server("self", false);
                HttpBench bench = new HttpBench(yaml(server, "tls: {ca: \"PKI/ca.pem\"}"))) {
            for (String method : List.of("POST", "PUT", "DELETE")) {
                assertThat(HttpBench.shown(bench.call(method, "/x"))).startsWith("tls: billing: ");
            }
            assertThat(server.waiting()).isZero();
        }
    }

    @Test
    void who_speaks_no_tls_is_tls() throws Exception {
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    peer.write("HTTP/1.1 400 Bad\r\n\r\n");
                                    peer.hang();
                                });
                HttpBench bench = new HttpBench(yaml(server, "tls: {ca: \"PKI/ca.pem\"}"))) {
            assertThat(bench.get("/x")).startsWith("tls: billing: ");
            bench.assertNothingIsLeft(server);
        }
    }

    @Test
    void files_that_do_not_belong_together_are_found_before_the_start() throws Exception {
        Files.writeString(
                pki.resolve("old.key"),
                "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Files.writeString(
                pki.resolve("broken.key"),
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                pki.resolve("broken.pem"),
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertProblem("client.pem", "clientec.key", "is not the key of the first certificate in");
        assertProblem("client.pem", "stranger.key", "is not the key of the first certificate in");
        assertProblem(
                "client.pem", "old.key", "has no PKCS#8 key but a RSA PRIVATE KEY; 'openssl pkcs8");
        assertProblem("client.pem", "broken.key", "has a key that is neither RSA nor EC");
        assertProblem("broken.pem", "client.key", "has a certificate that cannot be read");
    }

    private static void assertProblem(String certificate, String key, String expected) {
        assertThat(
                        HttpBench.problems(
                                HttpBench.billing(
                                        "https://billing.example",
                                        "tls: {certificate: %s, key: %s}"
                                                .formatted(certificate, key)),
                                pki.resolve("rules.yaml")))
                .singleElement()
                .asString()
                .contains(expected);
    }

    @Test
    void a_file_that_is_not_there_is_found_at_the_start() throws Exception {
        try (WildServer server = server("good", false)) {
            assertThatThrownBy(() -> new HttpBench(yaml(server, "tls: {ca: \"PKI/nowhere.pem\"}")))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("http: upstreams: billing: tls: ca: ")
                    .hasMessageContaining("nowhere.pem cannot be read");
        }
    }

    @Test
    void a_reload_that_is_refused_changes_nothing_and_new_files_are_taken_up() throws Exception {
        Path ca = pki.resolve("changing.pem");
        Files.copy(pki.resolve("stranger.pem"), ca);
        try (WildServer server = server("good", false);
                HttpBench bench = new HttpBench(yaml(server, "tls: {ca: \"PKI/changing.pem\"}"))) {
            assertThat(bench.get("/x")).startsWith("tls: ");
            assertThatThrownBy(() -> bench.reload(yaml(server, "tls: {ca: \"PKI/nowhere.pem\"}")))
                    .isInstanceOf(BackendException.class);
            assertThat(bench.get("/x")).startsWith("tls: ");
            Files.writeString(ca, Files.readString(pki.resolve("ca.pem")));
            bench.reload(yaml(server, "tls: {ca: \"PKI/changing.pem\"}"));
            assertThat(bench.get("/x")).isEqualTo("200 good");
        }
    }
}
