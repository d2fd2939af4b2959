package io.moondial.rules;

import io.moondial.channel.NodeAddress;
import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.lang.TextSettings;
import io.moondial.script.ScriptLimits;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rule that selects a script. Every condition given must hold; one that is null is not given, so
 * a trigger without any catches all.
 *
 * @param line where it is in the rules file, from 1
 * @param scriptKey the script is {@code SCRIPT_DIR/KEY.lua}; null: the dialogs are relayed
 * @param relay the node that they are relayed to; null: a script has them
 * @param mask what of the dialled text is written as asterisks; null: nothing
 */
public record Trigger(
        int line,
        Conditions conditions,
        @Key(
                        value =
                                "The script, without \".lua\". A trigger has this key or relay, and not both.",
                        unsetIs = "the dialogs are relayed",
                        example = "main",
                        matches = "[A-Za-z0-9_-]{1,64}",
                        allowed =
                                "the name of a script without .lua: letters, digits, _ and -, at"
                                        + " most 64")
                @Nullable String scriptKey,
        @Key(
                        "In the place of script_key: the USSD node that these dialogs go to. Each of its screens goes to the subscriber, and each answer to it: engine/docs/relay.md. Only triggers of process have this key.")
                @Nullable NodeAddress relay,
        @Key(
                        value = Trigger.MASK,
                        unsetIs = "nothing is secret",
                        structure = DialledMask.Written.class)
                @Nullable DialledMask mask,
        Overrides overrides) {
    /** The key of what relays dialogs: no script of an operator can have it. */
    public static final String RELAYING = "ussd.relay";

    static final String MASK =
            "Which part of the dialled text is a secret, such as a PIN. The script can read it in request.text. In records, logs and traces, each of its characters is an asterisk. {after: 2}: everything after the second * up to the last #, or to the end if there is no #; *1*4711# is written as *1*****#. {pattern: '^\\*1\\*(\\d{4})#$'}: whatever the one group ( ) of a Java regular expression matches, at every match; (?: ) groups without masking. If a pattern takes too many steps, everything is masked. If any trigger of the service has a mask, logs and traces show nothing after the second * of a code that no trigger matches.";

    /** One that masks nothing. */
    public Trigger(int line, String scriptKey, Conditions conditions, Overrides overrides) {
        this(line, conditions, scriptKey, null, overrides);
    }

    /** One that relays nothing. */
    public Trigger(
            int line,
            Conditions conditions,
            String scriptKey,
            @Nullable DialledMask mask,
            Overrides overrides) {
        this(line, conditions, scriptKey, null, mask, overrides);
    }

    /** The key of the script that has its dialogs: the engine's own if they are relayed. */
    public String script() {
        return scriptKey == null ? RELAYING : scriptKey;
    }

    /**
     * What a request must be like. Digits are compared as they were sent, without nature and plan.
     *
     * @param imsiPrefix of the destination reference if that is an IMSI
     * @param sourceGtPrefix of the global title of the SCCP calling party
     * @param destSsn the subsystem of the SCCP called party
     */
    @Settings(
            "Conditions, all of which must be true. Numbers are digits only, without +, nature of address and numbering plan.")
    public record Conditions(
            @Key(value = "The whole dialled text.") @Nullable String ussdString,
            @Key(value = "The beginning of the dialled text.") @Nullable String ussdStringPrefix,
            @Key(
                            value = "The whole MAP destination reference.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String destination,
            @Key(
                            value = "The beginning of the MAP destination reference.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String destinationPrefix,
            @Key(
                            value = "The whole MAP origination reference.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String origination,
            @Key(
                            value = "The beginning of the MAP origination reference.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String originationPrefix,
            @Key(
                            value = "The subscriber's whole number.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String msisdn,
            @Key(
                            value = "The beginning of the subscriber's number.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String msisdnPrefix,
            @Key(
                            value = "The beginning of the subscriber's IMSI.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String imsiPrefix,
            @Key(
                            value = "The beginning of the global title of the SCCP calling party.",
                            matches = Conditions.DIGITS,
                            allowed = Conditions.DIGITS_ALLOWED)
                    @Nullable String sourceGtPrefix,
            @Key(value = "The subsystem number of the SCCP called party.", from = "1", to = "254")
                    @Nullable Integer destSsn) {
        static final String DIGITS = "[0-9]+";

        static final String DIGITS_ALLOWED = "digits only, 0 to 9";

        /** Catches all. */
        public static final Conditions NONE = Schema.of(Conditions.class).defaults();

        /** What of the dialled text they ask for; null: nothing. */
        public @Nullable String code() {
            return ussdString == null ? ussdStringPrefix : ussdString;
        }

        /** Whether every condition given holds. */
        public boolean match(TriggerRequest request) {
            return Stream.of(Attribute.values())
                    .allMatch(it -> it.holds(this, it.valueIn(request)));
        }

        /** Whether these may be true for a request of which only text and number are known. */
        boolean mayMatch(String text, @Nullable String number) {
            return Attribute.USSD_STRING.holds(this, text) && Attribute.MSISDN.holds(this, number);
        }
    }

    /** What holds for this trigger's dialogs instead of the general setting; null: that one. */
    @Settings("Settings that replace those of process and script for the dialogs of this trigger.")
    public record Overrides(
            @Key(like = ProcessSettings.class, unsetIs = Overrides.GENERAL)
                    @Nullable Duration menuTimeout,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL) @Nullable Duration maxTime,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL)
                    @Nullable Long maxInstructions,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL) @Nullable Long maxMemory,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL)
                    @Nullable Integer maxCallDepth,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL)
                    @Nullable Integer maxStringLength,
            @Key(like = ScriptLimits.class, unsetIs = Overrides.GENERAL)
                    @Nullable Integer maxCoroutines,
            @Key(like = ProcessSettings.class, unsetIs = Overrides.GENERAL)
                    @Nullable OnError onError,
            @Key(
                            value =
                                    "The language of the texts of the script, if the script and the subscriber have not chosen another. The script folder has a file for it, such as lang/sw.yaml for sw.",
                            unsetIs = "that of the request, or else texts: default_language",
                            matches = TextSettings.LANGUAGE,
                            allowed = TextSettings.LANGUAGE_ALLOWED)
                    @Nullable String language) {
        static final String GENERAL = "the general value";

        /** Everything is as it is in general. */
        public static final Overrides NONE = Schema.of(Overrides.class).defaults();
    }
}
