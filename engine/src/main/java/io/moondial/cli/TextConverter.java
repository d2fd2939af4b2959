package io.moondial.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A text for a subscriber on the command line, as it is written on one line: {@code \n} is a new
 * line, {@code \\} a backslash. A line break is one too.
 */
public final class TextConverter implements ITypeConverter<String> {
    /** For descriptions of what takes such a text. */
    public static final String HOW = "\\n is a new line, and \\\\ a backslash.";

    @Override
    public String convert(String value) {
        StringBuilder text = new StringBuilder(value.length());
        int at = 0;
        for (int next = value.indexOf('\\'); next >= 0; next = value.indexOf('\\', at)) {
            text.append(value, at, next).append(escaped(value, next + 1));
            at = next + 2;
        }
        return text.append(value, at, value.length()).toString();
    }

    private static char escaped(String value, int at) {
        char of = at < value.length() ? value.charAt(at) : ' ';
        return switch (of) {
            case 'n' -> '\n';
            case '\\' -> of;
            default ->
                    throw new TypeConversionException(
                            "the text has a backslash before %s; allowed are \\n, a new line, and \\\\, a backslash"
                                    .formatted(
                                            at < value.length()
                                                    ? "'"
                                                            + Character.toString(
                                                                    value.codePointAt(at))
                                                            + "'"
                                                    : "its end"));
        };
    }
}
