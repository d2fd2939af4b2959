package io.moondial.rules;

import io.moondial.config.Nearest;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.rules.Trigger.Conditions;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The triggers of a service, one by one. */
final class TriggerReader {
    /** A subsystem number (ITU-T Q.713 3.4.2.2), without 0 for unknown and 255 for expansion. */
    static final ValueType<Integer> SUBSYSTEM = ValueType.wholeNumber(1, 254);

    private static final ValueType<Integer> STARS = ValueType.wholeNumber(1, 100);
    private static final String MASK =
            "either {after: STARS}, such as {after: 2}, or {pattern: 'REGULAR EXPRESSION'}";
    private static final ValueType<String> DIGITS =
            ValueType.text("digits only, 0 to 9", Pattern.compile("[0-9]+"));
    private static final ValueType<String> SCRIPT_KEY =
            ValueType.text(
                    "the name of a script without .lua: letters, digits, _ and -, at most 64",
                    Pattern.compile("[A-Za-z0-9_-]{1,64}"));

    private final ScriptFolder scripts;
    private final boolean sendsTexts;

    /**
     * A reader of the triggers of one service.
     *
     * @param sendsTexts whether its dialogs are sent texts
     */
    TriggerReader(ScriptFolder scripts, boolean sendsTexts) {
        this.scripts = scripts;
        this.sendsTexts = sendsTexts;
    }

    /** Empty where no script can be told; that is a problem then. */
    Optional<Trigger> read(Section trigger) {
        var conditions = conditions(trigger);
        var overrides = Limits.overrides(trigger);
        var mask = trigger.sectionIfGiven("mask", MASK).flatMap(TriggerReader::mask).orElse(null);
        if (overrides.onError() != null && !sendsTexts) {
            trigger.refuse(
                    "on_error", "a notify is never sent a text: only triggers of process have it");
        }
        return scriptKey(trigger)
                .map(key -> new Trigger(trigger.place().line(), key, conditions, overrides, mask));
    }

    private static Optional<DialledMask> mask(Section mask) {
        Optional<DialledMask> after = mask.find("after", STARS).map(DialledMask.After::new);
        Optional<DialledMask> group =
                mask.find("pattern", ValueType.text()).flatMap(regex -> group(mask, regex));
        if (mask.has("after") == mask.has("pattern")) {
            mask.refuse(
                    "mask: found %s; allowed is %s"
                            .formatted(
                                    mask.has("after")
                                            ? "both after and pattern"
                                            : "neither after nor pattern",
                                    MASK));
        }
        return after.or(() -> group);
    }

    private static Optional<DialledMask> group(Section mask, String regex) {
        try {
            Pattern pattern = Pattern.compile(regex);
            int groups = pattern.matcher("").groupCount();
            if (groups == 1) {
                return Optional.of(new DialledMask.Group(pattern));
            }
            mask.refuse(
                    "pattern",
                    "it has %s; allowed is exactly one, around what is masked, and (?: ) for others"
                            .formatted(groups == 0 ? "no group" : groups + " groups"));
        } catch (PatternSyntaxException e) {
            mask.refuse(
                    "pattern",
                    "this regular expression does not compile: %s, at character %d"
                            .formatted(e.getDescription(), e.getIndex() + 1));
        }
        return Optional.empty();
    }

    private Optional<String> scriptKey(Section trigger) {
        Optional<String> key = trigger.require("script_key", SCRIPT_KEY);
        key.filter(it -> scripts.fault().isEmpty() && !scripts.keys().contains(it))
                .ifPresent(it -> trigger.refuse("script_key", missing(it)));
        return key;
    }

    private String missing(String key) {
        String objection = scripts.objections().get(key);
        return objection == null
                ? "there is no script "
                        + scripts.script(key)
                        + Nearest.suggestion(key, scripts.keys())
                : scripts.script(key) + " is no script: " + objection;
    }

    private static Conditions conditions(Section trigger) {
        return new Conditions(
                text(trigger, "ussd_string", ValueType.text()),
                text(trigger, "ussd_string_prefix", ValueType.text()),
                text(trigger, "destination", DIGITS),
                text(trigger, "destination_prefix", DIGITS),
                text(trigger, "origination", DIGITS),
                text(trigger, "origination_prefix", DIGITS),
                text(trigger, "msisdn", DIGITS),
                text(trigger, "msisdn_prefix", DIGITS),
                text(trigger, "imsi_prefix", DIGITS),
                text(trigger, "source_gt_prefix", DIGITS),
                trigger.find("dest_ssn", SUBSYSTEM).orElse(null));
    }

    private static @Nullable String text(Section trigger, String key, ValueType<String> type) {
        return trigger.find(key, type).orElse(null);
    }
}
