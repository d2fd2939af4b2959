package io.moondial.text;

import java.util.BitSet;

/** The asterisks that are written instead of a secret. */
public final class Mask {
    private Mask() {}

    /** A text with an asterisk for each of these of its characters, by their indices. */
    public static String of(String text, BitSet hidden) {
        StringBuilder masked = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (!hidden.get(i)) {
                masked.append(text.charAt(i));
            } else if (!(i > 0 && Character.isSurrogatePair(text.charAt(i - 1), text.charAt(i)))) {
                masked.append('*');
            }
        }
        return masked.toString();
    }

    /** As many asterisks as the secret has characters (code points). */
    public static String of(String secret) {
        return "*".repeat(secret.codePointCount(0, secret.length()));
    }
}
