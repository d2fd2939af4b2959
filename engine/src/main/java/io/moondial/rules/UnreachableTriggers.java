package io.moondial.rules;

import io.moondial.rules.UnreachableTriggers.Unreachable.Contradictory;
import io.moondial.rules.UnreachableTriggers.Unreachable.Covered;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the triggers that no request ever selects. One that only several earlier ones together
 * leave nothing (ten prefixes, one for each digit) is not found.
 */
public final class UnreachableTriggers {
    private final List<Trigger> triggers;
    private final TriggerIndex index;

    private UnreachableTriggers(List<Trigger> triggers) {
        this.triggers = triggers;
        this.index = new TriggerIndex(triggers);
    }

    /** The unreachable ones among the triggers of a service, in their order. */
    public static List<Unreachable> find(List<Trigger> triggers) {
        return new UnreachableTriggers(List.copyOf(triggers)).find();
    }

    private List<Unreachable> find() {
        return IntStream.range(0, triggers.size())
                .mapToObj(this::flawOf)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Unreachable> flawOf(int position) {
        return contradictionIn(triggers.get(position)).or(() -> coverOf(position));
    }

    private static Optional<Unreachable> contradictionIn(Trigger trigger) {
        for (Attribute attribute : Attribute.values()) {
            String exact = attribute.exactIn(trigger.conditions());
            String prefix = attribute.prefixIn(trigger.conditions());
            if (exact != null && prefix != null && !exact.startsWith(prefix)) {
                String key = attribute.name().toLowerCase(Locale.ROOT);
                return Optional.of(new Contradictory(trigger, key, exact, prefix));
            }
        }
        return Optional.empty();
    }

    /** The first whose conditions follow from those of this one: itself, unless it is covered. */
    private Optional<Unreachable> coverOf(int position) {
        Trigger trigger = triggers.get(position);
        int first =
                index.search(new TriggerIndex.Facts.OfAllThatMeet(trigger.conditions())).found();
        return first < position
                ? Optional.of(new Covered(trigger, triggers.get(first)))
                : Optional.empty();
    }

    /** A trigger that no request ever selects, and why. */
    public sealed interface Unreachable {

        /** The one that is never selected. */
        Trigger trigger();

        /**
         * Whatever it matches, an earlier one matches too.
         *
         * @param coveredBy the first such
         */
        record Covered(Trigger trigger, Trigger coveredBy) implements Unreachable {}

        /**
         * It matches nothing: what it says an attribute equals does not begin with what it says the
         * attribute begins with.
         *
         * @param key the exact condition's in the rules file, such as {@code ussd_string}; the
         *     other's has {@code _prefix} after it
         */
        record Contradictory(Trigger trigger, String key, String exact, String prefix)
                implements Unreachable {}
    }
}
