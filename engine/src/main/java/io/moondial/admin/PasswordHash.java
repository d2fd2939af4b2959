package io.moondial.admin;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a password: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2).
 *
 * @param iterations how often: OWASP asks for 600,000
 */
@SuppressWarnings("ArrayRecordComponent") // compared by matches and equals below
record PasswordHash(int iterations, byte[] salt, byte[] hash) implements UsersFile.Secret {
    static final String KIND = "pbkdf2-sha256";
    static final int SHORTEST = 8;
    static final int MAX_OCTETS = 1024;

    private static final int ITERATIONS = 600_000;
    private static final int LEAST_ITERATIONS = 600_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int SALT_OCTETS = 16;
    private static final int HASH_OCTETS = 32;
    private static final Pattern FORM =
            Pattern.compile("([0-9]{6,8}) ([A-Za-z0-9+/]{22}==) ([A-Za-z0-9+/]{43}=)");

    static PasswordHash of(String password) {
        byte[] salt = new byte[SALT_OCTETS];
        new SecureRandom().nextBytes(salt);
        return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS));
    }

    /** One that no password has: to compare with where there is no such user, in the same time. */
    static PasswordHash ofNobody() {
        return new PasswordHash(ITERATIONS, new byte[SALT_OCTETS], new byte[HASH_OCTETS]);
    }

    /** What follows the kind in the file. */
    static Optional<PasswordHash> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(form.group(1));
        if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
            return Optional.empty();
        }
        return Optional.of(
                new PasswordHash(
                        iterations,
                        Base64.getDecoder().decode(form.group(2)),
                        Base64.getDecoder().decode(form.group(3))));
    }

    /** Takes some tenths of a second, and as long whether it is right or wrong. */
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, salt, iterations));
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec spec =
                new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_OCTETS * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // each JDK has it
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public String written() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "%s %d %s %s"
                .formatted(
                        KIND, iterations, base64.encodeToString(salt), base64.encodeToString(hash));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PasswordHash it
                && iterations == it.iterations
                && Arrays.equals(salt, it.salt)
                && Arrays.equals(hash, it.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    /** Never the hash. */
    @Override
    public String toString() {
        return KIND;
    }
}
