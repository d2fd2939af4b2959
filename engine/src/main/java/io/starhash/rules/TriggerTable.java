package io.starhash.rules;

import java.util.List;
import java.util.Optional;

/**
 * The triggers of a service in the order of the file; the first that matches wins. What a match
 * costs depends little on how many there are ({@link TriggerIndex}).
 */
public final class TriggerTable {
    private final List<Trigger> triggers;
    private final TriggerIndex index;

    public TriggerTable(List<Trigger> triggers) {
        this.triggers = List.copyOf(triggers);
        this.index = new TriggerIndex(this.triggers);
    }

    /** The first trigger that matches. */
    public Optional<Trigger> match(TriggerRequest request) {
        int found = search(request).found();
        return found == IndexSearch.NONE ? Optional.empty() : Optional.of(triggers.get(found));
    }

    /** How a match is found, and what it costs. */
    IndexSearch search(TriggerRequest request) {
        return index.search(new Facts.OfRequest(request));
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
