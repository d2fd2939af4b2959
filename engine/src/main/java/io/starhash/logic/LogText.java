package io.starhash.logic;

/** Text from outside on its way into a log line, which it must neither end nor colour. */
final class LogText {
    private LogText() {}

    /** The text with its control characters written out, as in a Java string. */
    static String of(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> append(safe, (char) c));
        return safe.toString();
    }

    private static void append(StringBuilder safe, char c) {
        switch (c) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                if (Character.isISOControl(c)) {
                    safe.append("\\u%04x".formatted((int) c));
                } else {
                    safe.append(c);
                }
            }
        }
    }
}
