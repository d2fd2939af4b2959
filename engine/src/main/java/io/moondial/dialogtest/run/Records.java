package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.Expected;
import io.moondial.dialogtest.language.Expected.Verdict;
import io.moondial.dialogtest.language.Lines;
import io.moondial.dialogtest.language.Step;
import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether the records and the log so far are what a test says. */
final class Records {
    private static final EdrSpec SPEC = EdrSpec.builtIn();
    private static final int SHOWN_LOG_LINES = 10;

    private final World world;
    private final Notes notes;
    private int conforming;

    Records(World world, Notes notes) {
        this.world = world;
        this.notes = notes;
    }

    void check(Call call, Step.EdrCheck step) {
        List<Edr> records = world.records(call);
        Optional<Edr> match =
                records.stream().filter(edr -> faults(step, edr).isEmpty()).findFirst();
        if (step.absent() && match.isPresent()) {
            notes.fail(step.at(), "there is such a record", shown(match.get()));
        } else if (!step.absent() && match.isEmpty()) {
            notes.fail(Failure.of(step.at(), "no record so far is like this", near(step, records)));
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

    void check(Call call, Step.EdrsCheck step) {
        List<String> events =
                world.records(call).stream()
                        .map(Edr::event)
                        .filter(event -> event.startsWith(Edr.ENGINE_PREFIX))
                        .toList();
        if (!events.equals(step.events())) {
            notes.fail(
                    new Failure(
                            step.at(),
                            "the engine's records so far are others",
                            new Failure.Detail.Texts(
                                    String.join("\n", step.events()), String.join("\n", events)),
                            "",
                            null));
        }
    }

    void check(Call call, Step.LogCheck step) {
        List<String> lines = world.log(call);
        Optional<String> match =
                lines.stream()
                        .filter(
                                line ->
                                        step.text().compare(line, notes.variables())
                                                instanceof Verdict.Good)
                        .findFirst();
        if (step.absent() && match.isPresent()) {
            notes.fail(step.at(), "the log has such a line", match.get());
        } else if (!step.absent() && match.isEmpty()) {
            notes.fail(
                    Failure.of(step.at(), "no line of the log so far is like this", tail(lines)));
        }
    }

    private static List<String> tail(List<String> lines) {
        return lines.isEmpty()
                ? List.of("there are no lines of this dialog")
                : lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size());
    }

    /** Every record that has come meanwhile must be as {@code edr-spec/} says. */
    void checkConformity(Lines at) {
        List<Edr> records = List.copyOf(world.records());
        for (Edr edr : records.subList(conforming, records.size())) {
            List<String> faults = SPEC.check(edr);
            if (!faults.isEmpty()) {
                List<String> remarks = new ArrayList<>();
                remarks.add(shown(edr));
                remarks.addAll(faults);
                notes.fail(Failure.of(at, "a record does not conform to edr-spec/", remarks));
            }
        }
        conforming = records.size();
    }
}
