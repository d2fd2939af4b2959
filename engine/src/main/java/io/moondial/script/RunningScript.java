package io.moondial.script;

import static java.util.Objects.requireNonNull;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.lang.Texts;
import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.FarDialogs;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Meter.HeavyPermit;
import io.moondial.script.lua.Meter.Kill;
import io.moondial.script.lua.Numbers;
import io.moondial.script.stdlib.AbsentNames;
import io.moondial.script.stdlib.StandardLibrary.ScriptClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** One run of a script, from its call to its outcome. Confined to what of the run goes on. */
final class RunningScript implements HostCall, ScriptClock {
    private static final Double[] SMALL = smallNumbers();

    /** How long a script that has failed waits until it is kept what the subscriber is to read. */
    private static final Duration LAST_WORD_WITHIN = Duration.ofSeconds(5);

    private static final LuaString SCRIPT_NAME = LuaString.of("SCRIPT_NAME");
    private static final LuaString SCRIPT_VERSION = LuaString.of("SCRIPT_VERSION");
    private static final LuaString INSTANCE_ID = LuaString.of("INSTANCE_ID");

    private final Script script;
    private final ScriptRun run;
    private final LuaBase base;
    private final Supervision supervision;
    private final Meter meter;
    private final LuaState state;
    private final LoadedModules modules;
    private Map<String, LuaTable> partsInLua = Map.of();
    private Map<Class<?>, Object> ofModules = Map.of();
    private @Nullable Alone alone;
    private @Nullable Journal journal;
    private @Nullable LuaFunction handler;
    private int flows;
    private @Nullable Afterwards afterwards;

    RunningScript(Script script, ScriptRun run, LuaBase base, HeavyPermit permit) {
        this.script = script;
        this.run = run;
        this.base = base;
        this.supervision = new Supervision(run);
        this.meter = new Meter(bounds(run.limits()), supervision, permit);
        this.state = base.newState(meter, this);
        this.modules = new LoadedModules(this);
        state.setsGlobals(script.modules().globalsSet());
    }

    private static Meter.Bounds bounds(ScriptLimits limits) {
        return new Meter.Bounds(
                limits.maxInstructions(),
                limits.maxMemory(),
                limits.maxCallDepth(),
                limits.maxStringLength(),
                limits.maxCoroutines());
    }

    private ScriptServices services() {
        return run.services();
    }

    LoadedModules modules() {
        return modules;
    }

    // ---- for the functions of modules

    @Override
    public String instanceId() {
        return run.instanceId();
    }

    @Override
    public Phase phase() {
        return run.dialog().phase();
    }

    @Override
    public PrimitiveResult perform(Function<ScriptDialog, PrimitiveResult> primitive) {
        if (alone != null) {
            throw new LuaError(
                    alone.function() + ": no primitive of the dialog may be called in it");
        }
        tellPlace(state.place());
        meter.endBurst();
        PrimitiveResult result;
        try {
            result = primitive.apply(run.dialog());
        } catch (ScriptDialog.Refused refused) {
            meter.beginBurst();
            throw new LuaError(String.valueOf(refused.getMessage()));
        } catch (ScriptDialog.Killed killed) {
            throw new Kill(Kill.Reason.STOPPED, String.valueOf(killed.getMessage()));
        }
        goOn(run.dialog().hasWaited());
        return result;
    }

    @Override
    public <T> T backend(Class<T> type) {
        return services().backends().get(type);
    }

    @Override
    public <T extends @Nullable Object> T await(
            String called,
            Supplier<CompletableFuture<T>> beginning,
            Function<? super T, String> outcome,
            Function<? super T, @Nullable String> given) {
        if (alone != null && !alone.called().equals(called)) {
            throw new LuaError(
                    alone.function()
                            + ": nothing else may be waited for in it, and this is "
                            + called);
        }
        tellPlace(state.place());
        meter.beginBurst(); // what must end now begins nothing
        meter.endBurst();
        Duration began = supervision.sinceStart();
        CompletableFuture<T> call = beginning.get();
        boolean waits = !call.isDone();
        String ended = "left"; // by a script that ends before its answer
        Supplier<@Nullable String> asGiven = () -> null;
        try {
            run.dialog().await(call, this::patience);
            if (call.isCompletedExceptionally()) {
                ended = "fault";
            } else {
                ended = outcome.apply(call.join());
                asGiven = () -> given.apply(call.join());
            }
        } finally {
            call.cancel(true);
            services().called(called, ended, supervision.sinceStart().minus(began), asGiven);
        }
        goOn(waits);
        return call.join();
    }

