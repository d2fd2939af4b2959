package io.moondial.admin;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.handset.Phones.PhoneSettings;
import io.moondial.history.HistorySettings;

/** The interface over HTTP: the section {@code admin} of the rules file. */
@Settings(
        value =
                "The interface over HTTP: what people, programs and the console see of the engine, and may do to it.",
        restart = true)
public record AdminSettings(
        @Key(
                        value = "How long the body of a request may be. A longer one is refused.",
                        unset = "64KiB",
                        from = "1KiB",
                        to = "16MiB")
                int maxBody,
        @Key(
                        value =
                                "How many callers may follow events at once: each open page is one.",
                        unset = "32",
                        from = "1",
                        to = "1000")
                int maxEventStreams,
        @Key(
                        value =
                                "How many events may wait for a caller who reads slowly. Further ones are lost, and the caller is told how many.",
                        unset = "256",
                        from = "1",
                        to = "100000")
                int eventQueue,
        @Key(
                        value =
                                "How many events a caller gets within a second. Further ones are lost in the same way.",
                        unset = "50",
                        from = "1",
                        to = "10000")
                int eventRate,
        @Key HistorySettings history,
        @Key PhoneSettings phones) {}
