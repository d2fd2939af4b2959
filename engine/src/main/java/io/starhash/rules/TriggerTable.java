package io.starhash.rules;

import java.util.List;
import java.util.Optional;

/** The triggers of a service in the order of the file; the first that matches wins. */
public final class TriggerTable {
    private final List<Trigger> triggers;

    public TriggerTable(List<Trigger> triggers) {
        this.triggers = List.copyOf(triggers);
    }

    /** The first trigger that matches. */
    public Optional<Trigger> match(TriggerRequest request) {
        for (Trigger trigger : triggers) {
            if (trigger.conditions().match(request)) {
                return Optional.of(trigger);
            }
        }
        return Optional.empty();
    }

    /** All of them, in order. */
    public List<Trigger> triggers() {
        return triggers;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TriggerTable that && triggers.equals(that.triggers);
    }

    @Override
    public int hashCode() {
        return triggers.hashCode();
    }
}
