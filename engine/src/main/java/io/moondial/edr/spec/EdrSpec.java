package io.moondial.edr.spec;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrFileReader;
import io.moondial.edr.EdrFileReader.Entry;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import io.moondial.edr.EdrLine.Kind;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The specification of the event types, and the validator of records and files against it.
 *
 * <p>Its source is the folder {@code edr-spec/}: one YAML file for each event type. The types of
 * the engine are built in too, so that records can be checked if there is no folder. An event that
 * is not the engine's own may be one that is specified here or not; then only its form is checked.
 */
public final class EdrSpec {
    /** The types that the engine writes. */
    public static final List<String> ENGINE_EVENTS =
            List.of(
                    "PUSH",
                    "PUSH-E",
                    "PUSH-R",
                    "USSD-ABORT",
                    "USSD-END",
                    "USSD-NOTIFY",
                    "USSD-NOTIFY-E",
                    "USSD-NOTIFY-R",
                    "USSD-PROCESS",
                    "USSD-PROCESS-E",
                    "USSD-PROCESS-R",
                    "USSD-REQUEST",
                    "USSD-REQUEST-E",
                    "USSD-REQUEST-R",
                    "USSD-SHUTDOWN");

    private static final String SUFFIX = ".yaml";

    /** As {@link io.moondial.edr.InstanceIds} makes them; a script's event may be another's. */
    private static final Pattern INSTANCE_ID = Pattern.compile(".+-[0-9]+-[0-9a-f]{8}");

    private final SortedMap<String, EventSpec> events = new TreeMap<>();

    private EdrSpec(Collection<EventSpec> events) {
        events.forEach(event -> this.events.put(event.event(), event));
    }

    /** The specification of the engine's own types. */
    public static EdrSpec builtIn() {
        var events = new ArrayList<EventSpec>();
        var problems = new ArrayList<Problem>();
        for (String event : ENGINE_EVENTS) {
            String resource = "/edr-spec/" + event + SUFFIX;
            try (var input = EdrSpec.class.getResourceAsStream(resource)) {
                read(Path.of(resource), input, events, problems);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    "The EDR specification built in is broken: " + problems);
        }
        return new EdrSpec(events);
    }

