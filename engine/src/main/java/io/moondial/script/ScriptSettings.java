package io.moondial.script;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import java.time.Duration;

/** What every script runs under: the section {@code script} of the rules file. */
@Settings(
        "The limits that every script runs under. A script that breaks one is ended; no other notices.")
public record ScriptSettings(
        @Key(
                        value =
                                "Within this time a change of this file or of a script is noticed; mostly at once, for the operating system tells of it. A change is taken up once the files have rested for 200ms.",
                        unset = "1s",
                        from = "10ms",
                        to = "1d")
                Duration reloadInterval,
        ScriptLimits limits,
        @Key(
                        value =
                                "How long a script may go on once the far side has ended its dialog.",
                        unset = "5s",
                        from = "0s",
                        to = "1h")
                Duration graceTime,
        Breaker breaker,
        Shares shares) {

    /** Where nothing else is said. */
    public static final ScriptSettings DEFAULTS = Schema.of(ScriptSettings.class).defaults();

    /** The same, with other limits. */
    public ScriptSettings with(ScriptLimits others) {
        return new ScriptSettings(reloadInterval, others, graceTime, breaker, shares);
    }

    /** The same, with another breaker. */
    public ScriptSettings with(Breaker other) {
        return new ScriptSettings(reloadInterval, limits, graceTime, other, shares);
    }

    /** When a version of a script that its limits keep ending is switched off. */
    public record Breaker(
            @Key(
                            value =
                                    "A script that its limits keep ending is switched off: at this many such ends of one version of it within max_kills_time. A max_time that ran out while the script waited does not count.",
                            unset = "10",
                            from = "1",
                            to = "1000000")
                    int maxKills,
            @Key(
                            value = "The time within which max_kills ends switch a script off.",
                            unset = "10s",
                            from = "1ms",
                            to = "1d")
                    Duration maxKillsTime,
            @Key(
                            value =
                                    "How long a script stays switched off, unless a change is picked up earlier. Meanwhile its dialogs get the error_message at once; a notify is answered with ReturnError 34 (systemFailure).",
                            unset = "30s",
                            from = "1ms",
                            to = "1d")
                    Duration switchOffTime) {}

    /** What one script, in all its dialogs, may take of what all share. */
    public record Shares(
            @Key(
                            value =
                                    "How many lines of each level (debug, info, warn, error) one script may log in a second. The rest are counted, and one line tells how many.",
                            unset = "1000",
                            from = "1",
                            to = "1000000")
                    int maxLogLines,
            @Key(
                            value =
                                    "How many names of counters (stat.increment) one script may use. What it counts under further names goes to the counter scripts.stats_beyond_limit, and the log says so once.",
                            unset = "200",
                            from = "1",
                            to = "1000000")
                    int maxStatNames,
            @Key(
                            value = "How many names of counters all scripts may use together.",
                            unset = "10000",
                            from = "1",
                            to = "1000000")
                    int maxStatNamesInAll) {}
}
