package io.moondial.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificates and keys in PEM files (RFC 7468). */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private Pem() {}

    /** A file that cannot be used: which, why, and what to do. Nothing of what it holds. */
    public static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message, null, false, false);
        }

        /** Never null. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /**
     * The certificates in a file, in their order; at least one.
     *
     * @param file for what is said if there is none
     * @param content of the file
     */
    public static List<X509Certificate> certificates(Path file, String content)
            throws UnusableException {
        List<X509Certificate> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(content);
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                found.add(certificate(file, octets(file, block.group(2))));
            }
        }
        if (found.isEmpty()) {
            throw new UnusableException(
                    file
                            + " has no certificate; it must have a block that begins with -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    private static X509Certificate certificate(Path file, byte[] octets) throws UnusableException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(octets));
        } catch (CertificateException e) {
            throw new UnusableException(
                    file + " has a certificate that cannot be read: " + e.getMessage());
        }
    }

    /** What trusts these certificates, and those that they vouch for, and nothing else. */
    public static TrustManager[] trusting(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
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

    /** The key in a file: PKCS#8, without a password, RSA or EC. */
    public static PrivateKey key(Path file, String content) throws UnusableException {
        Matcher block = BLOCK.matcher(content);
        String others = "";
        while (block.find()) {
            if (block.group(1).equals("PRIVATE KEY")) {
                return key(file, octets(file, block.group(2)));
            }
            others = " but a " + block.group(1);
        }
        throw new UnusableException(
                "%s has no PKCS#8 key%s; 'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW' makes one"
                        .formatted(file, others));
    }

    private static PrivateKey key(Path file, byte[] octets) throws UnusableException {
        for (String algorithm : List.of("RSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(octets));
            } catch (InvalidKeySpecException _) {
                // it is of another kind
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new UnusableException(file + " has a key that is neither RSA nor EC, or is damaged");
    }

    private static byte[] octets(Path file, String base64) throws UnusableException {
        try {
            return Base64.getMimeDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw new UnusableException(
                    file + " has a block that is not Base64: " + e.getMessage());
        }
    }

    /** Whether a key is that of a certificate. */
    public static boolean belongTogether(PrivateKey secret, PublicKey open) {
        if (!secret.getAlgorithm().equals(open.getAlgorithm())) {
            return false;
        }
        String algorithm =
                secret.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(algorithm.getBytes(StandardCharsets.US_ASCII));
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(algorithm.getBytes(StandardCharsets.US_ASCII));
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
