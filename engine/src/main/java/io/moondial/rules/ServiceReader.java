package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.rules.Rules.NotifyService;
import io.moondial.rules.Rules.ProcessService;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.api.ApiModule;
import io.moondial.text.Dcs;
import io.moondial.text.UnsendableText;
import io.moondial.text.UssdString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The sections of the two services. */
final class ServiceReader {
    private static final String ERROR_MESSAGE = "Service unavailable, please try again.";

    private static final Pattern LUA_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final UnaryOperator<Path> from;
    private final ValueType<String> globalName;

    /**
     * Reads them where files lie elsewhere, and scripts have these modules.
     *
     * @param from where what is named so is found
     */
    ServiceReader(UnaryOperator<Path> from, List<ApiModule> modules) {
        this.from = from;
        Set<String> taken = ScriptGlobals.taken(modules);
        this.globalName =
                new ValueType<>(
                        "a Lua name (letters, digits and _, no digit first) that scripts do not have"
                                + " already, as they have print, string and ussd",
                        List.of(),
                        scalar ->
                                Optional.of(scalar.text())
                                        .filter(it -> LUA_NAME.matcher(it).matches())
                                        .filter(it -> !taken.contains(it)));
    }

    ProcessService process(Section service) {
        Path scriptDir = scriptDir(service);
        int dcsLanguage = service.find("dcs_language", ValueType.wholeNumber(0, 15), 15);
        return new ProcessService(
                scriptDir,
                Limits.menuTimeout(service),
                errorMessage(service, dcsLanguage),
                Limits.onError(service),
                dcsLanguage,
                edrStream(service),
                triggers(service, scriptDir, from, true),
                globals(service));
    }

    NotifyService inboundNotify(Section service) {
        Path scriptDir = scriptDir(service);
        return new NotifyService(
                scriptDir,
                edrStream(service),
                triggers(service, scriptDir, from, false),
                globals(service));
    }

    static Path scriptDir(Section service) {
        return service.path("script_dir", "scripts");
    }

    private static String errorMessage(Section service, int dcsLanguage) {
        String text = service.find("error_message", ValueType.text(), ERROR_MESSAGE);
        try {
            UssdString.encode(text, Dcs.gsm7(dcsLanguage));
        } catch (UnsendableText e) {
            service.refuse("error_message", String.valueOf(e.getMessage()));
        }
        return text;
    }

    private static String edrStream(Section service) {
        return service.find("edr_stream", EdrReader.STREAM_NAME, "ussd");
    }

    private static TriggerTable triggers(
            Section service, Path scriptDir, UnaryOperator<Path> from, boolean sendsTexts) {
        List<Section> given = service.sections("triggers");
        if (given.isEmpty()) {
            return new TriggerTable(List.of());
        }
        var scripts = ScriptFolder.list(scriptDir, from.apply(scriptDir));
        scripts.fault().ifPresent(fault -> service.refuse("script_dir", fault));
        var reader = new TriggerReader(scripts, sendsTexts);
        // What is wrong in itself says nothing of the others.
        IdentityHashMap<Trigger, Section> sound = new IdentityHashMap<>();
        List<Trigger> triggers = new ArrayList<>();
        for (Section place : given) {
            int before = service.problemsSoFar();
            reader.read(place).ifPresent(triggers::add);
            if (service.problemsSoFar() == before) {
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
                    ("this trigger is never reached: whatever it matches, the one on line %d matches"
                                    + " first; put it before that one, or take it out")
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

    private Map<String, Object> globals(Section service) {
        return service.values("globals", globalName, ServiceReader::inexact);
    }

    private static Optional<String> inexact(String path, Object value) {
        return value instanceof Long number && Math.abs(number) > 1L << 53
                ? Optional.of(
                        ("globals: %s is %d, beyond 2^53, where Lua's numbers lose digits: put it in"
                                        + " quotes to have it as a text")
                                .formatted(path, number))
                : Optional.empty();
    }
}
