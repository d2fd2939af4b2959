package io.moondial.logic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.moondial.channel.Address;
import io.moondial.channel.NodeAddress;
import io.moondial.channel.Opening;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.DialogSetup;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.rules.DialledMask;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.ProcessSettings;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerRequest;
import io.moondial.rules.TriggerTable;
import io.moondial.script.Script;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptHost;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import io.moondial.text.Dcs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service: it claims dialogs that begin in its way and match one of its triggers, each for the
 * script of that trigger; or, if we begin them, those of its keys. A change of rules or scripts is
 * another service in its place.
 */
public final class LuaService {
    /** What a trigger that relays its dialogs has in the place of a script: the engine's own. */
    private static final String RELAYING = relaying();

    private final DialogKind kind;
    private final TriggerTable triggers;
    private final ScriptRelease scripts;

    /** Those of the operator's that its dialogs may run, each once. */
    private final List<String> keys;

    /** Those that come with the engine, by their keys. */
    private final Map<String, Script> shipped;

    private final ScriptSettings settings;
    private final ScriptGlobals globals;
    private final String edrStream;
    private final @Nullable ZoneId zone;
    private final SetupMaker setups;
    private final Map<String, ScriptBreaker> breakers = new HashMap<>();

    /** What a dialog starts with, by its script and what its trigger says. */
    private interface SetupMaker {
        DialogSetup of(Script script, Trigger.Overrides own);
    }

    /**
     * A dialog that a service takes: the script that will run, and what it runs with.
     *
     * @param opening how the dialog began, with the mask of its trigger
     * @param code what of the dialled text its trigger asks for; null: nothing
     * @param language of the texts, by its trigger; null: the trigger does not say
     * @param grace how long the script may go on once the far side has ended the dialog
     * @param breaker what switches this version of the script off
     * @param shares what the script may take of what all share
     * @param zone of the dates that the script makes; null: that of the clock
     * @param args what its script is given by whoever pushes it, as JSON; null: nothing
     * @param relay the node that its trigger relays it to; null: none
     */
    record Claim(
            Opening opening,
            @Nullable String code,
            @Nullable String language,
            DialogSetup setup,
            Script script,
            ScriptLimits limits,
            ScriptGlobals globals,
            String edrStream,
            Duration grace,
            ScriptBreaker breaker,
            ScriptSettings.Shares shares,
            @Nullable ZoneId zone,
            @Nullable String args,
            @Nullable NodeAddress relay) {}

    private LuaService(
            DialogKind kind,
            TriggerTable triggers,
            List<String> keys,
            Map<String, Script> shipped,
            ScriptRelease scripts,
            ScriptSettings settings,
            ScriptGlobals globals,
            String edrStream,
            @Nullable ZoneId zone,
            SetupMaker setups) {
        this.kind = kind;
        this.triggers = triggers;
        this.keys = keys.stream().distinct().toList();
        this.shipped = Map.copyOf(shipped);
        this.scripts = scripts;
        this.settings = settings;
        this.globals = globals;
        this.edrStream = edrStream;
        this.zone = zone;
        this.setups = setups;
        keys.forEach(it -> breakers.put(it, new ScriptBreaker(settings.breaker())));
        shipped.keySet().forEach(it -> breakers.put(it, new ScriptBreaker(settings.breaker())));
    }

