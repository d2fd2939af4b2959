package io.moondial.edr.spec;

import io.moondial.config.Section;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a wider look at a file of {@code edr-spec/} shows, once its keys are read. */
final class SpecFileCheck {
    private SpecFileCheck() {}

    /** Refuses conditions on fields that the event does not have. */
    static void conditions(FieldSpec field, Section section, Collection<String> names) {
        conditions("required_if", field.requiredIf(), section, names);
        conditions("forbidden_if", field.forbiddenIf(), section, names);
    }

    private static void conditions(
            String key, List<Condition> conditions, Section section, Collection<String> names) {
        for (var condition : conditions) {
            if (!names.contains(condition.field())) {
                section.refuse(
                        key,
                        "the event has no field %s; it has %s"
                                .formatted(condition.field(), String.join(", ", names)));
            }
        }
    }

    /** Refuses an example that is not as the file says; where the file is broken, none is. */
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
