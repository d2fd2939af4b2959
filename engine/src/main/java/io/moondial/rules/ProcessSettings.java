package io.moondial.rules;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.edr.EdrSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The service of mobile-initiated USSD: the section {@code process} of the rules file.
 *
 * @param globals read-only Lua globals: strings, Long, Double, Boolean, lists and maps of them
 */
@Settings("Mobile-initiated USSD: a subscriber dials a code, a script answers.")
public record ProcessSettings(
        @Key(value = ProcessSettings.SCRIPT_DIR, unset = ProcessSettings.SCRIPT_DIR_UNSET)
                Path scriptDir,
        @Key(
                        value =
                                "How long a menu waits for the subscriber, if neither its trigger nor its script gives another time.",
                        unset = "30s",
                        from = "1ms",
                        to = "12h")
                Duration menuTimeout,
        @Key(
                        value =
                                "What the subscriber reads if a script returns nothing that can be shown, if it is switched off, or if it fails under on_error: message. It must fit in one USSD message.",
                        unset = "Service unavailable, please try again.")
                String errorMessage,
        @Key(
                        value =
                                "What the subscriber gets if a script fails: after a Lua error, a text that does not fit, or a broken limit. abort: TC-U-ABORT; the handset shows a message of its own. message: the error_message as the final response. A fault that is not the script's is always an abort.",
                        unset = "abort")
                OnError onError,
        @Key(
                        value =
                                "The language that texts are marked with: 0 German, 1 English, 2 Italian, 3 French, 4 Spanish, 5 Dutch, 6 Swedish, 7 Danish, 8 Portuguese, 9 Finnish, 10 Norwegian, 11 Greek, 12 Turkish, 13 Hungarian, 14 Polish, 15 unspecified (3GPP TS 23.038, clause 5).",
                        unset = "15",
                        from = "0",
                        to = "15")
                int dcsLanguage,
        @Key(
                        value =
                                "The stream that the event data records (EDRs) of these dialogs go to.",
                        unset = "ussd",
                        matches = EdrSettings.STREAM,
                        allowed = EdrSettings.STREAM_ALLOWED)
                String edrStream,
        @Key(
                        value =
                                "Which script answers. The first trigger that matches is used, so put the special ones first. A trigger matches if all its conditions are true. A trigger without conditions matches everything. This service does not answer a request that no trigger matches.",
                        unset = "[]",
                        example = {
                            "{ussd_string_prefix: \"*123*\", dest_ssn: 6, script_key: topup, menu_timeout: 45s}",
                            "{ussd_string_prefix: \"*1*\", script_key: pay, mask: {after: 2}}",
                            "{msisdn_prefix: \"2776\", script_key: pilot}",
                            "{script_key: fallback}"
                        },
                        structure = Triggers.OfAnswers.class)
                TriggerTable triggers,
        @Key(
                        value =
                                "Values that every script sees as read-only Lua globals: texts, numbers, true and false, lists and sections.",
                        unset = "{}",
                        structure = Globals.class)
                Map<String, Object> globals)
        implements Checked {

    public static final String SCRIPT_DIR_UNSET = "scripts";

    static final String SCRIPT_DIR =
            "Where the scripts are. The script_key of a trigger names the file SCRIPT_DIR/SCRIPT_KEY.lua.";

    /** The same, with these triggers. */
    public ProcessSettings with(TriggerTable others) {
        return new ProcessSettings(
                scriptDir,
                menuTimeout,
                errorMessage,
                onError,
                dcsLanguage,
                edrStream,
                others,
                globals);
    }

    /** The same, with these globals. */
    public ProcessSettings with(Map<String, Object> others) {
        return new ProcessSettings(
                scriptDir,
                menuTimeout,
                errorMessage,
                onError,
                dcsLanguage,
                edrStream,
                triggers,
                others);
    }

    @Override
    public void check(Section section) {
        try {
            UssdString.encode(errorMessage, Dcs.gsm7(dcsLanguage));
        } catch (UnsendableText e) {
            section.refuse("error_message", String.valueOf(e.getMessage()));
        }
    }
}
