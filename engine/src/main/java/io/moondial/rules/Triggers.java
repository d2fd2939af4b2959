package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.YamlWriter;
import io.moondial.rules.UnreachableTriggers.Unreachable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The triggers of a service, as the rules file has them. */
public abstract class Triggers implements Structure<TriggerTable> {
    private static final Schema<Trigger> TRIGGER =
            Schema.of(Trigger.class, new DialledMask.Written());

    /** The keys that only triggers of dialogs have that are sent texts. */
    private static final Set<String> FOR_ANSWERS = Set.of("on_error", "relay");

    private final UnaryOperator<Path> from;
    private final boolean sendsTexts;

    /**
     * Those of one service.
     *
     * @param from where the files of a name are
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
            triggers.add(trigger(place, scripts));
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

    private Trigger trigger(Section section, ScriptFolder scripts) {
        Trigger trigger = TRIGGER.read(section);
        if (trigger.overrides().onError() != null && !sendsTexts) {
            section.refuse(
                    "on_error",
                    "no text is sent in answer to a notify: only triggers of process have this key");
        }
        String key = trigger.scriptKey();
        if (trigger.relay() != null && !sendsTexts) {
            section.refuse(
                    "relay", "a notify is not relayed: only triggers of process have this key");
        }
        if (!section.has("script_key") && !section.has("relay")) {
            section.refuse(
                    "script_key",
                    sendsTexts
                            ? "is missing, and so is relay, which may stand in its place"
                            : "is missing");
        } else if (section.has("script_key") && section.has("relay")) {
            section.refuse("relay", "stands beside script_key: a trigger has one of both");
        }
        if (key != null
                && section.hasAllowed("script_key")
                && scripts.fault().isEmpty()
                && !scripts.keys().contains(key)) {
            section.refuse("script_key", scripts.missing(key));
        }
        return trigger;
    }

    /** A trigger as one line of a rules file has it, in braces. */
    public static String written(Trigger trigger) {
        return YamlWriter.line(TRIGGER.item(trigger));
    }

    @Override
    public void print(SettingsWriter out, String key, TriggerTable table) {
        if (table.triggers().isEmpty()) {
            out.entry(key, List.of());
        } else {
            out.section(key, () -> table.triggers().forEach(it -> out.item(TRIGGER.item(it))));
        }
    }

    @Override
    public String allowed() {
        return "a list of triggers";
    }

    @Override
    public List<Schema.Description> keys() {
        return TRIGGER.keys().stream()
                .filter(it -> sendsTexts || !FOR_ANSWERS.contains(it.name()))
                .toList();
    }
}
