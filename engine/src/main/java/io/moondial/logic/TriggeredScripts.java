package io.moondial.logic;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.rules.DialledMask;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerRequest;
import io.moondial.rules.TriggerTable;
import io.moondial.script.Script;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The triggers of a service with the scripts that they select, of one release. */
final class TriggeredScripts {
    private final TriggerTable triggers;
    private final ScriptRelease scripts;
    private final ScriptSettings rules;
    private final Map<String, ScriptBreaker> breakers = new HashMap<>();

    /** A trigger that matched, its script, and the opening with what the trigger masks of it. */
    record Match(
            Opening opening,
            Trigger trigger,
            Script script,
            ScriptLimits limits,
            ScriptBreaker breaker) {}

    TriggeredScripts(TriggerTable triggers, ScriptRelease scripts, ScriptSettings rules) {
        this.triggers = triggers;
        this.scripts = scripts;
        this.rules = rules;
        triggers.triggers()
                .forEach(it -> breakers.put(it.scriptKey(), new ScriptBreaker(rules.breaker())));
    }

    Optional<Match> match(Opening opening) {
        return triggers.match(request(opening)).map(trigger -> match(opening, trigger));
    }

    /** Each script once, as its service shows it. */
    List<ScriptStatus> status(String service) {
        return triggers.triggers().stream()
                .map(Trigger::scriptKey)
                .distinct()
                .map(key -> new ScriptStatus(service, key, script(key).version(), isOff(key)))
                .toList();
    }

    private boolean isOff(String key) {
        return requireNonNull(breakers.get(key)).isOff();
    }

    /** What of a text must not be shown, see {@link TriggerTable#hidden}. */
    BitSet hidden(@Nullable String text, @Nullable String msisdn) {
        return triggers.hidden(text, msisdn);
    }

    private Match match(Opening opening, Trigger trigger) {
        DialledMask mask = trigger.mask();
        return new Match(
                mask == null ? opening : opening.writtenAs(mask.written(opening.text())),
                trigger,
                script(trigger.scriptKey()),
                limits(trigger.overrides()),
                requireNonNull(breakers.get(trigger.scriptKey())));
    }

    private Script script(String key) {
        return scripts.script(key)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "the release lacks the script of a checked trigger: "
                                                + key));
    }

    private ScriptLimits limits(Trigger.Overrides own) {
        ScriptLimits limits = rules.limits();
        return new ScriptLimits(
                Objects.requireNonNullElse(own.maxInstructions(), limits.maxInstructions()),
                Objects.requireNonNullElse(own.maxMemory(), limits.maxMemory()),
                Objects.requireNonNullElse(own.maxTime(), limits.maxTime()),
                Objects.requireNonNullElse(own.maxCallDepth(), limits.maxCallDepth()),
                Objects.requireNonNullElse(own.maxStringLength(), limits.maxStringLength()));
    }

    private static TriggerRequest request(Opening opening) {
        return new TriggerRequest(
                opening.text(),
                digits(opening.destination()),
                digits(opening.origination()),
                digits(opening.msisdn()),
                opening.imsi(),
                opening.remote().globalTitle(),
                opening.local().ssn());
    }

    private static @Nullable String digits(@Nullable Address address) {
        return address == null ? null : address.digits();
    }
}
