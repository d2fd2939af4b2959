package io.moondial.logic;

import io.moondial.channel.Opening;
import io.moondial.dialog.DialogSetup;
import io.moondial.dialog.OnError;
import io.moondial.rules.NotifySettings;
import io.moondial.script.Script;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Inbound notifies: a script for each UnstructuredSS-Notify that a trigger matches. */
public final class UssdNotifyLuaService implements LuaService {
    private final NotifySettings rules;
    private final TriggeredScripts scripts;
    private final ScriptGlobals globals;
    private final Duration grace;
    private final ScriptSettings.Shares shares;

    public UssdNotifyLuaService(
            NotifySettings rules, ScriptRelease scripts, ScriptSettings supervision) {
        this.rules = rules;
        this.scripts = new TriggeredScripts(rules.triggers(), scripts, supervision);
        this.grace = supervision.graceTime();
        this.shares = supervision.shares();
        this.globals = new ScriptGlobals(rules.globals());
    }

    @Override
    public Opening.Kind kind() {
        return Opening.Kind.PUSHED;
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
                        match ->
                                new Claim(
                                        match.opening(),
                                        setup(match.script()),
                                        match.script(),
                                        match.limits(),
                                        globals,
                                        rules.edrStream(),
                                        grace,
                                        match.breaker(),
                                        shares));
    }

    /**
     * Such a dialog sends no text and waits for nothing: what is said of texts and menus is never
     * used.
     */
    private static DialogSetup setup(Script script) {
        return new DialogSetup(
                true, script.fileName(), Duration.ZERO, "", OnError.ABORT, Dcs.UNSPECIFIED);
    }
}
