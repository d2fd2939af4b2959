package io.moondial.admin;

import io.moondial.file.FileTrouble;
import io.moondial.file.Pem;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's side of TLS: a certificate and its key, read again when their files change. */
final class Protection {
    private static final Logger log = LoggerFactory.getLogger("admin");
    private static final String NO_PASSWORD = "";
    private static final int MAX_OCTETS = 4 << 20;

    private final AdminSettings.Tls settings;
    private final Counters counters;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private List<FileTime> version;
    private @Nullable String trouble;

    /**
     * With these files.
     *
     * @throws IOException if they cannot be used; the message says why
     */
    Protection(AdminSettings.Tls settings, Counters counters) throws IOException {
        this.settings = settings;
        this.counters = counters;
        version = version();
        factory.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        factory.setRenegotiationAllowed(false);
        factory.setKeyStore(store());
        factory.setKeyStorePassword(NO_PASSWORD);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    private List<FileTime> version() throws IOException {
        return List.of(
                Files.getLastModifiedTime(settings.certificate()),
                Files.getLastModifiedTime(settings.key()));
    }

    private KeyStore store() throws IOException {
        try {
            List<X509Certificate> chain =
                    Pem.certificates(settings.certificate(), content(settings.certificate()));
            PrivateKey key = Pem.key(settings.key(), content(settings.key()));
            if (!Pem.belongTogether(key, chain.getFirst().getPublicKey())) {
                throw new IOException(
                        "%s is not the key of the first certificate in %s; name the two that were made together (admin: tls)"
                                .formatted(settings.key(), settings.certificate()));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "own", key, NO_PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
            return store;
        } catch (Pem.UnusableException e) {
            throw new IOException(e.getMessage() + " (admin: tls)", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "%s cannot be used with %s: %s"
                            .formatted(settings.certificate(), settings.key(), e.getMessage()),
                    e);
        }
    }

    private static String content(Path file) throws IOException {
        try {
            return new String(PlainFile.read(file, MAX_OCTETS), StandardCharsets.ISO_8859_1);
        } catch (UnreadableFileException e) {
            throw new IOException("%s: %s (admin: tls)".formatted(file, e.reason()), e);
        }
    }

    /**
     * Uses the files again if they have changed. What cannot be used leaves everything as it was.
     */
    void follow() {
        try {
            List<FileTime> now = version();
            if (now.equals(version)) {
                return;
            }
            KeyStore store = store();
            factory.reload(it -> it.setKeyStore(store));
            version = now; // not before: what cannot be used is tried again
            trouble = null;
            log.info(
                    "the certificate of the interface was read again from {}",
                    settings.certificate());
        } catch (IOException e) {
            failed(FileTrouble.tell(e));
        } catch (Exception e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void failed(String why) {
        if (why.equals(trouble)) {
            return;
        }
        trouble = why;
        counters.increment("admin.tls.failures");
        log.error(
                "the new certificate of the interface cannot be used, and the one of before stays until it is fixed: {}",
                why);
    }
}
