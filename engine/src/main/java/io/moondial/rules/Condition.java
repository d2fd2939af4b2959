package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import java.util.ArrayList;
import java.util.List;

/** One of a trigger's conditions, on its own; the key that the trigger can be filed under. */
sealed interface Condition {

    /** Whether the facts are enough for the condition to hold. */
    boolean holds(Facts facts);

    /** The attribute equals the value. */
    record Exact(Attribute attribute, String value) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            return value.equals(facts.whole(attribute));
        }
    }

    /** The attribute begins with the value. */
    record Prefix(Attribute attribute, String value) implements Condition {
        @Override
        public boolean holds(Facts facts) {
            String beginning = facts.beginning(attribute);
            return beginning != null && beginning.startsWith(value);
        }
    }

    /** Those that are given, the exact ones first. */
    static List<Condition> listOf(Conditions conditions) {
        List<Condition> exact = new ArrayList<>();
        List<Condition> prefix = new ArrayList<>();
        for (Attribute attribute : Attribute.values()) {
            String whole = attribute.exactIn(conditions);
            if (whole != null) {
                exact.add(new Exact(attribute, whole));
            }
            String beginning = attribute.prefixIn(conditions);
            if (beginning != null) {
                prefix.add(new Prefix(attribute, beginning));
            }
        }
        exact.addAll(prefix);
        return List.copyOf(exact);
    }
}
