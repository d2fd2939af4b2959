package io.moondial.edr.spec;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The human page of the specification: its written part, and a section an event. */
final class SpecPage {
    private SpecPage() {}

    static String render(String writtenPart, EdrSpec spec) {
        return writtenPart
                + spec.events().stream().map(SpecPage::section).collect(Collectors.joining());
    }

    private static String section(EventSpec event) {
        var section = new StringBuilder();
        section.append("\n### ").append(event.event()).append("\n\n");
        section.append(event.meaning()).append("\n\n```\n").append(event.example());
        section.append("\n```\n\n");
        section.append("| field | type | present | meaning |\n|---|---|---|---|\n");
        event.fields().forEach(field -> section.append(row(field)));
        section.append("\nSource: ").append(event.source());
        if (event.sourceExample() != null && !event.sourceExample().equals(event.example())) {
            section.append(" Its example:\n\n```\n").append(event.sourceExample()).append("\n```");
        }
        return section.append('\n').toString();
    }

    private static String row(EventSpec.FieldSpec field) {
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        field.name(),
                        field.words(),
                        presence(field.always(), field.when()),
                        field.note() == null
                                ? field.meaning()
                                : field.meaning() + " *" + field.note() + "*");
    }

    private static String presence(boolean always, @Nullable String when) {
        return always ? "always" : "when " + when;
    }
}