    @Override
    public <T extends @Nullable Object> T alone(String function, String called, Supplier<T> part) {
        if (alone != null) {
            throw new LuaError(function + ": not within another " + alone.function());
        }
        alone = new Alone(function, called);
        String before = state.pin(function);
        try {
            return part.get();
        } finally {
            state.pin(before);
            alone = null;
        }
    }

    @Override
    public @Nullable String alone() {
        return alone == null ? null : alone.function();
    }

    /** A part of the script that must not wait for anything else. */
    private record Alone(String function, String called) {}

    private @Nullable Duration patience() {
        goOn(true);
        return supervision.graceLeft();
    }

    /**
     * A call of the engine has come back, or the script waits in it: it may have to end now.
     *
     * @param hasWaited whether the time that has passed meanwhile was that of others
     */
    private void goOn(boolean hasWaited) {
        supervision.hasWaited = hasWaited;
        meter.beginBurst();
        supervision.hasWaited = false;
    }

    @Override
    public @Nullable Journal journal() {
        return journal;
    }

    @Override
    public void keep(@Nullable Journal next) {
        journal = next;
    }

    @Override
    public Runnable loadedModules() {
        Set<Object> before = modules.names();
        return () -> modules.unload(before);
    }

    @Override
    public int beginFlow() {
        return ++flows;
    }

    @Override
    public Journal.Limits journalLimits() {
        return run.limits().journal();
    }

    @Override
    public LuaTable partInLua(String module) {
        LuaTable known = partsInLua.get(module);
        if (known == null) {
            known = base.runShipped(module, state);
            if (partsInLua.isEmpty()) {
                partsInLua = new HashMap<>();
            }
            partsInLua.put(module, known);
        }
        return known;
    }

    @Override
    public <T> T ofRun(Class<T> type, Supplier<T> first) {
        if (ofModules.isEmpty()) {
            ofModules = new HashMap<>();
        }
        return type.cast(ofModules.computeIfAbsent(type, _ -> first.get()));
    }

    @Override
    public Texts texts() {
        return script.texts();
    }

    @Override
    public LanguageSources languageSources() {
        return run.dialog().languageSources();
    }

    @Override
    public RunningScriptId script() {
        return new RunningScriptId(script.name(), script.version());
    }

    @Override
    public @Nullable String dialledCode() {
        return run.dialog().dialledCode();
    }

    @Override
    public FarDialogs farDialogs() {
        try {
            return run.dialog().farDialogs();
        } catch (ScriptDialog.Refused refused) {
            throw new LuaError(String.valueOf(refused.getMessage()));
        }
    }

    @Override
    public void resumes(String instanceId) {
        run.dialog().resumes(instanceId);
    }

    @Override
    public void happened(String called, String outcome) {
        services().called(called, outcome, Duration.ZERO, () -> null);
    }

    @Override
    public void handledBy(LuaFunction function) {
        handler = function;
    }

    @Override
    public void afterwards(Afterwards next) {
        afterwards = next;
    }

    @Override
    public void pause(String function, Duration time) {
        if (alone != null) {
            throw new LuaError(
                    alone.function()
                            + ": nothing else may be waited for in it, and this is "
                            + function);
        }
        tellPlace(state.place());
        meter.beginBurst(); // what must end now does not wait
        meter.endBurst();
        CompletableFuture<?> over = services().after(time);
        boolean waits = !over.isDone();
        try {
            run.dialog().await(over, this::patience);
        } finally {
            over.cancel(true);
        }
        goOn(waits);
    }

