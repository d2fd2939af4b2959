package io.moondial.cli.push;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.ConfigurationException;
import io.moondial.cli.TextConverter;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.problem.Problem;
import io.moondial.push.Orders;
import io.moondial.text.LogText;
import io.moondial.text.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file with an order on each line: a number; or columns under a line that names them; or a JSON
 * object with what {@code POST /v1/pushes} takes. What a line leaves out is the same for all.
 */
final class PushList {
    /** More than a million numbers. */
    static final int MAX_OCTETS = 16 << 20;

    private static final int MOST_PROBLEMS = 20;
    private static final int KEY_OCTETS = 16;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String MSISDN = "msisdn";
    private static final String TEXT = "text";
    private static final String SCRIPT = "script";
    private static final String ARGS = "args";
    private static final String KIND = "kind";
    private static final JsonMapper JSON = new JsonMapper();

    /** Writes the same order alike, in whatever order its line has the fields. */
    private static final JsonMapper ALIKE =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final Path file;
    private final List<Line> lines;
    private final ObjectNode same;
    private final Form form;
    private final String name;

    /** How many lines before each line say the same order. */
    private final int[] alike;

    /** A line that says something; its number is from 1. */
    private record Line(int number, String text) {}

    /**
     * An order of the list.
     *
     * @param line its number, from 1
     * @param key of its idempotency: of what is ordered, and of how many lines before say the same
     */
    record Order(int line, String key, JsonNode body) {}

    /** How a line is read. */
    @FunctionalInterface
    private interface Form {
        ObjectNode read(String line) throws BadLine;
    }

    /** A line that says no order. */
    private static final class BadLine extends Exception {
        private static final long serialVersionUID = 1L;

        BadLine(String message) {
            super(message, null, false, false);
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    private PushList(Path file, List<Line> lines, ObjectNode same, Form form, String name) {
        this.file = file;
        this.lines = lines;
        this.same = same;
        this.form = form;
        this.name = name;
        this.alike = new int[lines.size()];
    }

    /**
     * Reads a list as a whole: nothing of it is ordered if a line of it is wrong.
     *
     * @param same what each order has that its line does not say
     * @param name tells two runs of the same list apart that are not meant to be the same; null:
     *     none does
     * @throws ConfigurationException with the first of what is wrong in it
     */
    static PushList read(Path file, ObjectNode same, @Nullable String name)
            throws ConfigurationException, IOException {
        String text;
        try {
            byte[] octets = PlainFile.read(file, MAX_OCTETS);
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (UnreadableFileException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": it is no text in UTF-8", e);
        }
        List<Line> lines = lines(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        if (lines.isEmpty()) {
            throw empty(file);
        }
        Line first = lines.getFirst();
        Form form;
        try {
            if (first.text().startsWith("{")) {
                form = PushList::object;
            } else if (new Columns(first.text()).read().contains(MSISDN)) {
                form = columns(first.text(), same);
                lines.removeFirst();
            } else {
                form = PushList::number;
            }
        } catch (BadLine e) {
            throw new ConfigurationException(
                    List.of(new Problem(file, first.number(), 0, e.message())));
        }
        if (lines.isEmpty()) {
            throw empty(file);
        }
        PushList list = new PushList(file, lines, same, form, name == null ? "" : name);
        list.check();
        return list;
    }

    private static ConfigurationException empty(Path file) {
        return new ConfigurationException(
                List.of(
                        new Problem(
                                file, 0, 0, "the list is empty: it has a number on each line")));
    }

    private static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String each : (Iterable<String>) text.lines()::iterator) {
            number++;
            String said = each.strip();
            if (!said.isEmpty() && !said.startsWith("#")) {
                lines.add(new Line(number, said));
            }
        }
        return lines;
    }

    // ---- the three forms

    private static ObjectNode number(String text) throws BadLine {
        if (!Orders.isNumber(text)) {
            throw new BadLine(
                    "'%s' is no number; allowed are %s".formatted(LogText.of(text), Orders.NUMBER));
        }
        return JSON.createObjectNode().put(MSISDN, text);
    }

    private static ObjectNode object(String line) throws BadLine {
        JsonNode value;
        try {
            value = JSON.readTree(line);
        } catch (JacksonException e) {
            throw new BadLine("it is no JSON; allowed is one object a line");
        }
        if (!(value instanceof ObjectNode object)) {
            throw new BadLine("it is no JSON object");
        }
        JsonNode msisdn = object.path(MSISDN);
        if (!msisdn.isString()) {
            throw new BadLine("msisdn is missing; it is a string: " + Orders.NUMBER);
        }
        number(msisdn.asString());
        return object;
    }

