package io.moondial.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.file.PipesAndDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The interface over TLS, by callers that trust one certificate. */
class TlsTest {
    @TempDir static Path pki;

    @TempDir Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        OwnCertificate.make(pki, "one");
        OwnCertificate.make(pki, "two");
    }

    private Served served(String certificate, String key) throws Exception {
        Files.copy(pki.resolve(certificate), folder.resolve("c.pem"));
        Files.copy(pki.resolve(key), folder.resolve("k.pem"));
        return new Served(
                folder,
                "tls: {certificate: %s, key: %s}"
                        .formatted(folder.resolve("c.pem"), folder.resolve("k.pem")));
    }

    /** Asks as one who trusts this certificate alone. */
    private static String asked(Served served, String trusted, String... protocols)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate certificate = OwnCertificate.store(pki, trusted).getCertificate(trusted);
        store.setCertificateEntry("it", certificate);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        TrustManager[] managers = trust.getTrustManagers();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, new SecureRandom());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", served.port())) {
            if (protocols.length > 0) {
                socket.setEnabledProtocols(protocols);
            }
            socket.getOutputStream().write(served.request("GET /health/live").getBytes(UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                            .getSubjectX500Principal()
                            .getName()
                    + " "
                    + socket.getSession().getProtocol()
                    + " "
                    + answer;
        }
    }

    @Test
    void it_speaks_tls_1_3_and_1_2_and_nothing_older() throws Exception {
        try (Served served = served("one.pem", "one.key")) {
            assertThat(asked(served, "one")).startsWith("CN=one TLSv1.3 HTTP/1.1 200");
            assertThat(asked(served, "one", "TLSv1.2")).startsWith("CN=one TLSv1.2 HTTP/1.1 200");
            assertThatThrownBy(() -> asked(served, "one", "TLSv1.1"))
                    .isInstanceOf(SSLException.class);
            assertThat(served.asked(served.request("GET /health/live")))
                    .as("in clear")
                    .doesNotContain("200");
        }
    }

    @Test
    void a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() throws Exception {
        try (Served served = served("one.pem", "one.key")) {
            assertThat(asked(served, "one")).contains("200 OK");
            Files.writeString(folder.resolve("c.pem"), "nonsense");
            await().atMost(Served.PATIENCE)
                    .until(() -> served.counters.value("admin.tls.failures") > 0);
            assertThat(asked(served, "one")).contains("200 OK");
            Files.copy(
                    pki.resolve("two.key"),
                    folder.resolve("k.pem"),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.copy(
                    pki.resolve("two.pem"),
                    folder.resolve("c.pem"),
                    StandardCopyOption.REPLACE_EXISTING);
            await().atMost(Served.PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(asked(served, "two")).contains("200 OK"));
        }
    }

    @Test
    void files_that_do_not_belong_together_or_are_not_there_are_named() {
        assertThatThrownBy(() -> served("one.pem", "two.key"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the key of the first certificate in");
        assertThatThrownBy(
                        () ->
                                new Served(
                                        folder,
                                        "tls: {certificate: %s, key: %s}"
                                                .formatted(
                                                        folder.resolve("none.pem"),
                                                        folder.resolve("none.key"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.pem");
    }

    @Test
    void a_certificate_without_an_end_is_not_read() throws Exception {
        Path pipe = PipesAndDevices.pipe(folder.resolve("pipe"));
        for (Path endless : List.of(pipe, Path.of("/dev/zero"))) {
            assertThatThrownBy(
                            () ->
                                    new Served(
                                            folder,
                                            "tls: {certificate: %s, key: %s}"
                                                    .formatted(endless, pki.resolve("one.key"))))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "%s: not a plain file but a pipe or a device: write its content to a file (admin: tls)",
                            endless);
        }
    }
}
