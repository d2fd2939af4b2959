package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Certificates of servers on 127.0.0.1 that have signed themselves, as files. */
public final class OwnCertificate {
    private static final String PASSWORD = "password";
    private static final int PATIENCE_SECONDS = 120;

    private OwnCertificate() {}

    /** Makes NAME.pem, NAME.key, and both in NAME.p12. */
    public static void make(Path folder, String name) throws Exception {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-genkeypair",
                                "-alias",
                                name,
                                "-dname",
                                "CN=" + name,
                                "-keyalg",
                                "EC",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-keystore",
                                folder.resolve(name + ".p12").toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile())
                        .start();
        assertThat(keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = store(folder, name);
        Files.writeString(
                folder.resolve(name + ".pem"),
                pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
        Files.writeString(
                folder.resolve(name + ".key"),
                pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    }

    /** Those of this name, as Java has them. */
    static KeyStore store(Path folder, String name) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
    }

    private static String pem(String kind, byte[] octets) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(octets), kind);
    }
}
