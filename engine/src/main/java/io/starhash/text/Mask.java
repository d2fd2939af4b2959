package io.starhash.text;

/** The asterisks that stand for a secret wherever it would be written. */
public final class Mask {
    private Mask() {}

    /** As many asterisks as the secret has characters (code points). */
    public static String of(String secret) {
        return "*".repeat(secret.codePointCount(0, secret.length()));
    }
}
