package io.moondial.edr.spec;

import io.moondial.edr.Edr;
import io.moondial.edr.EdrFileReader;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The specification of the event types, and the validator of records and files against it.
 *
 * <p>Its source is the folder {@code edr-spec/}: one YAML file for each event type. The twelve
 * types of the engine are built in too, so that records can be checked if there is no folder. An
 * event whose name does not begin with {@code USSD-} may be one that is specified here or not; then
 * only its form is checked.
 */
public final class EdrSpec {
    /** The types that the engine writes. */
    public static final List<String> ENGINE_EVENTS =
            List.of(
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
        boolean ours = edr.event().startsWith(Edr.ENGINE_PREFIX);
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
            check(reader, problems::add);
        }
        return problems;
    }

    /**
     * Checks a file that is open at its start, to its end.
     *
     * @param problems takes what is wrong with it and each of its records, by line
     * @return how many records it has, those that cannot be read counted
     */
    public long check(EdrFileReader file, Consumer<Problem> problems) throws IOException {
        return new FileCheck(this, file, problems).run();
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
}
