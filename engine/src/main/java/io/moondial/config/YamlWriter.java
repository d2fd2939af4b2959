package io.moondial.config;

import io.moondial.config.Node.Scalar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A YAML document as it grows, such that {@link Section} reads from it what was put in: sections by
 * indentation, everything else on one line.
 */
public final class YamlWriter implements SettingsWriter {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private final @Nullable Path folder;
    private int depth;

    /**
     * An empty document.
     *
     * @param folder that relative paths in the document are relative to; null: none can be
     */
    public YamlWriter(@Nullable Path folder) {
        this.folder = folder;
    }

    @Override
    public void section(String key, Runnable body) {
        line(key(key) + ":");
        depth++;
        body.run();
        depth--;
    }

    @Override
    public void entry(String key, Object value) {
        line(key + ": " + plain(value));
    }

    /** A value as it is written after its key. */
    static String plain(Object value) {
        return value instanceof Word(String text) ? text : value(value);
    }

    /** An item of a list on one line, in braces. */
    public static String line(Map<String, ?> item) {
        return value(item);
    }

    @Override
    public String relative(Path path) {
        return relative(path, folder);
    }

    @Override
    public void item(Map<String, ?> item) {
        line("- " + value(item));
    }

    /** A path as a document in the folder says it; null: the document is in none. */
    static String relative(Path path, @Nullable Path folder) {
        if (path.equals(folder)) {
            return ".";
        }
        Path written =
                folder != null
                                && path.startsWith(folder)
                                && path.getNameCount() > folder.getNameCount()
                        ? path.subpath(folder.getNameCount(), path.getNameCount())
                        : path;
        return written.toString();
    }

    private void line(String text) {
        out.append(INDENT.repeat(depth)).append(text).append('\n');
    }

    /**
     * A value on one line: a String or {@link Word}, in quotes; a Duration; a number; a Boolean; a
     * list or a map of them.
     *
     * @throws IllegalArgumentException for anything else
     */
    static String value(Object value) {
        return switch (value) {
            case String text -> quoted(text);
            case Word word -> quoted(word.text());
            case Duration duration -> Measure.DURATION.format(duration.toMillis());
            case Double number -> decimal(number);
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case Boolean flag -> flag.toString();
            case List<?> list ->
                    list.stream()
                            .map(YamlWriter::value)
                            .collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(
                                    it ->
                                            key(String.valueOf(it.getKey()))
                                                    + ": "
                                                    + value(it.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"));
            default ->
                    throw new IllegalArgumentException(
                            "no value of a document: " + value.getClass());
        };
    }

    private static String decimal(double number) {
        if (Double.isNaN(number)) {
            return ".nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? ".inf" : "-.inf";
        }
        return Double.toString(number);
    }

    private static String key(String text) {
        boolean name = text.matches("[A-Za-z_][A-Za-z0-9_]*");
        return name && !new Scalar(Place.START, text, false).isNull() ? text : quoted(text);
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(character -> appendEscaped(quoted, character));
        return quoted.append('"').toString();
    }

    /** Escapes of YAML 1.2 5.7; also for what looks like nothing or breaks lines elsewhere. */
    private static void appendEscaped(StringBuilder to, int character) {
        switch (character) {
            case '"' -> to.append("\\\"");
            case '\\' -> to.append("\\\\");
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> {
                if (isShown(character)) {
                    to.appendCodePoint(character);
                } else {
                    to.append("\\U%08X".formatted(character));
                }
            }
        }
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /** The document so far. */
    @Override
    public String toString() {
        return out.toString();
    }
}
