package io.moondial.edr.spec;

import io.moondial.edr.Edr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one field of an event type is.
 *
 * @param name its name
 * @param type what its values can be
 * @param list whether it can have several values; each is of the type then
 * @param always whether every record has it
 * @param requiredIf where one of these holds, the record has it
 * @param forbiddenIf where one of these holds, the record does not have it
 * @param when in words, when it is there; null where it always is
 * @param meaning what it tells
 * @param note where its source is unclear or Moondial differs from it; null where there is nothing
 *     to say
 */
record FieldSpec(
        String name,
        FieldType type,
        boolean list,
        boolean always,
        List<Condition> requiredIf,
        List<Condition> forbiddenIf,
        @Nullable String when,
        String meaning,
        @Nullable String note) {

    FieldSpec {
        requiredIf = List.copyOf(requiredIf);
        forbiddenIf = List.copyOf(forbiddenIf);
    }

    /** What is wrong with this field in a record of its type, each in one sentence. */
    List<String> check(Edr edr) {
        return edr.fields().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .map(field -> checkPresent(edr, field.values()))
                .orElseGet(() -> checkAbsent(edr));
    }

    /** What its values can be, in words that end a sentence. */
    String words() {
        return list ? "a list, each of it " + type.words() : type.words();
    }

    private String named() {
        return list ? "a value of " + name : name;
    }

    private List<String> checkAbsent(Edr edr) {
        if (always) {
            return List.of(name + " is missing; it is always there");
        }
        return firstOf(requiredIf, edr)
                .map(why -> List.of(name + " is missing; it is there when " + why))
                .orElse(List.of());
    }

    private List<String> checkPresent(Edr edr, List<String> values) {
        var faults = new ArrayList<String>();
        firstOf(forbiddenIf, edr)
                .ifPresent(why -> faults.add(name + " is there; it is not when " + why));
        if (values.size() > 1 && !list) {
            faults.add(
                    "%s has %d values; it has one, and a comma in that is written %%2C"
                            .formatted(name, values.size()));
            return faults;
        }
        for (String value : values) {
            if (!type.allows(value)) {
                faults.add("%s is \"%s\"; it can be %s".formatted(named(), value, type.words()));
            }
        }
        return faults;
    }

    private static Optional<Condition> firstOf(List<Condition> conditions, Edr edr) {
        return conditions.stream().filter(condition -> condition.holds(edr)).findFirst();
    }
}
