package io.moondial.admin;

import io.moondial.config.Key;
import io.moondial.config.Settings;

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
                int maxBody) {}
