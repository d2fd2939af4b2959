package io.moondial.edr.spec;

import io.moondial.edr.Edr;
import org.jspecify.annotations.Nullable;

/**
 * Something that holds of a record or does not: {@code FIELD}, the record has it; {@code !FIELD},
 * it has not; {@code FIELD=VALUE}, it has it with this value.
 */
record Condition(String field, @Nullable String value, boolean negated) {
    static Condition parse(String text) {
        if (text.startsWith("!")) {
            return new Condition(text.substring(1), null, true);
        }
        int equals = text.indexOf('=');
        return equals < 0
                ? new Condition(text, null, false)
                : new Condition(text.substring(0, equals), text.substring(equals + 1), false);
    }

    boolean holds(Edr edr) {
        String found = edr.text(field);
        if (negated) {
            return found == null;
        }
        return found != null && (value == null || value.equals(found));
    }

    /** In words that follow "when". */
    @Override
    public String toString() {
        if (negated) {
            return "there is no " + field;
        }
        return value == null ? "there is " + field : field + " is " + value;
    }
}
