package io.moondial.text;

import org.jspecify.annotations.Nullable;

/**
 * The alphabet that a text would be sent in, and its length in it.
 *
 * @param alphabet the preferred one, or UCS2 if that lacks a character of the text
 * @param units the length, in the alphabet's units
 * @param outsider the character because of which the text is UCS2; null: there is none
 */
public record TextLength(Alphabet alphabet, int units, @Nullable Outsider outsider) {

    /**
     * The first character of a text that the preferred alphabet does not have.
     *
     * @param codePoint the character
     * @param position which character of the text it is, from 1
     * @param missingFrom the preferred alphabet
     */
    public record Outsider(int codePoint, int position, Alphabet missingFrom) {}

    /** Measures a text of any length. */
    public static TextLength of(String text, Alphabet preferred) {
        int units = 0;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int codePoint = text.codePointAt(i);
            int more = preferred.units(codePoint);
            if (more == 0) {
                int position = text.codePointCount(0, i) + 1;
                var outsider = new Outsider(codePoint, position, preferred);
                return new TextLength(Alphabet.UCS2, text.length(), outsider);
            }
            units += more;
        }
        return new TextLength(preferred, units, null);
    }

    /** The longest beginning of a text that fits; it ends between two characters. */
    public static String truncate(String text, Alphabet preferred) {
        // A beginning without outsiders is sent in the preferred alphabet, even if the whole would
        // not be.
        int end = Math.max(fittingEnd(text, preferred), fittingEnd(text, Alphabet.UCS2));
        return text.substring(0, end);
    }

    private static int fittingEnd(String text, Alphabet alphabet) {
        int units = 0;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int more = alphabet.units(text.codePointAt(i));
            units += more;
            if (more == 0 || units > alphabet.limit()) {
                return i;
            }
        }
        return text.length();
    }

    /** The most units that there may be. */
    public int limit() {
        return alphabet.limit();
    }

    /** Whether the text can be sent: it is neither empty nor too long. */
    public boolean fits() {
        return units > 0 && units <= limit();
    }
}
