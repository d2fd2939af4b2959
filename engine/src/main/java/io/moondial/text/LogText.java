package io.moondial.text;

/**
 * Text from outside on its way into a log line, which it must neither end, nor colour, nor show in
 * another order than it is in.
 */
public final class LogText {
    private static final String INDENT = "    ";

    private LogText() {}

    /**
     * The text with each character that is not seen as itself written out, as in a Java string:
     * controls, line and paragraph separators, format characters (those that turn the direction of
     * writing among them), and halves of surrogate pairs.
     */
    public static String of(String text) {
        return isPlain(text) ? text : written(text, false);
    }

    /** The same, but a line break stays if the next line is indented, as in a stack trace. */
    public static String ofLines(String text) {
        return isPlain(text) ? text : written(text, true);
    }

    /** Whether a character (a code point) is seen as itself. */
    public static boolean isSeen(int character) {
        if (character >= ' ' && character < 0x7f) {
            return true;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            default -> true;
        };
    }

    private static boolean isPlain(String text) {
        return text.codePoints().allMatch(LogText::isSeen);
    }

    private static String written(String text, boolean inLines) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (isSeen(character) || (inLines && isLayout(character, text, i))) {
                safe.appendCodePoint(character);
            } else {
                append(safe, character);
            }
        }
        return safe.toString();
    }

    /** Whether a character breaks a line before an indented one, or is that indent. */
    private static boolean isLayout(int character, String text, int next) {
        return switch (character) {
            case '\n' -> text.startsWith(INDENT, next) || text.startsWith("\t", next);
            case '\t' -> next >= 2 && text.charAt(next - 2) == '\n';
            default -> false;
        };
    }

    private static void append(StringBuilder safe, int character) {
        switch (character) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                for (char half : Character.toChars(character)) {
                    safe.append("\\u%04x".formatted((int) half));
                }
            }
        }
    }
}