    private static String relaying() {
        try (InputStream in = LuaService.class.getResourceAsStream("relay.lua")) {
            return new String(requireNonNull(in, "relay.lua").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> keys(TriggerTable triggers) {
        return triggers.triggers().stream().map(Trigger::script).toList();
    }

    /**
     * Mobile-initiated USSD: each ProcessUnstructuredSS-Request that a trigger matches.
     *
     * @param host compiles what relays dialogs
     * @param zone of the dates that scripts make; null: that of the clock
     */
    public static LuaService dialled(
            ProcessSettings rules,
            ScriptRelease scripts,
            ScriptHost host,
            ScriptSettings settings,
            @Nullable ZoneId zone) {
        return dialled(
                rules,
                scripts,
                Map.of(Trigger.RELAYING, host.shipped(Trigger.RELAYING, RELAYING)),
                settings,
                zone);
    }

    /** The same where no trigger relays. */
    static LuaService dialled(
            ProcessSettings rules,
            ScriptRelease scripts,
            ScriptSettings settings,
            @Nullable ZoneId zone) {
        return dialled(rules, scripts, Map.of(), settings, zone);
    }

    private static LuaService dialled(
            ProcessSettings rules,
            ScriptRelease scripts,
            Map<String, Script> shipped,
            ScriptSettings settings,
            @Nullable ZoneId zone) {
        return new LuaService(
                DialogKind.DIALLED,
                rules.triggers(),
                keys(rules.triggers()),
                shipped,
                scripts,
                settings,
                new ScriptGlobals(rules.globals()),
                rules.edrStream(),
                zone,
                (script, own) -> {
                    Duration timeout = requireNonNullElse(own.menuTimeout(), rules.menuTimeout());
                    return new DialogSetup(
                            DialogKind.DIALLED,
                            script.fileName(),
                            timeout,
                            timeout,
                            rules.errorMessage(),
                            requireNonNullElse(own.onError(), rules.onError()),
                            Dcs.gsm7(rules.dcsLanguage()));
                });
    }

    /**
     * Inbound notifies: each UnstructuredSS-Notify that a trigger matches. Such a dialog sends no
     * text and waits for nothing: what its setup says of texts and menus is never used.
     *
     * @param zone of the dates that scripts make; null: that of the clock
     */
    public static LuaService notified(
            NotifySettings rules,
            ScriptRelease scripts,
            ScriptSettings settings,
            @Nullable ZoneId zone) {
        return new LuaService(
                DialogKind.NOTIFIED,
                rules.triggers(),
                keys(rules.triggers()),
                Map.of(),
                scripts,
                settings,
                new ScriptGlobals(rules.globals()),
                rules.edrStream(),
                zone,
                (script, own) ->
                        new DialogSetup(
                                DialogKind.NOTIFIED,
                                script.fileName(),
                                Duration.ZERO,
                                Duration.ZERO,
                                "",
                                OnError.ABORT,
                                Dcs.UNSPECIFIED));
    }

    /**
     * Pushes: dialogs that we begin. They are as those of mobile-initiated USSD in what the rules
     * say of scripts, texts and records.
     *
     * @param keys the scripts that may be pushed; each is in the release
     * @param host where the scripts are compiled that show a text alone
     * @param zone of the dates that scripts make; null: that of the clock
     */
    public static LuaService pushed(
            ProcessSettings rules,
            List<String> keys,
            ScriptRelease scripts,
            ScriptHost host,
            ScriptSettings settings,
            @Nullable ZoneId zone) {
        return new LuaService(
                DialogKind.PUSHED,
                new TriggerTable(List.of()),
                keys,
                PushedDialog.shipped(host),
                scripts,
                settings,
                new ScriptGlobals(rules.globals()),
                rules.edrStream(),
                zone,
                (script, own) ->
                        new DialogSetup(
                                DialogKind.PUSHED,
                                script.fileName(),
                                rules.menuTimeout(),
                                rules.menuTimeout(),
                                rules.errorMessage(),
                                rules.onError(),
                                Dcs.gsm7(rules.dcsLanguage())));
    }

    /** What its dialogs begin with. */
    public DialogKind kind() {
        return kind;
    }

    /** Claims a dialog; empty if no trigger matches. */
    Optional<Claim> claim(Opening opening) {
        return triggers.match(request(opening)).map(trigger -> claim(opening, trigger));
    }

    private Claim claim(Opening opening, Trigger trigger) {
        DialledMask mask = trigger.mask();
        Script script = script(trigger.script());
        return claim(
                mask == null ? opening : opening.writtenAs(mask.written(opening.text())),
                trigger.conditions().code(),
                trigger.overrides(),
                setups.of(script, trigger.overrides()),
                script,
                null,
                trigger.relay());
    }

    private Claim claim(
            Opening opening,
            @Nullable String code,
            Trigger.Overrides own,
            DialogSetup setup,
            Script script,
            @Nullable String args,
            @Nullable NodeAddress relay) {
        return new Claim(
                opening,
                code,
                own.language(),
                setup,
                script,
                limits(own),
                globals,
                edrStream,
                settings.graceTime(),
                requireNonNull(breakers.get(script.name())),
                settings.shares(),
                zone,
                args,
                relay);
    }

    /** Claims a dialog that we begin; empty if its script is none of those that may be pushed. */
    Optional<Claim> claim(PushedDialog push) {
        String key = push.content().script();
        if (!keys.contains(key) && !shipped.containsKey(key)) {
            return Optional.empty();
        }
        Script script = script(key);
        DialogSetup setup =
                setups.of(script, Trigger.Overrides.NONE).acknowledgedWithin(push.notifyTimeout());
        return Optional.of(
                claim(
                        push.opening(setup.dcs()),
                        null,
                        Trigger.Overrides.NONE,
                        setup,
                        script,
                        push.content().args(),
                        null));
    }

    private Script script(String key) {
        Script own = shipped.get(key);
        return own == null ? ofRelease(key) : own;
    }

    private Script ofRelease(String key) {
        return scripts.script(key)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "the release lacks a script that the rules name: " + key));
    }

    private ScriptLimits limits(Trigger.Overrides own) {
        return settings.limits()
                .with(
                        own.maxInstructions(),
                        own.maxMemory(),
                        own.maxTime(),
                        own.maxCallDepth(),
                        own.maxStringLength(),
                        own.maxCoroutines());
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

    /**
     * Which part of the text that begins a dialog must not be shown while the matching trigger is
     * not known.
     *
     * @param text null if it cannot be read; then any index hides all of it
     * @param msisdn the digits of the subscriber's number; null if the request has none
     * @return the indices of the characters
     */
    public BitSet hidden(@Nullable String text, @Nullable String msisdn) {
        return triggers.hidden(text, msisdn);
    }

    /** The operator's scripts in it, each once, in the order of the rules. */
    public List<ScriptStatus> scripts() {
        return keys.stream()
                .map(
                        key ->
                                new ScriptStatus(
                                        kind.section(), key, script(key).version(), isOff(key)))
                .toList();
    }

    /** The names that its scripts count under, as far as they are written out in them. */
    Set<String> statNames() {
        return scripts.literals("stat", "increment");
    }

    /** Whether its script of this key, if it has that, is switched off. */
    boolean isOff(String key) {
        ScriptBreaker breaker = breakers.get(key);
        return breaker != null && breaker.isOff();
    }

    /**
     * A script that dialogs can begin with now.
     *
     * @param service the section of the rules that names it: process, notify or push
     * @param key as it does
     * @param version names its content
     * @param switchedOff whether it does not run for a while because its limits kept ending it
     */
    public record ScriptStatus(String service, String key, String version, boolean switchedOff) {}

    /**
     * What switches a script off that its limits keep ending. Each version has its own in each
     * service, and every release begins with new ones.
     */
    static final class ScriptBreaker {
        /** What a dialog finds that begins. */
        enum State {
            /** The script runs. */
            ON,
            /** The script does not run. */
            OFF,
            /** The script runs, for the first time after its pause. */
            ON_AGAIN
        }

        private final ScriptSettings.Breaker rule;
        private final Deque<Instant> kills = new ArrayDeque<>();
        private volatile State state = State.ON;

        ScriptBreaker(ScriptSettings.Breaker rule) {
            this.rule = rule;
        }

        ScriptSettings.Breaker rule() {
            return rule;
        }

        /** Whether the script does not run now. */
        boolean isOff() {
            return state == State.OFF;
        }

        /** Each dialog asks this when it begins; only the first learns that the pause is over. */
        State ask() {
            return state == State.ON_AGAIN ? askAfterPause() : state;
        }

        private synchronized State askAfterPause() {
            State now = state;
            if (now == State.ON_AGAIN) {
                state = State.ON;
            }
            return now;
        }

        /** A limit ended the script; true if that switches it off. */
        synchronized boolean killed(Instant now) {
            if (state == State.OFF) {
                return false; // it began before
            }
            kills.add(now);
            while (kills.getFirst().plus(rule.maxKillsTime()).isBefore(now)) {
                kills.remove();
            }
            if (kills.size() < rule.maxKills()) {
                return false;
            }
            kills.clear();
            state = State.OFF;
            return true;
        }

        /** It is tried again. */
        synchronized void pauseIsOver() {
            state = State.ON_AGAIN;
        }
    }
}
