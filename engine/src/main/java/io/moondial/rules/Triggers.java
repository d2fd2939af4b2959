package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Nearest;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import io.moondial.config.SettingsWriter;
import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.Trigger.Overrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The triggers of a service, as the rules file has them. */
public abstract class Triggers implements Structure<TriggerTable> {
    private static final ValueType<Integer> STARS = ValueType.wholeNumber(1, 100);
    private static final String MASK =
            "either {after: STARS}, such as {after: 2}, or {pattern: 'REGULAR EXPRESSION'}";
    private static final ValueType<String> SCRIPT_KEY =
            ValueType.text(
                    "the name of a script without .lua: letters, digits, _ and -, at most 64",
                    Pattern.compile("[A-Za-z0-9_-]{1,64}"));

    private static final Schema<Conditions> CONDITIONS = Schema.of(Conditions.class);
    private static final Schema<Overrides> OVERRIDES = Schema.of(Overrides.class);

    private final UnaryOperator<Path> from;
    private final boolean sendsTexts;

    /**
     * Those of one service.
     *
     * @param from where what is named so is found
     * @param sendsTexts whether its dialogs are sent texts
     */
    Triggers(UnaryOperator<Path> from, boolean sendsTexts) {
        this.from = from;
        this.sendsTexts = sendsTexts;
    }

    /** Those of dialled codes, which are answered with texts. */
    public static final class OfAnswers extends Triggers {
        public OfAnswers(UnaryOperator<Path> from) {
            super(from, true);
        }
    }

    /** Those of notifies, which are never sent a text. */
    public static final class OfNotifies extends Triggers {
        public OfNotifies(UnaryOperator<Path> from) {
            super(from, false);
        }
    }

    @Override
    public TriggerTable read(Section section, String key, Map<String, @Nullable Object> before) {
        List<Section> given = section.sections(key);
        Path scriptDir = (Path) requireNonNull(before.get("scriptDir"));
        if (given.isEmpty()) {
            return new TriggerTable(List.of());
        }
        var scripts = ScriptFolder.list(scriptDir, from.apply(scriptDir));
        scripts.fault().ifPresent(fault -> section.refuse("script_dir", fault));
        // What is wrong in itself says nothing of the others.
        IdentityHashMap<Trigger, Section> sound = new IdentityHashMap<>();
        List<Trigger> triggers = new ArrayList<>();
        for (Section place : given) {
            int sofar = section.problemsSoFar();
            trigger(place, scripts).ifPresent(triggers::add);
            if (section.problemsSoFar() == sofar) {
                sound.put(triggers.getLast(), place);
            }
        }
        List<Trigger> compared = triggers.stream().filter(sound::containsKey).toList();
        for (Unreachable unreachable : UnreachableTriggers.find(compared)) {
            requireNonNull(sound.get(unreachable.trigger())).refuse(why(unreachable));
        }
        return new TriggerTable(triggers);
    }

    private static String why(Unreachable unreachable) {
        return switch (unreachable) {
            case Unreachable.Covered covered ->
                    "this trigger is never reached: the one on line %d matches everything that it matches, and comes first; move it before that one, or remove it"
                            .formatted(covered.coveredBy().line());
            case Unreachable.Contradictory(
                            Trigger trigger,
                            String key,
                            String exact,
                            String prefix) ->
                    "this trigger matches nothing: %s \"%s\" does not begin with %s_prefix \"%s\""
                            .formatted(key, exact, key, prefix);
        };
    }

    /** Empty where no script can be told; that is a problem then. */
    private Optional<Trigger> trigger(Section trigger, ScriptFolder scripts) {
        Conditions conditions = CONDITIONS.read(trigger);
        Overrides overrides = OVERRIDES.read(trigger);
        DialledMask mask =
                trigger.sectionIfGiven("mask", MASK).flatMap(Triggers::mask).orElse(null);
        if (overrides.onError() != null && !sendsTexts) {
            trigger.refuse(
                    "on_error",
                    "no text is sent in answer to a notify: only triggers of process have this key");
        }
        return scriptKey(trigger, scripts)
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

    private static Optional<String> scriptKey(Section trigger, ScriptFolder scripts) {
        Optional<String> key = trigger.require("script_key", SCRIPT_KEY);
        key.filter(it -> scripts.fault().isEmpty() && !scripts.keys().contains(it))
                .ifPresent(it -> trigger.refuse("script_key", missing(it, scripts)));
        return key;
    }

    private static String missing(String key, ScriptFolder scripts) {
        String objection = scripts.objections().get(key);
        return objection == null
                ? "there is no script "
                        + scripts.script(key)
                        + Nearest.suggestion(key, scripts.keys())
                : scripts.script(key) + " is no script: " + objection;
    }

    @Override
    public void print(SettingsWriter out, String key, TriggerTable table) {
        if (table.triggers().isEmpty()) {
            out.entry(key, List.of());
        } else {
            out.section(key, () -> table.triggers().forEach(it -> out.item(item(it))));
        }
    }

    private static Map<String, Object> item(Trigger trigger) {
        Map<String, Object> item = new LinkedHashMap<>(CONDITIONS.item(trigger.conditions()));
        item.put("script_key", trigger.scriptKey());
        switch (trigger.mask()) {
            case null -> {}
            case DialledMask.After(int stars) -> item.put("mask", Map.of("after", stars));
            case DialledMask.Group group -> item.put("mask", Map.of("pattern", group.regex()));
        }
        item.putAll(OVERRIDES.item(trigger.overrides()));
        return item;
    }

    @Override
    public String allowed() {
        return "a list of triggers";
    }

    @Override
    public List<Schema.Description> keys() {
        List<Schema.Description> keys = new ArrayList<>(CONDITIONS.keys());
        keys.add(
                Schema.Description.of(
                        "script_key", SCRIPT_KEY.allowed(), true, "The script, without \".lua\"."));
        keys.add(
                Schema.Description.of(
                        "mask",
                        MASK,
                        false,
                        "Which part of the dialled text is a secret, such as a PIN. The script can read it in request.text. In records, logs and traces, each of its characters is an asterisk."));
        OVERRIDES.keys().stream()
                .filter(it -> sendsTexts || !it.name().equals("on_error"))
                .forEach(keys::add);
        return keys;
    }
}
