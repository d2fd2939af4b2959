package io.moondial.config;

/** What a file says, as it is shown in a message: short, and without control characters. */
final class Quote {
    private static final int MAX_SHOWN = 40;

    private Quote() {}

    static String of(Node node) {
        return switch (node) {
            case Node.Scalar scalar when scalar.isNull() -> "nothing";
            case Node.Scalar scalar when scalar.quoted() -> '"' + of(scalar.text()) + '"';
            case Node.Scalar scalar -> of(scalar.text());
            case Node.Sequence sequence -> "a list";
            case Node.Mapping mapping -> "a section";
        };
    }

    static String of(String text) {
        return text.codePointCount(0, text.length()) > MAX_SHOWN
                ? line(text.substring(0, text.offsetByCodePoints(0, MAX_SHOWN))) + "..."
                : line(text);
    }

    /** The whole of a text on one line. */
    static String line(String text) {
        var shown = new StringBuilder();
        text.codePoints()
                .forEach(it -> shown.appendCodePoint(Character.isISOControl(it) ? '\uFFFD' : it));
        return shown.toString();
    }
}
