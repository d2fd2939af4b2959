package io.moondial.edr.spec;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import io.moondial.problem.Problem;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** One file of {@code edr-spec/} being read: gathers everything that is wrong with it. */
final class SpecFile {
    private static final ValueType<String> TEXT = ValueType.text();
    private static final ValueType<Long> NUMBER =
            ValueType.wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE);
    private static final ValueType<Boolean> FLAG = ValueType.flag();
    private static final ValueType<String> ALWAYS = ValueType.choice(List.of("always"));
    private static final ValueType<String> TYPE =
            ValueType.choice(List.of("text", "integer", "hex", "octets", "address", "choice"));

    private SpecFile() {}

    /**
     * Reads a file.
     *
     * @param name the file, for the problems; the event's name with {@code .yaml}
     * @param problems takes what is wrong
     * @return empty if something is
     */
    static Optional<EventSpec> read(Path name, InputStream input, List<Problem> problems) {
        var found = new Problems(name);
        var event = LocatedYaml.read(input, found).map(top -> event(new Section(top, found), name));
        problems.addAll(found.inFileOrder());
        return found.isEmpty() ? event : Optional.empty();
    }

    private static EventSpec event(Section file, Path name) {
        var spec =
                new EventSpec(
                        text(file, "event"),
                        text(file, "meaning"),
                        text(file, "source"),
                        file.find("source_example", TEXT).orElse(null),
                        text(file, "example"),
                        fields(file));
        if (!spec.event().isEmpty()
                && !name.getFileName().toString().equals(spec.event() + ".yaml")) {
            file.refuse("event", "the file of the event " + spec.event() + " is named after it");
        }
        file.refuseUnknownKeys();
        SpecFileCheck.example(spec, file);
        return spec;
    }

    private static List<EventSpec.FieldSpec> fields(Section event) {
        var sections = event.namedSections("fields", TEXT);
        var fields = new ArrayList<EventSpec.FieldSpec>();
        String before = "";
        for (var entry : sections.entrySet()) {
            String name = entry.getKey();
            if (name.compareTo(before) < 0) {
                entry.getValue().refuse(name + " comes after " + before + "; fields are in order");
            }
            before = name;
            fields.add(field(name, entry.getValue()));
            SpecFileCheck.conditions(fields.getLast(), entry.getValue(), sections.keySet());
        }
        return fields;
    }

    private static EventSpec.FieldSpec field(String name, Section field) {
        boolean always = field.find("required", ALWAYS).isPresent();
        Optional<String> when = field.find("when", TEXT);
        if (!always && when.isEmpty()) {
            field.refuse(name + " has neither \"required: always\" nor \"when\"");
        }
        return new EventSpec.FieldSpec(
                name,
                type(field),
                field.find("list", FLAG, false),
                always,
                conditions(field, "required_if"),
                conditions(field, "forbidden_if"),
                when.orElse(null),
                text(field, "meaning"),
                field.find("note", TEXT).orElse(null));
    }

    /** What is not allowed is already reported; text is used instead. */
    private static EventSpec.FieldType type(Section field) {
        return switch (field.require("type", TYPE).orElse("text")) {
            case "integer" -> range(field, Long.MIN_VALUE, EventSpec.FieldType.Whole::new);
            case "hex" -> range(field, 1, EventSpec.FieldType.Hex::new);
            case "octets" -> range(field, 1, EventSpec.FieldType.Octets::new);
            case "address" -> new EventSpec.FieldType.Address();
            case "choice" ->
                    new EventSpec.FieldType.Choice(field.distinct("values", TEXT, List.of()));
            default -> new EventSpec.FieldType.Text();
        };
    }

    private static EventSpec.FieldType range(
            Section field, long least, BiFunction<Long, Long, EventSpec.FieldType> type) {
        long min = field.find("min", NUMBER, least);
        long max = field.find("max", NUMBER, Long.MAX_VALUE);
        if (min > max) {
            field.refuse(
                    field.has("min") ? "min" : "max",
                    "min is %d and max is %d; min is not greater than max".formatted(min, max));
        }
        return type.apply(min, max);
    }

    private static List<EventSpec.Condition> conditions(Section field, String key) {
        return field.distinct(key, TEXT, List.of()).stream()
                .map(EventSpec.Condition::parse)
                .toList();
    }

    private static String text(Section section, String key) {
        return section.require(key, TEXT).orElse("");
    }

    /** What a wider look at a file of {@code edr-spec/} shows, once its keys are read. */
    private static final class SpecFileCheck {
        private SpecFileCheck() {}

        /** Refuses conditions on fields that the event does not have. */
        static void conditions(
                EventSpec.FieldSpec field, Section section, Collection<String> names) {
            conditions("required_if", field.requiredIf(), section, names);
            conditions("forbidden_if", field.forbiddenIf(), section, names);
        }

        private static void conditions(
                String key,
                List<EventSpec.Condition> conditions,
                Section section,
                Collection<String> names) {
            for (var condition : conditions) {
                if (!names.contains(condition.field())) {
                    section.refuse(
                            key,
                            "the event has no field %s; it has %s"
                                    .formatted(condition.field(), String.join(", ", names)));
                }
            }
        }

        /**
         * Refuses an example that is not as the file says; if the file is broken, none is refused.
         */
        static void example(EventSpec spec, Section file) {
            if (file.problemsSoFar() == 0) {
                fault(spec)
                        .ifPresent(
                                fault ->
                                        file.refuse(
                                                "example",
                                                "it is a record that is as this file says; but "
                                                        + fault));
            }
        }

        private static Optional<String> fault(EventSpec spec) {
            var line = EdrFormat.parse(spec.example());
            if (!line.flaws().isEmpty()) {
                return Optional.of(line.flaws().getFirst().message());
            }
            if (!(line instanceof EdrLine.Event event)) {
                return Optional.of("it is a header or a footer");
            }
            return event.edr().event().equals(spec.event())
                    ? spec.check(event.edr()).stream().findFirst()
                    : Optional.of("its event is " + event.edr().event());
        }
    }
}