    @Override
    public void log(Level level, String line) {
        tellPlace(state.place());
        services().log(level, line);
    }

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String stream) {
        try {
            services().writeEdr(event, fields, stream);
        } catch (ScriptDialog.Refused refused) {
            throw new LuaError(String.valueOf(refused.getMessage()));
        }
    }

    @Override
    public void increment(String name) {
        try {
            services().increment(name);
        } catch (ScriptDialog.Refused refused) {
            throw new LuaError(String.valueOf(refused.getMessage()));
        }
    }

    // ---- the run itself

    /** Runs the script to its end. */
    ScriptOutcome run(FunctionCode main) {
        ScriptOutcome outcome = runToItsEnd(main);
        Afterwards next = afterwards;
        if (next != null && outcome instanceof ScriptOutcome.Failed) {
            tellFailed(next);
        }
        return outcome;
    }

    private ScriptOutcome runToItsEnd(FunctionCode main) {
        try {
            meter.beginBurst();
            return runMain(main);
        } catch (Kill kill) {
            return failed(
                    kind(kill), String.valueOf(kill.getMessage()), LuaError.Trace.of(state), null);
        } catch (RuntimeException | Error e) {
            // whatever it is, it is this script's end and no other's
            return failed(
                    ScriptFault.Kind.INTERNAL, "internal fault: " + e, LuaError.Trace.of(state), e);
        } finally {
            state.endCoroutines();
            meter.endBurst();
        }
    }

    private ScriptOutcome runMain(FunctionCode main) {
        try {
            prepareGlobals();
            services().seed().ifPresent(state::seedRandom);
            LuaTable request = request();
            @Nullable Object[] results = state.call(state.load(main, state.globals()), request);
            if (handler != null && results.length > 0 && results[0] == handler) {
                results = state.call(handler, request);
            }
            tellPlace(state.lastReturn());
            return givenAway(returned(results));
        } catch (LuaError e) {
            LuaError.Trace trace = e.trace(state);
            return failed(ScriptFault.Kind.ERROR, e.text(state), trace, null);
        }
    }

    /** What the dialog gets of what the script has returned: nothing if it goes elsewhere. */
    private ScriptOutcome givenAway(ScriptOutcome.Returned returned) {
        Afterwards next = afterwards;
        if (next == null) {
            return returned;
        }
        String text = returned.text();
        if (text != null) {
            next.returned(text, returned.mask());
        }
        return new ScriptOutcome.Returned(null, null, returned.what(), returned.usage());
    }

    /** Whatever ends the script does not end this: it has a time of its own. */
    private void tellFailed(Afterwards next) {
        CompletableFuture<Optional<String>> told = next.failed(run.dialog().errorMessage());
        long until = services().nanoTime() + LAST_WORD_WITHIN.toNanos();
        run.dialog()
                .await(
                        told,
                        () -> {
                            Duration left = Duration.ofNanos(until - services().nanoTime());
                            if (!left.isPositive()) {
                                told.complete(Optional.of("no answer came in time"));
                            }
                            return left;
                        });
        told.join().ifPresent(problem -> services().log(Level.ERROR, problem));
    }

    private void prepareGlobals() {
        LuaTable globals = state.globals();
        globals.set(SCRIPT_NAME, script.luaName());
        globals.set(SCRIPT_VERSION, script.luaVersion());
        globals.set(INSTANCE_ID, LuaString.of(run.instanceId()));
        run.globals().forEach(globals::set);
    }

    @Override
    public LuaTable request() {
        LuaTable request = state.newTable();
        run.request()
                .get()
                .forEach((name, value) -> request.set(base.name(name), lua(state, name, value)));
        return request;
    }

    private @Nullable Object lua(LuaState state, String name, Object value) {
        return switch (value) {
            case String s -> LuaString.of(s);
            case ScriptRun.Secret(String text, String mask) -> state.newSecret(text, mask);
            case Number n -> small(n.doubleValue());
            case ScriptRun.Json(String text) -> base.decoded(state, name, text);
            default ->
                    throw new IllegalArgumentException(
                            "request field " + name + " is a " + value.getClass());
        };
    }

    /** Of numbers below 256 there are some in every request, which need not have their own. */
    private static Double small(double number) {
        return number >= 0 && number < SMALL.length && number == (int) number
                ? SMALL[(int) number]
                : Lua.number(number);
    }

    private static Double[] smallNumbers() {
        Double[] numbers = new Double[256];
        Arrays.setAll(numbers, Lua::number);
        return numbers;
    }

    private ScriptOutcome.Returned returned(@Nullable Object[] results) {
        return switch (results.length == 0 ? null : results[0]) {
            case LuaString text when text.length() > 0 -> {
                String mask = state.isSecret(text) ? state.show(text) : null;
                yield new ScriptOutcome.Returned(text.toText(), mask, "a text", usage());
            }
            case Double number when Double.isFinite(number) ->
                    new ScriptOutcome.Returned(Numbers.allDigits(number), null, "a text", usage());
            case LuaDecimal decimal ->
                    new ScriptOutcome.Returned(decimal.toString(), null, "a text", usage());
            case null, default -> new ScriptOutcome.Returned(null, null, what(results), usage());
        };
    }

    /** What was returned that is no usable text, in words. */
    private static String what(@Nullable Object[] results) {
        return switch (results.length == 0 ? null : results[0]) {
            case null -> results.length == 0 ? "nothing" : "nil";
            case LuaString empty -> "an empty text";
            case Boolean b -> b.toString();
            case Object other -> Lua.show(other);
        };
    }

    private static ScriptFault.Kind kind(Kill kill) {
        return switch (kill.reason()) {
            case LIMIT -> ScriptFault.Kind.LIMIT;
            case WAITED -> ScriptFault.Kind.WAITED;
            case STOPPED -> ScriptFault.Kind.STOPPED;
        };
    }

    private ScriptOutcome failed(
            ScriptFault.Kind kind,
            String message,
            LuaError.Trace trace,
            @Nullable Throwable cause) {
        LuaState.Place place = trace.place();
        tellPlace(place);
        return new ScriptOutcome.Failed(
                new ScriptFault(
                        kind,
                        message,
                        place == null ? "" : place.source(),
                        place == null ? 0 : place.line(),
                        trace.stack(),
                        cause),
                usage());
    }

    private void tellPlace(LuaState.@Nullable Place place) {
        if (place != null) {
            services().comesFrom(place.source(), place.line());
        }
    }

    private ScriptOutcome.Usage usage() {
        return new ScriptOutcome.Usage(meter.unitsUsed(), meter.memoryUsed());
    }

    @Override
    public Instant now() {
        Journal kept = journal;
        return kept == null
                ? services().now()
                : Instant.ofEpochMilli(
                        kept.number("os.time", state, () -> services().now().toEpochMilli()));
    }

    @Override
    public ZoneId zone() {
        return services().zone();
    }

    @Override
    public Duration sinceStart() {
        Journal kept = journal;
        return kept == null
                ? supervision.sinceStart()
                : Duration.ofNanos(
                        kept.number("os.clock", state, () -> supervision.sinceStart().toNanos()));
    }

    /**
     * The watch over one run's time, and over what others want of it. Confined to the run's thread.
     */
    private static final class Supervision implements Meter.Supervisor {
        private final Control control;
        private final ScriptServices services;
        private final ScriptLimits limits;
        private final long start;

        /** Whether the script has not computed, but waited, since it was asked last. */
        private boolean hasWaited;

        private boolean finishing;
        private Duration grace = Duration.ZERO;
        private long graceStart;

        Supervision(ScriptRun run) {
            this.control = run.control();
            this.services = run.services();
            this.limits = run.limits();
            this.start = services.nanoTime();
        }

        /** How long the script has been running. */
        Duration sinceStart() {
            return Duration.ofNanos(services.nanoTime() - start);
        }

        @Override
        public void check() {
            long now = services.nanoTime();
            if (now - start > limits.maxTime().plus(control.uncounted()).toNanos()) {
                throw timeIsOver(limits.timeIsOver());
            }
            String reason = control.stopReason();
            if (reason != null) {
                if (reason.equals(limits.timeIsOver())) {
                    // the same clock, rung from outside: what computes past its time breaks a limit
                    throw timeIsOver(reason);
                }
                throw new Kill(Kill.Reason.STOPPED, "stopped: " + reason);
            }
            Duration wanted = control.grace();
            if (wanted != null) {
                checkGrace(wanted, now);
            }
        }

        private void checkGrace(Duration wanted, long now) {
            if (!finishing) {
                finishing = true;
                grace = wanted;
                graceStart = now;
            }
            if (now - graceStart > grace.toNanos()) {
                throw timeIsOver(
                        "not finished within " + text(grace) + " after the dialog was over");
            }
        }

        private Kill timeIsOver(String reason) {
            return new Kill(hasWaited ? Kill.Reason.WAITED : Kill.Reason.LIMIT, reason);
        }

        /** The grace time that is left, as of the last check; null while the dialog is not over. */
        @Nullable Duration graceLeft() {
            return finishing ? grace.minusNanos(services.nanoTime() - graceStart) : null;
        }

        private static String text(Duration duration) {
            return String.format(Locale.ROOT, "%.3fs", duration.toNanos() / 1e9);
        }
    }

    /** What one run has required so far: its {@code package.loaded}, and what fills it. */
    static final class LoadedModules {
        private static final LuaString ITSELF = LuaString.of("_G");

        private final RunningScript run;

        // most scripts require no module, and many wait at once: nothing is made before it is
        // needed
        private @Nullable LuaTable loaded;
        private @Nullable LuaTable preload;
        private boolean shown;
        private List<String> loading = List.of();

        LoadedModules(RunningScript run) {
            this.run = run;
        }

        /** Lua's {@code require}. */
        @Nullable Object[] require(Arguments a) {
            String name = a.openText(1, "name");
            LuaString key = a.string(1);
            @Nullable Object known = loaded == null ? null : loaded.get(key);
            if (known == null && !shown) {
                known = run.base.builtIn(key);
            }
            run.base.globalsWhenRequired(name).forEach(this::giveGlobal);
            return Lua.values(known == null ? load(name, key) : known);
        }

        /** What the rules give, and what the script has set, stays. */
        private void giveGlobal(String name, ApiModule.WhenRequired given) {
            LuaString key = LuaString.of(name);
            LuaTable globals = run.state.globals();
            if (globals.get(key) == null) {
                globals.set(key, given.value(run));
            }
        }

        private Object load(String name, LuaString key) {
            @Nullable Object loader = preload == null ? null : preload.get(key);
            Unit unit = run.script.modules().get(name);
            if (loader == null && unit == null) {
                throw new LuaError(run.base.notFound(name));
            }
            if (loading.contains(name)) {
                throw new LuaError(
                        "modules that require each other: "
                                + String.join(
                                        " -> ",
                                        loading.subList(loading.indexOf(name), loading.size()))
                                + " -> "
                                + name);
            }
            if (loading.isEmpty()) {
                loading = new ArrayList<>(2);
            }
            loading.add(name);
            try {
                LuaState state = run.state;
                @Nullable Object module =
                        loader != null
                                ? state.callForOne(loader, key, Lua.text(":preload:"))
                                : state.callForOne(
                                        state.load(requireNonNull(unit).code(), state.globals()),
                                        key,
                                        Lua.text(unit.source().label()));
                LuaTable table = loaded();
                if (module != null) {
                    table.set(key, module);
                } else if (table.get(key) == null) {
                    table.set(key, true);
                }
                return requireNonNull(table.get(key));
            } finally {
                loading.remove(name);
            }
        }

        /** Under which names modules have been loaded. */
        Set<Object> names() {
            Set<Object> names = new LinkedHashSet<>();
            LuaTable table = loaded;
            for (var e = table == null ? null : table.next(null);
                    e != null;
                    e = requireNonNull(table).next(e[0])) {
                names.add(requireNonNull(e[0]));
            }
            return names;
        }

        /** Unloads all others. What is built in stays. */
        void unload(Set<Object> others) {
            for (Object name : names()) {
                boolean builtIn =
                        name instanceof LuaString text
                                && (text.equals(ITSELF) || run.base.builtIn(text) != null);
                if (!builtIn && !others.contains(name)) {
                    loaded().set(name, null);
                }
            }
        }

        private LuaTable loaded() {
            LuaTable table = loaded;
            if (table == null) {
                table = run.state.newTable();
                loaded = table;
            }
            return table;
        }

        /**
         * {@code package.loaded}, {@code package.preload}: the run's own; null for other fields.
         */
        @Nullable LuaTable field(String name) {
            return switch (name) {
                case "loaded" -> shown();
                case "preload" -> {
                    LuaTable table = preload;
                    if (table == null) {
                        table = run.state.newTable();
                        preload = table;
                    }
                    yield table;
                }
                default -> null;
            };
        }

        /** Now that the script sees the table, the built-in modules are in it too. */
        private LuaTable shown() {
            LuaTable table = loaded();
            if (!shown) {
                shown = true;
                run.base.builtIns(table::set);
                table.set(ITSELF, run.state.globals());
            }
            return table;
        }

        /** What is said of a module that is not there. */
        static String notFound(String name) {
            String absent = AbsentNames.message(name);
            if (absent != null) {
                return "module " + absent;
            }
            if (!ScriptFolder.isModuleName(name)) {
                return "module '"
                        + name
                        + "' not found: a module's name has 1 to 64 of letters, digits, _ and -, with"
                        + " dots between folders; no slashes, no .lua";
            }
            String file = name.replace('.', '/');
            return "module '"
                    + name
                    + "' not found: the script folder has no "
                    + (file.equals(name) ? file + ".lua, no " : "")
                    + "lib/"
                    + file
                    + ".lua and no lib/"
                    + file
                    + "/init.lua, and it is not built in";
        }
    }
}