    private static Form columns(String first, ObjectNode same) throws BadLine {
        List<String> names = new Columns(first).read();
        Set<String> known = new HashSet<>();
        for (String name : names) {
            if (name.isEmpty() || !known.add(name)) {
                throw new BadLine(
                        name.isEmpty()
                                ? "a column has no name"
                                : "the column '%s' is there twice".formatted(LogText.of(name)));
            }
            if (!name.equals(MSISDN) && !name.equals(TEXT) && !same.has(SCRIPT)) {
                throw new BadLine(
                        "the column '%s' is for the args of a script: name it with --script"
                                .formatted(LogText.of(name)));
            }
            if (name.equals(TEXT) && same.has(SCRIPT)) {
                throw new BadLine("a column text and --script exclude each other");
            }
        }
        char between = Columns.between(first);
        return line -> {
            List<String> values = new Columns(line, between).read();
            if (values.size() != names.size()) {
                throw new BadLine(
                        "it has %d columns, and the first line names %d"
                                .formatted(values.size(), names.size()));
            }
            ObjectNode order = number(values.get(names.indexOf(MSISDN)));
            ObjectNode args =
                    same.path(ARGS) instanceof ObjectNode all
                            ? all.deepCopy()
                            : JSON.createObjectNode();
            for (int i = 0; i < names.size(); i++) {
                if (names.get(i).equals(TEXT)) {
                    order.put(TEXT, text(values.get(i)));
                } else if (!names.get(i).equals(MSISDN)) {
                    args.put(names.get(i), values.get(i));
                }
            }
            if (!args.isEmpty()) {
                order.set(ARGS, args);
            }
            return order;
        };
    }

    /** As the command takes it too. */
    private static String text(String written) throws BadLine {
        try {
            return new TextConverter().convert(written);
        } catch (TypeConversionException e) {
            throw new BadLine(String.valueOf(e.getMessage()));
        }
    }

    /**
     * A line of values with commas, or semicolons, between; one with these in it has quotes. Blanks
     * around a value do not belong to it, unless they are in its quotes.
     */
    private static final class Columns {
        private final String line;
        private final char between;
        private int at;

        Columns(String line) {
            this(line, between(line));
        }

        Columns(String line, char between) {
            this.line = line;
            this.between = between;
        }

        static char between(String first) {
            return first.indexOf(',') < 0 && first.indexOf(';') >= 0 ? ';' : ',';
        }

        List<String> read() throws BadLine {
            List<String> values = new ArrayList<>();
            values.add(value());
            while (at < line.length()) {
                at++; // past what is between
                values.add(value());
            }
            return values;
        }

        /** Up to what is between two, or to the end. */
        private String value() throws BadLine {
            skipBlanks();
            if (at < line.length() && line.charAt(at) == '"') {
                return quoted();
            }
            int end = line.indexOf(between, at);
            int from = at;
            at = end < 0 ? line.length() : end;
            return line.substring(from, at).strip();
        }

        private String quoted() throws BadLine {
            StringBuilder value = new StringBuilder();
            at++;
            while (at < line.length()) {
                char c = line.charAt(at++);
                if (c != '"') {
                    value.append(c);
                } else if (at < line.length() && line.charAt(at) == '"') {
                    value.append(c);
                    at++;
                } else {
                    skipBlanks();
                    if (at < line.length() && line.charAt(at) != between) {
                        throw new BadLine("after a quoted value comes '%s'".formatted(between));
                    }
                    return value.toString();
                }
            }
            throw new BadLine("a quoted value does not end on its line");
        }

        private void skipBlanks() {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
        }
    }

    // ---- all of them

    private void check() throws ConfigurationException {
        List<Problem> problems = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        int more = 0;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            try {
                alike[i] = seen.merge(key(alike(body(line))), 1, Integer::sum) - 1;
            } catch (BadLine e) {
                if (problems.size() < MOST_PROBLEMS) {
                    problems.add(new Problem(file, line.number(), 0, e.message()));
                } else {
                    more++;
                }
            }
        }
        if (more > 0) {
            problems.add(new Problem(file, 0, 0, "%d more lines are wrong".formatted(more)));
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** How many there are. */
    int size() {
        return lines.size();
    }

    /** One of them, from 0. */
    Order order(int index) {
        Line line = lines.get(index);
        try {
            String order = alike(body(line));
            return new Order(line.number(), key(order) + "-" + alike[index], JSON.readTree(order));
        } catch (BadLine e) {
            throw new IllegalStateException("a line that was checked is wrong", e);
        }
    }

    private static String alike(ObjectNode order) {
        return ALIKE.writeValueAsString(order);
    }

    private String key(String order) {
        return new Sha256().addPart(order).addPart(name).hex(KEY_OCTETS);
    }

    private ObjectNode body(Line line) throws BadLine {
        ObjectNode own = form.read(line.text());
        ObjectNode body = same.deepCopy();
        if (own.has(TEXT)) {
            body.remove(List.of(SCRIPT, ARGS));
        }
        if (own.has(SCRIPT)) {
            body.remove(List.of(TEXT, KIND));
        }
        body.setAll(own);
        if (!body.has(TEXT) && !body.has(SCRIPT)) {
            throw new BadLine("neither it nor the command says a text or a script");
        }
        return body;
    }
}
