package io.moondial.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rows of a file of third-party test vectors: {@code name | hex | expected}. */
public final class Vectors {
    private static final Pattern TEXT = Pattern.compile("text[= ]\"([^\"]*)\"");
    private static final Pattern CODE_UNIT = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

    private Vectors() {}

    /**
     * One vector.
     *
     * @param source the file's name, which names where it is from
     * @param name unique in its file, but for a few
     * @param hex octets; may be empty
     * @param expected what the source says of them
     */
    public record Row(String source, String name, String hex, String expected) {
        public byte[] octets() {
            return HexFormat.of().parseHex(hex);
        }

        /** The expected text; null where the row gives none. */
        public @Nullable String text() {
            var text = TEXT.matcher(expected);
            return text.find() ? unescaped(text.group(1)) : null;
        }

        /** The expected text of a row that has one. */
        public String requiredText() {
            return Objects.requireNonNull(text(), this::toString);
        }

        @Override
        public String toString() {
            return source + " " + name + " " + hex;
        }
    }

    /** All rows of a file under {@code vectors/}, its name without the extension. */
    public static List<Row> of(String source) {
        return read(source)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" \\| ", 3))
                .map(cells -> new Row(source, cells[0], cells[1], cells[2]))
                .toList();
    }

    private static String read(String source) {
        String path = "/vectors/" + source + ".txt";
        try (InputStream in = Vectors.class.getResourceAsStream(path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static String unescaped(String text) {
        return CODE_UNIT
                .matcher(text)
                .replaceAll(unit -> Character.toString(Integer.parseInt(unit.group(1), 16)))
                .translateEscapes();
    }
}
