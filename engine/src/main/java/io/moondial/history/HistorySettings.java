package io.moondial.history;

import io.moondial.config.Key;
import io.moondial.config.Settings;

/** What is kept of dialogs in memory. */
@Settings(
        "What is kept of dialogs in memory, for the pages of dialogs: their screens, answers, calls, log lines and records.")
public record HistorySettings(
        @Key(
                        value =
                                "How many dialogs are kept after their end. Dialogs that run are kept besides.",
                        unset = "10000",
                        from = "0",
                        to = "1000000")
                int dialogs,
        @Key(
                        value =
                                "How many failed dialogs are kept besides, once newer dialogs have taken their place among these.",
                        unset = "1000",
                        from = "0",
                        to = "1000000")
                int failures,
        @Key(
                        value =
                                "How much memory all of it may take, estimated. Beyond that, dialogs that have ended give way, the oldest first; failed ones give way last, down to a quarter of it. If that is not enough, nothing more is kept of what happens in dialogs that run. Such a dialog is listed while it runs, which takes 256 octets beyond this, and it is kept after its end if there is memory again.",
                        unset = "128MiB",
                        from = "1MiB",
                        to = "64GiB")
                long maxMemory,
        @Key(
                        value =
                                "How much of it one dialog may take, with 1280 octets for how it began and ended. Further entries are left out, and counted.",
                        unset = "32KiB",
                        from = "2KiB",
                        to = "16MiB")
                int maxDialogMemory,
        @Key(
                        value =
                                "How long the answers of services to one dialog may be together, in characters, to be kept for a dialog test of it. Further ones are left out. 0: none is kept.",
                        unset = "4096",
                        from = "0",
                        to = "1048576")
                int maxGivens) {
    public HistorySettings {
        if (dialogs < 0 || failures < 0 || maxMemory < 1 || maxDialogMemory < 1 || maxGivens < 0) {
            throw new IllegalArgumentException("a limit of the history is negative");
        }
    }
}
