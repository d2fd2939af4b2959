package io.moondial.rules;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import io.moondial.edr.EdrSettings;
import java.nio.file.Path;
import java.util.Map;

/**
 * The service of inbound notifies: the section {@code notify} of the rules file.
 *
 * @param globals read-only Lua globals, as those of {@link ProcessSettings}
 */
@Settings(
        "Inbound notifies: the network sends a text that needs no answer, and a script receives it. Without this section the service is off. Its keys are those of process, except those for answers.")
public record NotifySettings(
        @Key(value = ProcessSettings.SCRIPT_DIR, unset = ProcessSettings.SCRIPT_DIR_UNSET)
                Path scriptDir,
        @Key(
                        value =
                                "The stream that the event data records (EDRs) of these dialogs go to.",
                        unset = "ussd",
                        matches = EdrSettings.STREAM,
                        allowed = EdrSettings.STREAM_ALLOWED)
                String edrStream,
        @Key(
                        value =
                                "Which script receives the notify. The first trigger that matches is used. A trigger matches if all its conditions are true. A trigger without conditions matches everything.",
                        unset = "[]",
                        example = "{source_gt_prefix: \"2782\", script_key: inbound_notify}",
                        structure = Triggers.OfNotifies.class)
                TriggerTable triggers,
        @Key(
                        value = "Values that every script sees as read-only Lua globals.",
                        unset = "{}",
                        structure = Globals.class)
                Map<String, Object> globals) {
    /** The same, with these triggers. */
    public NotifySettings with(TriggerTable others) {
        return new NotifySettings(scriptDir, edrStream, others, globals);
    }

    /** The same, with these globals. */
    public NotifySettings with(Map<String, Object> others) {
        return new NotifySettings(scriptDir, edrStream, triggers, others);
    }
}
