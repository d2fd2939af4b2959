package io.moondial.edr.spec;

import io.moondial.edr.Edr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one event type is: the content of its file.
 *
 * @param event its name
 * @param meaning when such a record is written
 * @param source where that is stated, and what was made of its inconsistencies
 * @param sourceExample the source's example, verbatim; null where it has none of this type
 * @param example a record that conforms
 * @param fields in alphabetical order
 */
record EventSpec(
        String event,
        String meaning,
        String source,
        @Nullable String sourceExample,
        String example,
        List<FieldSpec> fields) {

    EventSpec {
        fields = List.copyOf(fields);
    }

    /** What is wrong with a record of this type, each in one sentence that names the field. */
    List<String> check(Edr edr) {
        var faults = new ArrayList<String>();
        for (var field : edr.fields()) {
            if (fields.stream().noneMatch(known -> known.name().equals(field.name()))) {
                faults.add("%s has no field %s; it has %s".formatted(event, field.name(), names()));
            }
        }
        fields.forEach(field -> faults.addAll(field.check(edr)));
        return faults;
    }

    private String names() {
        return fields.stream().map(FieldSpec::name).collect(Collectors.joining(", "));
    }
}
