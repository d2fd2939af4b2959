package io.moondial.logic;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import java.time.Duration;

/** Dialogs as a whole: the section {@code dialogs} of the rules file. */
@Settings(value = "Limits on all dialogs together.", restart = true)
public record DialogSettings(
        @Key(
                        value =
                                "How many dialogs may be open at once. More are refused. Running ones are not affected.",
                        unset = "250000",
                        from = "1",
                        to = "10000000")
                int max,
        @Key(
                        value =
                                "How much of the heap may be in use after a garbage collection. Above this, new dialogs are refused (ReturnError 34, systemFailure) until there is room again. The heap is what Java is given, for example by USSD_JAVA_OPTIONS=-Xmx4g; otherwise a quarter of the machine's memory.",
                        unset = "85%",
                        from = "10%",
                        to = "100%")
                int maxHeap,
        @Key(
                        value =
                                "When the engine stops: how long it waits for running dialogs to finish.",
                        unset = "30s",
                        from = "0s",
                        to = "1d")
                Duration stopTimeout) {}
