package io.moondial.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What names some content: its SHA-256 (FIPS 180-4), or the beginning of it, in hexadecimal digits.
 * One thread at a time.
 */
public final class Sha256 {
    /** All of it. */
    public static final int OCTETS = 32;

    private final MessageDigest digest;

    /** Of no content so far. */
    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Adds octets. */
    public Sha256 add(byte[] content) {
        digest.update(content);
        return this;
    }

    /** Adds all that can be read, and does not close it. */
    public Sha256 add(InputStream content) throws IOException {
        content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return this;
    }

    /** Adds octets, and an octet 0 as their end: {@code "ab", "c"} is not {@code "a", "bc"}. */
    public Sha256 addPart(byte[] content) {
        digest.update(content);
        digest.update((byte) 0);
        return this;
    }

    /** Adds a text in UTF-8, and an octet 0 as its end. */
    public Sha256 addPart(String content) {
        return addPart(content.getBytes(UTF_8));
    }

    /**
     * The name of what was added; from now on nothing is added.
     *
     * @param octets how many of the {@value #OCTETS}, two digits each
     */
    public String hex(int octets) {
        return HexFormat.of().formatHex(digest.digest(), 0, octets);
    }
}
