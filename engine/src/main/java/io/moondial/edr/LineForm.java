package io.moondial.edr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the grammar says of the fields of a kind of line: which there are, and in which order.
 *
 * @param word what the line begins with; empty for a record
 * @param names its fields in their order; none for a record, whose event says what it has
 */
record LineForm(String word, List<String> names) {
    static final LineForm RECORD = new LineForm("", List.of());
    static final LineForm HEADER =
            new LineForm("#HEADER", List.of("FILENAME", "TIME_START", "HOSTNAME"));
    static final LineForm FOOTER =
            new LineForm("#FOOTER", List.of("TIME_FINISH", "NUM_EDRS", "NUM_BYTES"));

    LineForm {
        names = List.copyOf(names);
    }

    /** What is told where the line lacks a field. */
    String missing(String name) {
        return "%s is missing; a %s has %s, in this order"
                .formatted(name, word, String.join(", ", names));
    }

    /**
     * What is wrong with a field at its place, in one sentence; null where nothing is.
     *
     * @param before the fields before it in the line
     */
    @Nullable String fault(List<Edr.Field> before, Edr.Field field) {
        return names.isEmpty() ? disorder(before, field) : frameFault(before, field);
    }

    private static @Nullable String disorder(List<Edr.Field> before, Edr.Field field) {
        return before.isEmpty() || before.getLast().name().compareTo(field.name()) < 0
                ? null
                : "%s comes after %s; fields stand in alphabetical order"
                        .formatted(field.name(), before.getLast().name());
    }

    private @Nullable String frameFault(List<Edr.Field> before, Edr.Field field) {
        int place = names.indexOf(field.name());
        if (place < 0) {
            return "%s is no field of a %s; it has %s, in this order"
                    .formatted(field.name(), word, String.join(", ", names));
        }
        for (var earlier : before) {
            if (names.indexOf(earlier.name()) > place) {
                return "%s comes after %s; a %s has %s, in this order"
                        .formatted(field.name(), earlier.name(), word, String.join(", ", names));
            }
        }
        return field.values().size() == 1
                ? null
                : "%s has a bare comma; one in its text is written %%2C".formatted(field.name());
    }
}
