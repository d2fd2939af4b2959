package io.moondial.dialogtest.language;

import java.util.BitSet;

/**
 * What takes the place of a secret in a test: digits that are nobody's, the same wherever as many
 * are needed, so that a PIN that is asked for twice is the same twice.
 */
public final class SecretDigits {
    private static final String DIGITS = "5917382640";

    private SecretDigits() {}

    /** Whether a text is asterisks and nothing else, as a recorded test has them for a secret. */
    public static boolean isNeededFor(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '*');
    }

    /** As many digits. */
    public static String of(int length) {
        return DIGITS.repeat(length / DIGITS.length() + 1).substring(0, length);
    }

    /** A dialled text with digits instead of its secret characters, stars and hashes kept. */
    public static String dialled(String text, BitSet secret) {
        StringBuilder recorded = new StringBuilder(text);
        int digits = 0;
        for (int i = secret.nextSetBit(0); i >= 0; i = secret.nextSetBit(i + 1)) {
            if ("*#".indexOf(text.charAt(i)) < 0) {
                recorded.setCharAt(i, DIGITS.charAt(digits++ % DIGITS.length()));
            }
        }
        return recorded.toString();
    }
}