    /**
     * Reads a folder.
     *
     * @throws EdrSpecException with everything that is wrong in its files
     */
    public static EdrSpec load(Path folder) throws IOException, EdrSpecException {
        var events = new ArrayList<EventSpec>();
        var problems = new ArrayList<Problem>();
        for (var path : filesIn(folder)) {
            try (var input = Files.newInputStream(path)) {
                read(path, input, events, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new EdrSpecException(problems);
        }
        return new EdrSpec(events);
    }

    /** What is wrong with a record, each in one sentence that names the field; empty: nothing. */
    public List<String> check(Edr edr) {
        var faults = new ArrayList<String>();
        boolean ours = Edr.isOfEngine(edr.event());
        if (ours && !INSTANCE_ID.matcher(edr.instanceId()).matches()) {
            faults.add(
                    "the instance id is \"%s\"; it is App-startEpoch-instance, as in %s"
                            .formatted(edr.instanceId(), "Logic-1632976990-05f220e1"));
        }
        var event = events.get(edr.event());
        if (event != null) {
            faults.addAll(event.check(edr));
        } else if (ours) {
            faults.add(
                    "there is no event %s; there are %s".formatted(edr.event(), events.keySet()));
        }
        return faults;
    }

    /** What is wrong with a file and each of its records, by line; empty: nothing. */
    public List<Problem> check(Path file) throws IOException {
        var problems = new ArrayList<Problem>();
        try (var reader = EdrFileReader.open(file)) {
            check(reader, problems::add, event -> {});
        }
        return problems;
    }

    /**
     * Checks a file that is open at its start, to its end.
     *
     * @param problems takes what is wrong with it and each of its records, by line
     * @param unspecified takes the event of each record that no specification is of, so that only
     *     its form is checked: an event that is not the engine's
     * @return how many records it has, those that cannot be read counted
     */
    public long check(EdrFileReader file, Consumer<Problem> problems, Consumer<String> unspecified)
            throws IOException {
        return new FileCheck(this, file, problems, unspecified).run();
    }

    private boolean isUnspecified(String event) {
        return !Edr.isOfEngine(event) && !events.containsKey(event);
    }

    Collection<EventSpec> events() {
        return events.values();
    }

    private static List<Path> filesIn(Path folder) throws IOException, EdrSpecException {
        if (!Files.isDirectory(folder)) {
            throw noSpecification(
                    folder, Files.exists(folder) ? "it is no folder" : "there is no such folder");
        }
        try (var paths = Files.list(folder)) {
            var files = paths.filter(p -> p.toString().endsWith(SUFFIX)).sorted().toList();
            if (files.isEmpty()) {
                throw noSpecification(folder, "no file in it ends in " + SUFFIX);
            }
            return files;
        }
    }

    private static EdrSpecException noSpecification(Path folder, String why) {
        String rule = "a specification is a folder with a file an event, such as TOPUP" + SUFFIX;
        return new EdrSpecException(
                List.of(new Problem(folder, 0, 0, why + "; " + rule + "; name one that is there")));
    }

    private static void read(
            Path name, InputStream input, List<EventSpec> events, List<Problem> problems) {
        SpecFile.read(name, input, problems).ifPresent(events::add);
    }

    /**
     * The check of one file: the form of each line, each record against its type, and whether
     * header, records and footer add up.
     *
     * <p>A file in progress ({@code .part}) has no footer, and may end within a line.
     */
    private static final class FileCheck {
        private static final String IN_PROGRESS = ".part";

        private final EdrSpec spec;
        private final EdrFileReader reader;
        private final Consumer<Problem> problems;
        private final Consumer<String> unspecified;
        private long lines;
        private long records;
        private long octets;
        private EdrLine.@Nullable Header header;
        private boolean footerSeen;
        private boolean compressed;

        FileCheck(
                EdrSpec spec,
                EdrFileReader reader,
                Consumer<Problem> problems,
                Consumer<String> unspecified) {
            this.spec = spec;
            this.reader = reader;
            this.problems = problems;
            this.unspecified = unspecified;
        }

        /** Reads to the end; the result is the number of records. */
        long run() throws IOException {
            for (Entry entry; (entry = reader.next()) != null; ) {
                check(entry);
            }
            if (!compressed && !reader.path().toString().endsWith(IN_PROGRESS)) {
                checkEnd(reader.atEnd());
            }
            return records;
        }

        private void check(Entry entry) {
            entry.problems().forEach(problems);
            lines++;
            if (footerSeen) {
                problem(entry, "there is a line after the footer; the footer is the last");
            }
            if (lines == 1 && !isHeader(entry.line())) {
                problem(entry, "the first line is not a #HEADER");
            }
            switch (entry.line()) {
                case EdrLine.Header found -> checkHeader(entry, found);
                case EdrLine.Event event -> checkRecord(entry, event);
                case EdrLine.Footer footer -> checkFooter(entry, footer);
                case EdrLine.Unreadable line -> countUnreadable(line);
            }
            octets += entry.length();
        }

        private static boolean isHeader(EdrLine line) {
            return switch (line) {
                case EdrLine.Header _ -> true;
                case EdrLine.Unreadable broken ->
                        broken.meant() == Kind.HEADER || broken.meant() == Kind.COMPRESSED;
                default -> false;
            };
        }

        /** What is wrong with it is already reported. */
        private void countUnreadable(EdrLine.Unreadable line) {
            switch (line.meant()) {
                case HEADER -> {}
                case FOOTER -> footerSeen = true;
                case COMPRESSED -> compressed = true;
                case OTHER -> records++;
            }
        }

        private void checkHeader(Entry entry, EdrLine.Header found) {
            if (lines > 1) {
                problem(entry, "there is a #HEADER within the file; it is the first line");
                return;
            }
            header = found;
            if (!found.filename().startsWith("/")) {
                problem(
                        entry,
                        "FILENAME is \"%s\"; it is the full path of the complete file, from / on"
                                .formatted(found.filename()));
            }
        }

        private void checkRecord(Entry entry, EdrLine.Event event) {
            records++;
            for (String fault : spec.check(event.edr())) {
                problem(entry, fault);
            }
            if (spec.isUnspecified(event.edr().event())) {
                unspecified.accept(event.edr().event());
            }
        }

        private void checkFooter(Entry entry, EdrLine.Footer footer) {
            footerSeen = true;
            if (footer.numEdrs() != records) {
                problem(
                        entry,
                        "NUM_EDRS is %d; the file has %d records"
                                .formatted(footer.numEdrs(), records));
            }
            if (footer.numBytes() != octets) {
                problem(
                        entry,
                        "NUM_BYTES is %d; header and records have %d octets"
                                .formatted(footer.numBytes(), octets));
            }
            if (header != null && footer.timeFinish() < header.timeStart()) {
                problem(
                        entry,
                        "TIME_FINISH is %d; the header's TIME_START is later, %d"
                                .formatted(footer.timeFinish(), header.timeStart()));
            }
        }

        private void checkEnd(@Nullable Problem torn) {
            if (torn != null) {
                problems.accept(torn);
            }
            if (!footerSeen) {
                problems.accept(
                        new Problem(
                                reader.path(),
                                0,
                                0,
                                "there is no #FOOTER; a complete file ends with one"));
            }
        }

        private void problem(Entry entry, String message) {
            problems.accept(new Problem(entry.path(), entry.number(), 0, message));
        }
    }

    /** One file of {@code edr-spec/} being read: gathers everything that is wrong with it. */
    private static final class SpecFile {
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
            var event =
                    LocatedYaml.read(input, found).map(top -> event(new Section(top, found), name));
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
                file.refuse(
                        "event", "the file of the event " + spec.event() + " is named after it");
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
                    entry.getValue()
                            .refuse(name + " comes after " + before + "; fields are in order");
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
             * Refuses an example that is not as the file says; if the file is broken, none is
             * refused.
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

    /** Thrown if the files of {@code edr-spec/} cannot be used; has all their problems. */
    public static final class EdrSpecException extends Exception {
        private final transient List<Problem> problems;

        EdrSpecException(List<Problem> problems) {
            super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
            this.problems = List.copyOf(problems);
        }

        /** At least one. */
        public List<Problem> problems() {
            return problems;
        }
    }
}
