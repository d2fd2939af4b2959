package io.moondial.logic;

import static java.util.Objects.requireNonNullElse;

import io.moondial.channel.Opening;
import io.moondial.dialog.DialogSetup;
import io.moondial.rules.ProcessSettings;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mobile-initiated USSD: a script for each ProcessUnstructuredSS-Request that a trigger matches.
 */
public final class ProcessUssdLuaService implements LuaService {
    private final ProcessSettings rules;
    private final TriggeredScripts scripts;
    private final ScriptGlobals globals;
    private final Duration grace;
    private final ScriptSettings.Shares shares;

    public ProcessUssdLuaService(
            ProcessSettings rules, ScriptRelease scripts, ScriptSettings supervision) {
        this.rules = rules;
        this.scripts = new TriggeredScripts(rules.triggers(), scripts, supervision);
        this.grace = supervision.graceTime();
        this.shares = supervision.shares();
        this.globals = new ScriptGlobals(rules.globals());
    }

    @Override
    public Opening.Kind kind() {
        return Opening.Kind.DIALLED;
    }

    @Override
    public List<ScriptStatus> scripts() {
        return scripts.status(kind().section());
    }

    @Override
    public BitSet hidden(@Nullable String text, @Nullable String msisdn) {
        return scripts.hidden(text, msisdn);
    }

    @Override
    public Optional<Claim> claim(Opening opening) {
        return scripts.match(opening)
                .map(
                        match -> {
                            Trigger.Overrides own = match.trigger().overrides();
                            DialogSetup setup =
                                    new DialogSetup(
                                            false,
                                            match.script().fileName(),
                                            requireNonNullElse(
                                                    own.menuTimeout(), rules.menuTimeout()),
                                            rules.errorMessage(),
                                            requireNonNullElse(own.onError(), rules.onError()),
                                            Dcs.gsm7(rules.dcsLanguage()));
                            return new Claim(
                                    match.opening(),
                                    setup,
                                    match.script(),
                                    match.limits(),
                                    globals,
                                    rules.edrStream(),
                                    grace,
                                    match.breaker(),
                                    shares);
                        });
    }
}
