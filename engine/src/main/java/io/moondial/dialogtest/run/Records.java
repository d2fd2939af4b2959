package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Step.Expected;
import io.moondial.dialogtest.language.Step.Expected.Verdict;
import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the records and the log so far are what a test says. */
final class Records {
    private static final EdrSpec SPEC = EdrSpec.builtIn();
    private static final int SHOWN_LOG_LINES = 10;

    private final TestEngine engine;
    private final TestResult.Notes notes;
    private final List<Step.LogCheck> found = new ArrayList<>();
    private int conforming;

    Records(TestEngine engine, TestResult.Notes notes) {
        this.engine = engine;
        this.notes = notes;
    }

    void check(TestHandset.Call call, Step.EdrCheck step) {
        List<Edr> records = engine.records(call);
        Optional<Edr> match =
                records.stream().filter(edr -> faults(step, edr).isEmpty()).findFirst();
        if (step.absent() && match.isPresent()) {
            notes.fail(step.at(), "there is such a record", shown(match.get()));
        } else if (!step.absent() && match.isEmpty()) {
            notes.fail(
                    TestResult.Failure.of(
                            step.at(), "no record so far matches", near(step, records)));
        }
    }

    /** What a record lacks of a check; none: it is such a record. */
    private List<String> faults(Step.EdrCheck step, Edr edr) {
        if (!edr.event().equals(step.event())) {
            return List.of("another event");
        }
        List<String> faults = new ArrayList<>();
        step.fields().forEach(field -> fault(field, edr).ifPresent(faults::add));
        return faults;
    }

    private Optional<String> fault(Step.Field field, Edr edr) {
        String value = edr.text(field.name());
        if (value == null) {
            return Optional.of(field.name() + " is not there");
        }
        Verdict verdict = field.value().compare(value, notes.variables());
        if (verdict instanceof Verdict.Good) {
            return Optional.empty();
        }
        String wanted =
                switch (field.value()) {
                    case Expected.Text(var text) -> RecordText.value(text.fill(notes.variables()));
                    case Expected.Like(var regex) -> "~ " + regex;
                    case Expected.Part(var text) -> "contains " + text;
                };
        return Optional.of(
                "%s is %s, expected %s"
                        .formatted(field.name(), RecordText.value(field.name(), value), wanted));
    }

    private List<String> near(Step.EdrCheck step, List<Edr> records) {
        List<Edr> same = records.stream().filter(edr -> edr.event().equals(step.event())).toList();
        if (same.isEmpty()) {
            return List.of(
                    records.isEmpty()
                            ? "there are no records of this dialog"
                            : "there are "
                                    + String.join(" ", records.stream().map(Edr::event).toList()));
        }
        Edr nearest =
                same.stream()
                        .min(Comparator.comparingInt((Edr edr) -> faults(step, edr).size()))
                        .orElseThrow();
        List<String> remarks = new ArrayList<>();
        remarks.add("nearest " + shown(nearest));
        remarks.addAll(faults(step, nearest));
        return remarks;
    }

    private static String shown(Edr edr) {
        return RecordText.of(edr);
    }

    void check(TestHandset.Call call, Step.EdrsCheck step) {
        List<String> events =
                engine.records(call).stream()
                        .map(Edr::event)
                        .filter(event -> event.startsWith(Edr.ENGINE_PREFIX))
                        .toList();
        if (!events.equals(step.events())) {
            notes.fail(
                    new TestResult.Failure(
                            step.at(),
                            "the engine's records so far are different",
                            new TestResult.Failure.Detail.Texts(
                                    String.join("\n", step.events()), String.join("\n", events)),
                            "",
                            null));
        }
    }

    void check(TestHandset.Call call, Step.LogCheck step) {
        List<String> lines = engine.log(call);
        Optional<String> match = lines.stream().filter(line -> matches(step, line)).findFirst();
        if (step.absent() && match.isPresent()) {
            notes.fail(step.at(), "the log has such a line", match.get());
        } else if (!step.absent() && match.isEmpty()) {
            notes.fail(
                    TestResult.Failure.of(
                            step.at(), "no line of the log so far matches", tail(lines)));
        } else if (!step.absent()) {
            found.add(step);
        }
    }

    private boolean matches(Step.LogCheck step, String line) {
        return step.text().compare(line, notes.variables()) instanceof Verdict.Good;
    }

    /** Whether the test has looked for this line of the log, and found it. */
    boolean expected(String line) {
        return found.stream().anyMatch(step -> matches(step, line));
    }

    private static List<String> tail(List<String> lines) {
        return lines.isEmpty()
                ? List.of("there are no lines of this dialog")
                : lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size());
    }

    /** Every record that has come since must be as {@code edr-spec/} says. */
    void checkConformity(Lines at) {
        List<Edr> records = List.copyOf(engine.records());
        for (Edr edr : records.subList(conforming, records.size())) {
            List<String> faults = SPEC.check(edr);
            if (!faults.isEmpty()) {
                List<String> remarks = new ArrayList<>();
                remarks.add(shown(edr));
                remarks.addAll(faults);
                notes.fail(
                        TestResult.Failure.of(
                                at, "a record does not conform to edr-spec/", remarks));
            }
        }
        conforming = records.size();
    }

    /** A record as a check of a test would have it; what differs from run to run is left out. */
    private static final class RecordText {
        /** They are other numbers each time. */
        private static final List<String> RANDOM = List.of("LTID", "RTID");

        private RecordText() {}

        static String of(Edr edr) {
            return edr.event()
                    + edr.fields().stream()
                            .map(it -> " " + it.name() + "=" + value(it.name(), it.text()))
                            .collect(Collectors.joining());
        }

        static String value(String name, String value) {
            return RANDOM.contains(name) ? "..." : value(value);
        }

        static String value(String value) {
            String escaped =
                    value.replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n")
                            .replace("\t", "\\t");
            return escaped.equals(value) && !value.isEmpty() && value.indexOf(' ') < 0
                    ? value
                    : '"' + escaped + '"';
        }
    }
}
