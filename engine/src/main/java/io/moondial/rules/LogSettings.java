package io.moondial.rules;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import org.slf4j.event.Level;

/** What is logged: the section {@code log} of the rules file. */
@Settings("What is logged.")
public record LogSettings(
        @Key(value = "Lines of this level and of more serious ones are logged.", unset = "info")
                Level level) {}
