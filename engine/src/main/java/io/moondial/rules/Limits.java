package io.moondial.rules;

import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.dialog.OnError;
import io.moondial.rules.Trigger.Overrides;
import io.moondial.script.ScriptLimits;
import java.time.Duration;

/** The limits that stand in the script section, and in triggers that have their own. */
final class Limits {
    private static final ScriptLimits DEFAULTS = ScriptLimits.DEFAULTS;

    private static final ValueType<Duration> WAIT =
            ValueType.duration(Duration.ofMillis(1), Duration.ofHours(12));
    private static final ValueType<Long> INSTRUCTIONS =
            ValueType.wholeNumber(1L, 1_000_000_000_000_000L);
    private static final ValueType<Long> MEMORY = ValueType.size(1, 64L << 30);
    private static final ValueType<Integer> CALL_DEPTH =
            ValueType.wholeNumber(1, ScriptLimits.DEEPEST_CALLS);
    private static final ValueType<Integer> STRING_LENGTH =
            ValueType.size(1, 1L << 30).map(Math::toIntExact);
    private static final ValueType<Integer> KILLS = ValueType.wholeNumber(1, 1_000_000);
    private static final ValueType<Duration> PAUSE =
            ValueType.duration(Duration.ofMillis(1), Duration.ofDays(1));

    private static final ValueType<Integer> LOG_LINES = ValueType.wholeNumber(1, 1_000_000);
    private static final ValueType<Integer> STAT_NAMES = ValueType.wholeNumber(1, 1_000_000);
    private static final ValueType<OnError> ON_ERROR =
            Words.choice(OnError.values(), OnError::word);

    private Limits() {}

    /** Those of all scripts. */
    static ScriptLimits of(Section script) {
        return new ScriptLimits(
                script.find("max_instructions", INSTRUCTIONS, DEFAULTS.maxInstructions()),
                script.find("max_memory", MEMORY, DEFAULTS.maxMemory()),
                script.find("max_time", WAIT, DEFAULTS.maxTime()),
                script.find("max_call_depth", CALL_DEPTH, DEFAULTS.maxCallDepth()),
                script.find("max_string_length", STRING_LENGTH, DEFAULTS.maxStringLength()));
    }

    /** When a script that its limits keep ending is switched off. */
    static Rules.Breaker breaker(Section script) {
        return new Rules.Breaker(
                script.find("max_kills", KILLS, 10),
                script.find("max_kills_time", PAUSE, Duration.ofSeconds(10)),
                script.find("switch_off_time", PAUSE, Duration.ofSeconds(30)));
    }

    /** What one may take of what all share. */
    static Rules.Shares shares(Section script) {
        return new Rules.Shares(
                script.find("max_log_lines", LOG_LINES, Rules.Shares.DEFAULTS.maxLogLines()),
                script.find("max_stat_names", STAT_NAMES, Rules.Shares.DEFAULTS.maxStatNames()),
                script.find(
                        "max_stat_names_in_all",
                        STAT_NAMES,
                        Rules.Shares.DEFAULTS.maxStatNamesInAll()));
    }

    /** What is sent where a script of a service fails. */
    static OnError onError(Section service) {
        return service.find("on_error", ON_ERROR, OnError.ABORT);
    }

    /** How long menus of a service wait. */
    static Duration menuTimeout(Section service) {
        return service.find("menu_timeout", WAIT, Duration.ofSeconds(30));
    }

    /** Those that a trigger has of its own. */
    static Overrides overrides(Section trigger) {
        return new Overrides(
                trigger.find("menu_timeout", WAIT).orElse(null),
                trigger.find("max_time", WAIT).orElse(null),
                trigger.find("max_instructions", INSTRUCTIONS).orElse(null),
                trigger.find("max_memory", MEMORY).orElse(null),
                trigger.find("max_call_depth", CALL_DEPTH).orElse(null),
                trigger.find("max_string_length", STRING_LENGTH).orElse(null),
                trigger.find("on_error", ON_ERROR).orElse(null));
    }
}
