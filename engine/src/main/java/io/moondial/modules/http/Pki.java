package io.moondial.modules.http;

import io.moondial.config.PemFile;
import io.moondial.file.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Certificates and keys in PEM files (RFC 7468), as JSSE takes them. */
final class Pki {
    private static final char[] NO_PASSWORD = {};

    private Pki() {}

    /** A file that cannot be used: which, why, and what to do. */
    static final class UnusableFileException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String key;

        /**
         * @param key the one of {@link HttpSettings.TlsSettings} that names the file
         */
        UnusableFileException(String key, String message) {
            super(message, null, false, false);
            this.key = key;
        }

        String key() {
            return key;
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Whom to trust and what to show.
     *
     * @throws UnusableFileException if a file cannot be read, is not what it should be, or does not
     *     belong to the other
     */
    static SSLContext context(HttpSettings.TlsSettings settings) throws UnusableFileException {
        TrustManager @Nullable [] trusted =
                settings.ca() == null ? null : Pem.trusting(certificates("ca", settings.ca()));
        KeyManager @Nullable [] shown =
                settings.certificate() == null || settings.key() == null
                        ? null
                        : show(settings.certificate(), settings.key());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManager[] show(PemFile certificate, PemFile key)
            throws UnusableFileException {
        List<X509Certificate> chain = certificates("certificate", certificate);
        PrivateKey secret = key(key);
        if (!Pem.belongTogether(secret, chain.getFirst().getPublicKey())) {
            throw new UnusableFileException(
                    "key",
                    "%s is not the key of the first certificate in %s; name the two that were made together"
                            .formatted(key, certificate));
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", secret, NO_PASSWORD, chain.toArray(Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableFileException(
                    "certificate",
                    "%s cannot be used with %s: %s".formatted(certificate, key, e.getMessage()));
        }
    }

    private static String content(String key, PemFile file) throws UnusableFileException {
        String content = file.content();
        if (content == null) {
            throw new UnusableFileException(key, file + " cannot be read");
        }
        return content;
    }

    private static List<X509Certificate> certificates(String key, PemFile file)
            throws UnusableFileException {
        try {
            return Pem.certificates(file.file(), content(key, file));
        } catch (Pem.UnusableException e) {
            throw new UnusableFileException(key, e.getMessage());
        }
    }

    private static PrivateKey key(PemFile file) throws UnusableFileException {
        try {
            return Pem.key(file.file(), content("key", file));
        } catch (Pem.UnusableException e) {
            throw new UnusableFileException("key", e.getMessage());
        }
    }
}
