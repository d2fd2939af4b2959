package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The triggers of a service in the order of the file; the first that matches wins. What a match
 * costs depends little on how many there are ({@link TriggerIndex}).
 */
public final class TriggerTable {
    private static final DialledMask BEHIND_A_CODE = new DialledMask.After(2);

    private final List<Trigger> triggers;
    private final TriggerIndex index;

    /** The positions of those that mask something. */
    private final int[] masking;

    public TriggerTable(List<Trigger> triggers) {
        this.triggers = List.copyOf(triggers);
        this.index = new TriggerIndex(this.triggers);
        this.masking =
                IntStream.range(0, triggers.size())
                        .filter(i -> triggers.get(i).mask() != null)
                        .toArray();
    }

    /** The first trigger that matches. */
    public Optional<Trigger> match(TriggerRequest request) {
        int found = search(request).found();
        return found == TriggerIndex.Search.NONE
                ? Optional.empty()
                : Optional.of(triggers.get(found));
    }

    /** How a match is found, and what it costs. */
    TriggerIndex.Search search(TriggerRequest request) {
        return index.search(new TriggerIndex.Facts.OfRequest(request));
    }

    /**
     * Which part of a dialled text must not be shown before the matching trigger is known:
     * everything that a trigger that may match would mask. If none may match, everything after the
     * second star is hidden, if any trigger masks something at all.
     *
     * @param text null if it cannot be read; then any index hides all of it
     * @param msisdn the digits of the subscriber's number; null if the request has none
     * @return the indices of the characters
     */
    public BitSet hidden(@Nullable String text, @Nullable String msisdn) {
        BitSet hidden = new BitSet();
        if (masking.length == 0) {
            return hidden;
        }
        if (text == null) {
            hidden.set(0);
            return hidden;
        }
        int certain =
                search(new TriggerRequest(text, null, null, msisdn, null, null, null)).found();
        boolean any = certain != TriggerIndex.Search.NONE;
        for (int position : masking) {
            Trigger trigger = triggers.get(position);
            if (position <= certain && trigger.conditions().mayMatch(text, msisdn)) {
                hidden.or(requireNonNull(trigger.mask()).hidden(text));
                any = true;
            }
        }
        return any ? hidden : BEHIND_A_CODE.hidden(text);
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
