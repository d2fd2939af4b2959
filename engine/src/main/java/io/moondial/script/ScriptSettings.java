package io.moondial.script;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import java.time.Duration;

/** What every script runs under: the section {@code script} of the rules file. */
@Settings(
        "The limits of every script. A script that breaks a limit is ended. Other scripts are not affected.")
public record ScriptSettings(
        @Key(
                        value =
                                "A change of this file or of a script is noticed within this time. Mostly it is noticed at once, because the operating system reports it. It is picked up when the files have not changed for 200ms.",
                        unset = "1s",
                        from = "10ms",
                        to = "1d")
                Duration reloadInterval,
        @Key(
                        value =
                                "How long a script may continue after the far side has ended its dialog. What it still waits for then is given up.",
                        unset = "5s",
                        from = "0s",
                        to = "1h")
                Duration graceTime,
        ScriptLimits limits,
        Breaker breaker,
        Shares shares,
        Releases releases) {

    /** The defaults. */
    public static final ScriptSettings DEFAULTS = Schema.of(ScriptSettings.class).defaults();

    /** When a version of a script that its limits keep ending is switched off. */
    @Settings("When a script that breaks its limits again and again is switched off.")
    public record Breaker(
            @Key(
                            value =
                                    "A version of a script is switched off when limits have ended it this many times within max_kills_time. A max_time or grace_time that ran out while the script waited does not count.",
                            unset = "10",
                            from = "1",
                            to = "1000000")
                    int maxKills,
            @Key(
                            value =
                                    "If limits end a version of a script max_kills times within this time, it is switched off.",
                            unset = "10s",
                            from = "1ms",
                            to = "1d")
                    Duration maxKillsTime,
            @Key(
                            value =
                                    "How long a script stays switched off. It is switched on earlier if a change is picked up. While it is switched off, its dialogs get the error_message at once, a notify is answered with ReturnError 34 (systemFailure), and pushes wait.",
                            unset = "30s",
                            from = "1ms",
                            to = "1d")
                    Duration switchOffTime) {}

    /** What one script, in all its dialogs, may take of what all share. */
    @Settings("How much one script may use of what all scripts share.")
    public record Shares(
            @Key(
                            value =
                                    "How many lines one script may log per second at each level (debug, info, warn, error). The rest are counted, and one line says how many there were.",
                            unset = "1000",
                            from = "1",
                            to = "1000000")
                    int maxLogLines,
            @Key(
                            value =
                                    "At how many places of one script errors are told apart in the log. At each, an error is written in full the first time. Its repetitions are counted, and one line per minute says how many there were. Errors at more places are counted together.",
                            unset = "100",
                            from = "1",
                            to = "100000")
                    int maxErrorPlaces,
            @Key(
                            value =
                                    "How many names of counters (stat.increment) one script may use. What it counts under more names is counted as scripts.stats_beyond_limit, and this is logged once.",
                            unset = "200",
                            from = "1",
                            to = "1000000")
                    int maxStatNames,
            @Key(
                            value = "How many names of counters all scripts may use together.",
                            unset = "10000",
                            from = "1",
                            to = "1000000")
                    int maxStatNamesInAll,
            @Key(
                            value =
                                    "How many records of its own (edr.write) a script may write in one dialog. One more is a Lua error, and is counted as scripts.edrs_refused.",
                            unset = "1000",
                            from = "1",
                            to = "1000000")
                    int maxEdrs) {}

    /** How much of what was in service is kept. */
    @Settings(
            "Scripts that were in service are kept in the state folder, so that one can be put back.")
    public record Releases(
            @Key(
                            value =
                                    "How many versions of each script are kept, the newest. What is in service is always kept.",
                            unset = "20",
                            from = "1",
                            to = "1000")
                    int keepReleases,
            @Key(
                            value =
                                    "How long all kept versions together may be. Beyond that the oldest are removed.",
                            unset = "64MiB",
                            from = "1MiB",
                            to = "100GiB")
                    long keepReleasesSize) {}
}
