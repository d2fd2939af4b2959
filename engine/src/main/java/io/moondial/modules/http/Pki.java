package io.moondial.modules.http;

import io.moondial.config.NamedFile;
import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import io.moondial.file.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates and keys in PEM files (RFC 7468), as JSSE takes them. */
final class Pki {
    private static final long MAX_OCTETS = 4 << 20;
    private static final char[] NO_PASSWORD = {};

    private Pki() {}

    /** A file with what it held when the rules were read: if that changes, so do the settings. */
    static final class PemFile implements NamedFile {
        private final Path path;
        private final @Nullable String content;

        /**
         * @param content null: it could not be read
         */
        PemFile(Path path, @Nullable String content) {
            this.path = path;
            this.content = content;
        }

        @Override
        public Path file() {
            return path;
        }

        /** Whether it could be read. */
        boolean isThere() {
            return content != null;
        }

        private String content(String key) throws UnusableFileException {
            if (content == null) {
                throw new UnusableFileException(key, path + " cannot be read");
            }
            return content;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PemFile it
                    && path.equals(it.path)
                    && Objects.equals(content, it.content);
        }

        @Override
        public int hashCode() {
            return path.hashCode();
        }

        /** Where it is; never what it holds. */
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** Such a file as the rules name it: by its path, relative to them. */
    static final class WrittenFile implements Structure<PemFile> {
        @Override
        public @Nullable PemFile read(
                Section section, String key, Map<String, @Nullable Object> before) {
            Optional<String> written = section.find(key, ValueType.text());
            if (written.isEmpty()) {
                return null;
            }
            Path path = section.path(key, written.get());
            try {
                if (Files.size(path) > MAX_OCTETS) {
                    section.refuse(key, path + " is larger than 4 MiB");
                    return new PemFile(path, null);
                }
                return new PemFile(path, Files.readString(path, StandardCharsets.ISO_8859_1));
            } catch (NoSuchFileException e) {
                section.needed(key, "there is no file " + path);
            } catch (IOException e) {
                section.needed(key, path + " cannot be read: " + e.getMessage());
            }
            return new PemFile(path, null);
        }

        @Override
        public void print(SettingsWriter out, String key, PemFile value) {
            out.entry(key, out.relative(value.file()));
        }

        @Override
        public String allowed() {
            return "a path to a PEM file";
        }
    }

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
                settings.ca() == null ? null : trust(certificates("ca", settings.ca()));
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

    private static TrustManager[] trust(List<X509Certificate> authorities) {
        try {
            KeyStore store = emptyStore();
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
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
            KeyStore store = emptyStore();
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

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<X509Certificate> certificates(String key, PemFile file)
            throws UnusableFileException {
        try {
            return Pem.certificates(file.file(), file.content(key));
        } catch (Pem.UnusableException e) {
            throw new UnusableFileException(key, e.getMessage());
        }
    }

    private static PrivateKey key(PemFile file) throws UnusableFileException {
        try {
            return Pem.key(file.file(), file.content("key"));
        } catch (Pem.UnusableException e) {
            throw new UnusableFileException("key", e.getMessage());
        }
    }
}
