package io.moondial.channel.embedded;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import java.util.List;

/**
 * The section {@code embedded} of the network.
 *
 * @param ssns the subsystems of the engine
 */
public record EmbeddedSettings(
        @Key(
                        value = "The subsystem numbers at which the engine answers.",
                        unset = "[6, 147]",
                        from = "1",
                        to = "254")
                List<Integer> ssns) {
    /** The defaults. */
    public static final EmbeddedSettings DEFAULT = Schema.of(EmbeddedSettings.class).defaults();

    public EmbeddedSettings {
        ssns = List.copyOf(ssns);
    }
}
