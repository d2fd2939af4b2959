package io.moondial.rules;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import org.slf4j.event.Level;

/** What is logged: the section {@code log} of the rules file. */
@Settings("What is logged.")
public record LogSettings(
        @Key(
                        value = "The least grave level that is logged; all that is graver is too.",
                        unset = "info")
                Level level) {}
