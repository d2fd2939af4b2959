package io.moondial.rules;

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
     * @param key the exact condition's in the rules file, such as {@code ussd_string}; the other's
     *     has {@code _prefix} behind it
     */
    record Contradictory(Trigger trigger, String key, String exact, String prefix)
            implements Unreachable {}
}
