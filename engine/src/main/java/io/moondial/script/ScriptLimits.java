package io.moondial.script;

import static java.util.Objects.requireNonNullElse;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import io.moondial.script.api.Journal;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one script may use up in one dialog; a broken limit ends that script and no other, and no
 * {@code pcall} can catch it.
 *
 * @param maxInstructions units of the meter: one an entered function or taken backward jump and one
 *     more for each 32 instructions in it; more for library work
 * @param maxMemory octets charged for strings and tables, never given back
 * @param maxTime from the script's start, waits included; noticed as soon as the script computes
 * @param maxCallDepth calls inside calls, those of metamethods and callbacks too; each suspended
 *     call costs some 500 octets that {@code maxMemory} does not know of
 * @param maxStringLength octets in one string
 * @param maxCoroutines that have begun and have not ended; each has a stack of its own, some
 *     kilobytes that {@code maxMemory} does not know of
 * @param maxJournal octets of what the calls of a flow came to
 * @param maxJournalCalls calls of a flow
 * @param maxJournalScreens screens of a flow
 */
@Settings("What one script may use in one dialog. A trigger may have other limits.")
public record ScriptLimits(
        @Key(
                        value =
                                "How much work: one for each call of a function and each turn of a loop, more for work in libraries.",
                        unset = "10000000",
                        from = "1",
                        to = "1000000000000000")
                long maxInstructions,
        @Key(
                        value =
                                "How much memory strings and tables may use in total, from the start of the script to its end. Memory that is no longer in use counts too.",
                        unset = "16MiB",
                        from = "1B",
                        to = "64GiB")
                long maxMemory,
        @Key(
                        value =
                                "The time from the start of the script to its end, including waits.",
                        unset = "10m",
                        from = "1ms",
                        to = "12h")
                Duration maxTime,
        @Key(
                        value =
                                "How deep calls may be nested, including those of metamethods and callbacks.",
                        unset = "" + ScriptLimits.DEFAULT_MAX_CALL_DEPTH,
                        from = "1",
                        to = "" + ScriptLimits.DEEPEST_CALLS)
                int maxCallDepth,
        @Key(
                        value = "The length of one string, in octets.",
                        unset = ScriptLimits.DEFAULT_MAX_STRING_LENGTH + "B",
                        from = "1B",
                        to = "1GiB")
                int maxStringLength,
        @Key(
                        value =
                                "How many coroutines may have begun and not have ended. One that is never resumed to its end lives as long as the script.",
                        unset = "" + ScriptLimits.DEFAULT_MAX_COROUTINES,
                        from = "0",
                        to = "10000")
                int maxCoroutines,
        @Key(
                        value =
                                "How much the journal of a flow (menu.flow) may hold: what the calls of the flow came to, and some 50 octets for each. A flow that needs more goes on without its journal: nobody goes back in it any more, and no other dialog can resume it. It is logged and counted.",
                        unset = "64KiB",
                        from = "1KiB",
                        to = "16MiB")
                int maxJournal,
        @Key(
                        value = "How many calls the journal of a flow may have; as max_journal.",
                        unset = "1000",
                        from = "1",
                        to = "1000000")
                int maxJournalCalls,
        @Key(
                        value = "How many screens the journal of a flow may have; as max_journal.",
                        unset = "40",
                        from = "1",
                        to = "10000")
                int maxJournalScreens) {
    /** The deepest that calls go inside calls if nothing else is given. */
    public static final int DEFAULT_MAX_CALL_DEPTH = 190;

    /** The longest string if nothing else is given. */
    public static final int DEFAULT_MAX_STRING_LENGTH = 65_536;

    /** So many coroutines may be alive if nothing else is given. */
    public static final int DEFAULT_MAX_COROUTINES = 100;

    /** The deepest that may be allowed: more the thread's stack might not carry. */
    public static final int DEEPEST_CALLS = 400;

    /** The defaults. */
    public static final ScriptLimits DEFAULTS = Schema.of(ScriptLimits.class).defaults();

    public ScriptLimits {
        if (maxInstructions < 1 || maxMemory < 1 || maxStringLength < 1 || !maxTime.isPositive()) {
            throw new IllegalArgumentException("every limit of a script must be positive");
        }
        if (maxCoroutines < 0) {
            throw new IllegalArgumentException("maxCoroutines is " + maxCoroutines);
        }
        if (maxCallDepth < 1 || maxCallDepth > DEEPEST_CALLS) {
            throw new IllegalArgumentException(
                    "maxCallDepth is " + maxCallDepth + ", allowed are 1 to " + DEEPEST_CALLS);
        }
    }

    /** With all others at their defaults. */
    public ScriptLimits(long maxInstructions, long maxMemory, Duration maxTime) {
        this(
                maxInstructions,
                maxMemory,
                maxTime,
                DEFAULT_MAX_CALL_DEPTH,
                DEFAULT_MAX_STRING_LENGTH,
                DEFAULT_MAX_COROUTINES,
                DEFAULTS.maxJournal(),
                DEFAULTS.maxJournalCalls(),
                DEFAULTS.maxJournalScreens());
    }

    /** The same, with those of others that are not null. */
    public ScriptLimits with(
            @Nullable Long otherInstructions,
            @Nullable Long otherMemory,
            @Nullable Duration otherTime,
            @Nullable Integer otherCallDepth,
            @Nullable Integer otherStringLength,
            @Nullable Integer otherCoroutines) {
        return new ScriptLimits(
                requireNonNullElse(otherInstructions, maxInstructions),
                requireNonNullElse(otherMemory, maxMemory),
                requireNonNullElse(otherTime, maxTime),
                requireNonNullElse(otherCallDepth, maxCallDepth),
                requireNonNullElse(otherStringLength, maxStringLength),
                requireNonNullElse(otherCoroutines, maxCoroutines),
                maxJournal,
                maxJournalCalls,
                maxJournalScreens);
    }

    /** How much the journal of a flow may hold. */
    Journal.Limits journal() {
        return new Journal.Limits(maxJournal, maxJournalCalls, maxJournalScreens);
    }

    /** What is said of a script whose time is over, wherever that is noticed. */
    public String timeIsOver() {
        return String.format(
                Locale.ROOT, "used up max_time: %.3fs with its waits", maxTime.toNanos() / 1e9);
    }
}
