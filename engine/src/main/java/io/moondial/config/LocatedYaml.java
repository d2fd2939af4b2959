package io.moondial.config;

import io.moondial.config.Node.Entry;
import io.moondial.config.Node.Mapping;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Node.Sequence;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * One YAML document as a tree of nodes with their places. The subset is that of settings: no
 * anchors, aliases and tags, and scalars as the only keys.
 */
public final class LocatedYaml {
    /** The most levels of nesting. */
    static final int MAX_DEPTH = 32;

    /** The most keys, values, lists and sections together. */
    static final int MAX_NODES = 4_000_000;

    private final YAMLParser parser;
    private final int[] characters;
    private final Problems problems;
    private final int maxNodes;
    private int nodes;

    private LocatedYaml(YAMLParser parser, String text, Problems problems, int maxNodes) {
        this.parser = parser;
        this.characters = text.codePoints().toArray();
        this.problems = problems;
        this.maxNodes = maxNodes;
    }

    /**
     * The file's top section; without entries if the file says nothing.
     *
     * @return empty if the file cannot be read to its end; the problems then say why
     */
    public static Optional<Mapping> read(Path file, Problems problems) {
        return read(file, problems, MAX_NODES);
    }

    /** The same with another limit. */
    static Optional<Mapping> read(Path file, Problems problems, int maxNodes) {
        return read(() -> SourceText.read(file), problems, maxNodes);
    }

    /** The same of what is no file of its own, such as a resource; the caller closes it. */
    public static Optional<Mapping> read(InputStream input, Problems problems) {
        return read(() -> SourceText.read(input), problems, MAX_NODES);
    }

    private static Optional<Mapping> read(Source source, Problems problems, int maxNodes) {
        try {
            return Optional.of(parse(source.text(), problems, maxNodes));
        } catch (Refusal e) {
            problems.add(e.place(), e.reason());
            return Optional.empty();
        }
    }

    /** Where the text comes from. */
    private interface Source {
        String text() throws Refusal;
    }

    private static Mapping parse(String text, Problems problems, int maxNodes) throws Refusal {
        try (YAMLParser parser = parser(text)) {
            return new LocatedYaml(parser, text, problems, maxNodes).document();
        } catch (JacksonException e) {
            throw YamlFault.refusal(e, text);
        }
    }

    /**
     * The whole text is one read: snakeyaml-engine 3.0.1 throws if a surrogate pair is split
     * between two. Repeated keys are found here, all of them and with both places.
     */
    private static YAMLParser parser(String text) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setCodePointLimit(SourceText.MAX_OCTETS)
                        .setBufferSize(text.length() + 1)
                        .setAllowDuplicateKeys(true)
                        .build();
        YAMLFactory yaml = YAMLFactory.builder().loadSettings(settings).build();
        return (YAMLParser) yaml.createParser(ObjectReadContext.empty(), text);
    }

    private Mapping document() throws Refusal {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new Mapping(Place.START, List.of());
        }
        Node root = node(first, 1);
        if (parser.nextToken() != null) {
            throw new Refusal(place(), "a second document begins here: only one is allowed");
        }
        return switch (root) {
            case Mapping mapping -> mapping;
            case Scalar scalar when scalar.isNull() -> new Mapping(scalar.place(), List.of());
            case Scalar scalar -> throw notKeys(scalar);
            case Sequence sequence -> throw notKeys(sequence);
        };
    }

    private static Refusal notKeys(Node root) {
        return new Refusal(
                root.place(), "found " + Quote.of(root) + "; allowed are keys with their values");
    }

    private Node node(JsonToken token, int depth) throws Refusal {
        count();
        refuseReferences();
        if (depth > MAX_DEPTH) {
            throw new Refusal(place(), "nested too deeply: at most " + MAX_DEPTH + " levels");
        }
        return switch (token) {
            case START_OBJECT -> mapping(depth);
            case START_ARRAY -> sequence(depth);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar();
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> scalar();
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new Refusal(place(), "a value is expected here");
        };
    }

    private Mapping mapping(int depth) throws Refusal {
        Place start = place();
        Map<String, Entry> entries = new HashMap<>();
        List<Entry> inOrder = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            count();
            refuseReferences();
            Scalar key = scalar();
            Entry entry = new Entry(key, node(parser.nextToken(), depth + 1));
            Entry earlier = entries.putIfAbsent(key.text(), entry);
            if (earlier == null) {
                inOrder.add(entry);
            } else {
                problems.add(key.place(), repeated(key, earlier));
            }
        }
        return new Mapping(start, inOrder);
    }

    private static String repeated(Scalar key, Entry earlier) {
        return "%s appears twice: it is already on line %d; remove one"
                .formatted(Quote.of(key), earlier.key().place().line());
    }

    private Sequence sequence(int depth) throws Refusal {
        Place start = place();
        List<Node> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            items.add(node(token, depth + 1));
        }
        return new Sequence(start, items);
    }

    private Scalar scalar() {
        return new Scalar(place(), parser.getString(), isQuoted());
    }

    private boolean isQuoted() {
        return parser.currentToken() != JsonToken.VALUE_NULL && beginsWithOneOf("\"'|>");
    }

    /**
     * The parser does not say everything that is needed here, but no plain scalar begins with an
     * indicator (YAML 1.2 7.3.3).
     */
    private boolean beginsWithOneOf(String indicators) {
        int offset = (int) parser.currentTokenLocation().getCharOffset();
        return offset < characters.length && indicators.indexOf(characters[offset]) >= 0;
    }

    /** The text from here up to the next space, comma or bracket. */
    private String word() {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        int end = start;
        while (end < characters.length && " \t\r\n,[]{}".indexOf(characters[end]) < 0) {
            end++;
        }
        return new String(characters, start, end - start);
    }

    private void count() throws Refusal {
        if (++nodes > maxNodes) {
            throw new Refusal(place(), "too much is in this file: at most " + maxNodes + " nodes");
        }
    }

    private void refuseReferences() throws Refusal {
        if (beginsWithOneOf("&*")) {
            throw new Refusal(
                    place(),
                    "put this text in quotes: \"%s\"; otherwise YAML reads * as an alias and & as an anchor, which are not allowed"
                            .formatted(Quote.of(word())));
        }
        if (beginsWithOneOf("!")) {
            throw new Refusal(place(), "tags (!) are not allowed: put a text in quotes");
        }
    }

    private Place place() {
        return at(parser.currentTokenLocation());
    }

    static Place at(@Nullable TokenStreamLocation location) {
        return location == null
                ? Place.FILE
                : new Place(Math.max(location.getLineNr(), 0), Math.max(location.getColumnNr(), 0));
    }
}
