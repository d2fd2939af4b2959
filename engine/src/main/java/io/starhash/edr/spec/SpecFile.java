package io.starhash.edr.spec;

import io.starhash.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One file of {@code edr-spec/} being read: gathers everything that is wrong with it. */
final class SpecFile {
    private static final Set<String> EVENT_KEYS =
            Set.of("event", "meaning", "source", "source_example", "example", "fields");
    private static final Set<String> FIELD_KEYS =
            Set.of(
                    "type",
                    "values",
                    "min",
                    "max",
                    "required",
                    "required_if",
                    "forbidden_if",
                    "when",
                    "meaning",
                    "note");

    private final Path name;
    private final List<Problem> problems;
    private final int problemsBefore;

    private SpecFile(Path name, List<Problem> problems) {
        this.name = name;
        this.problems = problems;
        this.problemsBefore = problems.size();
    }

    /**
     * Reads a file.
     *
     * @param name the file, for the problems; the event's name with {@code .yaml}
     * @param problems takes what is wrong
     * @return empty where something is
     */
    static Optional<EventSpec> read(Path name, InputStream input, List<Problem> problems)
            throws IOException {
        try {
            return new SpecFile(name, problems).event(YamlReader.read(name, input));
        } catch (YamlReader.ProblemException e) {
            problems.add(e.problem());
            return Optional.empty();
        }
    }

    private Optional<EventSpec> event(YamlNode document) {
        var map = mapping(document, EVENT_KEYS);
        var spec =
                new EventSpec(
                        text(map, "event", document),
                        text(map, "meaning", document),
                        text(map, "source", document),
                        optionalText(map, "source_example"),
                        text(map, "example", document),
                        fields(map, document));
        if (!name.getFileName().toString().equals(spec.event() + ".yaml")) {
            problem(document, "the file of the event " + spec.event() + " is named after it");
        }
        return problems.size() == problemsBefore ? Optional.of(spec) : Optional.empty();
    }

    private List<FieldSpec> fields(Map<String, YamlNode.Entry> event, YamlNode document) {
        var fields = new ArrayList<FieldSpec>();
        var entry = event.get("fields");
        if (entry == null || !(entry.value() instanceof YamlNode.Mapping mapping)) {
            problem(document, "fields is missing; it has the fields by name, or is {}");
            return fields;
        }
        String before = "";
        for (var field : mapping.entries().entrySet()) {
            if (field.getKey().compareTo(before) < 0) {
                problem(
                        field.getValue().line(),
                        field.getValue().column(),
                        field.getKey() + " comes after " + before + "; fields are in order");
            }
            before = field.getKey();
            fields.add(field(field.getKey(), field.getValue().value()));
        }
        return fields;
    }

    private FieldSpec field(String fieldName, YamlNode node) {
        var map = mapping(node, FIELD_KEYS);
        boolean always = always(map);
        String when = optionalText(map, "when");
        if (!always && when == null) {
            problem(node, fieldName + " has neither \"required: always\" nor \"when\"");
        }
        return new FieldSpec(
                fieldName,
                type(map, node),
                always,
                conditions(map, "required_if"),
                conditions(map, "forbidden_if"),
                when,
                text(map, "meaning", node),
                optionalText(map, "note"));
    }

    private boolean always(Map<String, YamlNode.Entry> map) {
        var required = scalar(map, "required");
        if (required != null && !required.text().equals("always")) {
            problem(required, "required is \"" + required.text() + "\"; it can be always");
        }
        return required != null;
    }

    private FieldType type(Map<String, YamlNode.Entry> map, YamlNode node) {
        String type = text(map, "type", node);
        return switch (type) {
            case "text" -> new FieldType.Text();
            case "integer" ->
                    new FieldType.Whole(
                            number(map, "min", Long.MIN_VALUE), number(map, "max", Long.MAX_VALUE));
            case "hex" ->
                    new FieldType.Hex(number(map, "min", 1), number(map, "max", Long.MAX_VALUE));
            case "address" -> new FieldType.Address();
            case "choice" -> new FieldType.Choice(texts(map, "values"));
            default -> {
                problem(
                        node,
                        "the type is \"%s\"; it can be text, integer, hex, address or choice"
                                .formatted(type));
                yield new FieldType.Text();
            }
        };
    }

    private List<Condition> conditions(Map<String, YamlNode.Entry> map, String key) {
        return texts(map, key).stream().map(Condition::parse).toList();
    }

    private List<String> texts(Map<String, YamlNode.Entry> map, String key) {
        var entry = map.get(key);
        if (entry == null) {
            return List.of();
        }
        if (!(entry.value() instanceof YamlNode.Sequence sequence)) {
            problem(entry.value(), key + " is a list");
            return List.of();
        }
        var texts = new ArrayList<String>();
        for (var item : sequence.items()) {
            var scalar = scalar(item, key);
            texts.add(scalar == null ? "" : scalar.text());
        }
        return texts;
    }

    private long number(Map<String, YamlNode.Entry> map, String key, long absent) {
        var scalar = scalar(map, key);
        if (scalar == null) {
            return absent;
        }
        try {
            return Long.parseLong(scalar.text());
        } catch (NumberFormatException e) {
            problem(scalar, "%s is \"%s\"; it is a whole number".formatted(key, scalar.text()));
            return absent;
        }
    }

    private String text(Map<String, YamlNode.Entry> map, String key, YamlNode owner) {
        String text = optionalText(map, key);
        if (text == null) {
            problem(owner, key + " is missing");
            return "";
        }
        return text;
    }

    private @Nullable String optionalText(Map<String, YamlNode.Entry> map, String key) {
        var scalar = scalar(map, key);
        return scalar == null ? null : scalar.text();
    }

    private YamlNode.@Nullable Scalar scalar(Map<String, YamlNode.Entry> map, String key) {
        var entry = map.get(key);
        return entry == null ? null : scalar(entry.value(), key);
    }

    private YamlNode.@Nullable Scalar scalar(YamlNode node, String key) {
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar;
        }
        problem(node, key + " is a text");
        return null;
    }

    private Map<String, YamlNode.Entry> mapping(YamlNode node, Set<String> known) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problem(node, "expected keys with their values");
            return Map.of();
        }
        mapping.entries()
                .forEach(
                        (key, entry) -> {
                            if (!known.contains(key)) {
                                problem(
                                        entry.line(),
                                        entry.column(),
                                        "there is no key %s; there are %s"
                                                .formatted(key, known.stream().sorted().toList()));
                            }
                        });
        return mapping.entries();
    }

    private void problem(YamlNode node, String message) {
        problem(node.line(), node.column(), message);
    }

    private void problem(int line, int column, String message) {
        problems.add(new Problem(name, line, column, message));
    }
}
