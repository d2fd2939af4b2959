package io.moondial.dialogtest.language;

/** Blanks: spaces and tabs, and no other character. */
final class Blank {
    private Blank() {}

    static boolean is(char c) {
        return c == ' ' || c == '\t';
    }

    /** How many blanks a text begins with, from an index on. */
    static int skip(String text, int from) {
        int i = from;
        while (i < text.length() && is(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** The text without blanks at its end. */
    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
