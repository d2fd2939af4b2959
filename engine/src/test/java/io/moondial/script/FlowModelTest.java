package io.moondial.script;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.script.lua.Lua;
import io.moondial.time.HandMovedTime;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/**
 * Random flows, and random subscribers who answer, mistype, go back and home, wait too long, give
 * up, dial again soon or late, and whose engine is killed or gets another version of the script.
 * Each screen is compared with what a reference says, which keeps the states of a flow by hand and
 * copies them where it has to come back to them.
 */
class FlowModelTest {
    private static final int PROGRAMS = 60;
    private static final int SUBSCRIBERS = 20;
    private static final int DIALOGS = 5;
    private static final Duration RESUME = Duration.ofMinutes(2);

    @TempDir Path folder;

    // ---- programs

    private enum Kind {
        CHOOSE,
        ASK,
        PIN,
        CONFIRM,
        READ,
        CHANGE,
        KEYED,
        REPEATABLE,
        NOTE,
        IF
    }

    /**
     * A step.
     *
     * @param of for IF: the step whose value is looked at
     * @param skip for IF: how many steps are left out unless that value is "a", "1" or "true"
     */
    private record Step(Kind kind, int of, int skip) {
        boolean asks() {
            return switch (kind) {
                case CHOOSE, ASK, PIN, CONFIRM -> true;
                default -> false;
            };
        }
    }

    private static List<Step> program(Random random) {
        List<Step> steps = new ArrayList<>();
        int size = 3 + random.nextInt(9);
        for (int i = 0; i < size; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            int skip = 1 + random.nextInt(3);
            steps.add(new Step(kind, i == 0 ? 0 : random.nextInt(i), Math.min(skip, size - 1 - i)));
        }
        return steps;
    }

    private static String lua(List<Step> steps, int version) {
        StringBuilder lua = new StringBuilder("-- version " + version + "\n");
        lua.append("local v = {}\n"); // left over from the run before: each run begins with its own
        lua.append("return menu.flow(function(request)\n  local v = {}\n");
        lua.append("  local function seen() local t = {} for i = 1, ")
                .append(steps.size())
                .append(" do t[i] = v[i] or '-' end return table.concat(t, ' ') end\n");
        lua.append("  local n = world.begin()\n");
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            int at = i + 1;
            lua.append("  ");
            lua.append(
                    switch (step.kind()) {
                        case CHOOSE ->
                                "v[%d] = menu.choose{title = '%d: ' .. seen(), items = {'a', 'b', 'c'}, tries = 2}"
                                        .formatted(at, at);
                        case ASK ->
                                "v[%d] = menu.ask{'%d: ' .. seen(), check = '^%%d%%d?$', tries = 2, wrong = 'no'}"
                                        .formatted(at, at);
                        case PIN ->
                                "do local ok, pin = true, menu.pin{'%d: ' .. seen(), tries = 2, wrong = 'no'} v[%d] = 'p' .. #pin end"
                                        .formatted(at, at);
                        case CONFIRM ->
                                "v[%d] = tostring(menu.confirm{'%d: ' .. seen(), tries = 2})"
                                        .formatted(at, at);
                        case READ -> "v[%d] = world.read()".formatted(at);
                        case CHANGE -> "v[%d] = world.change(n, %d)".formatted(at, at);
                        case KEYED -> "v[%d] = world.change(n, %d, menu.once())".formatted(at, at);
                        case REPEATABLE ->
                                "v[%d] = menu.repeatable(world.change, n, %d)".formatted(at, at);
                        case NOTE -> "pcall(world.note, n)";
                        case IF ->
                                "if v[%d] ~= 'a' and v[%d] ~= '1' and v[%d] ~= 'true' then goto to%d end"
                                        .formatted(
                                                step.of() + 1,
                                                step.of() + 1,
                                                step.of() + 1,
                                                at + step.skip());
                    });
            lua.append("\n  ::to").append(at).append("::\n");
        }
        lua.append("  do return 'end ' .. seen() end\n");
        lua.append(
                "end, {back = '0', home = '00', resume = '2m', resumed_text = 'R', timeout_text = 'late', tries_text = 'tries'})\n");
        return lua.toString().replace("local v = {}\nreturn", "return");
    }

    // ---- the world outside

    /** A change somebody outside has made. */
    private record Change(int flow, int step) {}

    /** The engine is killed. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("killed", null, false, false);
        }
    }

    /** What stands outside: the same for the engine and, in a copy, for the reference. */
    private static final class World {
        final List<Change> changes = new ArrayList<>();
        final Map<String, String> byKey = new HashMap<>();
        int flows;
        int reads;
        int asked;
        int notes;

        /** After which change of a dialog the engine is killed; -1: after none. */
        int crashAfter = -1;

        String change(int flow, int step, @Nullable String key) {
            String known = key == null ? null : byKey.get(key);
            if (known == null) {
                changes.add(new Change(flow, step));
                known = "c" + changes.size();
                if (key != null) {
                    byKey.put(key, known);
                }
            }
            asked++;
            if (asked == crashAfter) {
                throw new Crash();
            }
            return known;
        }
    }

    private static ApiModule module(World[] world) {
        return ApiModule.of("world", "The world.")
                .function(
                        "begin",
                        "Names a flow.",
                        f ->
                                f.effect(Effect.READ)
                                        .does("", (a, _) -> Lua.values((double) ++world[0].flows)))
                .function(
                        "read",
                        "Reads.",
                        f ->
                                f.effect(Effect.READ)
                                        .does(
                                                "",
                                                (a, _) ->
                                                        Lua.values(
                                                                Lua.text("r" + ++world[0].reads))))
                .function(
                        "note",
                        "Notes.",
                        f ->
                                f.mayTake("flow", ANY, "")
                                        .effect(Effect.RECORD)
                                        .does(
                                                "",
                                                (a, _) -> {
                                                    world[0].notes++;
                                                    return Lua.nothing();
                                                }))
                .function(
                        "change",
                        "Changes.",
                        f ->
                                f.mayTake("flow", ANY, "")
                                        .mayTake("step", ANY, "")
                                        .mayTake("key", ANY, "")
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                "",
                                                (a, _) ->
                                                        Lua.values(
                                                                Lua.text(
                                                                        world[0].change(
                                                                                a.integer(1),
                                                                                a.integer(2),
                                                                                a.isNil(3)
                                                                                        ? null
                                                                                        : a.text(
                                                                                                3))))))
                .build();
    }

    // ---- the reference

    /** Where a flow stands. Copied wherever it may have to come back. */
    private static final class State {
        int pc;
        String[] values;
        int left = 2;
        @Nullable String reason;
        int flow;
        int keys;
        List<String> answers = new ArrayList<>();
        List<State> back = new ArrayList<>();
        @Nullable State first;
        boolean changedSinceFirst;

        /** Before the first PIN that was typed, and what was changed since. */
        @Nullable State beforePin;

        Map<String, String> sincePin = new LinkedHashMap<>();
        boolean unknownSincePin;
        Map<String, String> made = new LinkedHashMap<>();

        /** What was answered since, null for a PIN, and how much of that before a change. */
        List<@Nullable String> answeredSincePin = new ArrayList<>();

        int beforeChange;

        /** What is not asked again, as a change lies behind it; null for a PIN, which is. */
        List<@Nullable String> known = new ArrayList<>();

        /** Changes that may have been made when the engine was killed. */
        Set<String> pending = new HashSet<>();

        State(int steps) {
            values = new String[steps];
        }

        State copy() {
            State copy = new State(values.length);
            copy.pc = pc;
            copy.values = values.clone();
            copy.left = left;
            copy.reason = reason;
            copy.flow = flow;
            copy.keys = keys;
            copy.answers = new ArrayList<>(answers);
            copy.back = new ArrayList<>(back);
            copy.first = first;
            copy.changedSinceFirst = changedSinceFirst;
            copy.beforePin = beforePin;
            copy.sincePin = new LinkedHashMap<>(sincePin);
            copy.unknownSincePin = unknownSincePin;
            copy.made = new LinkedHashMap<>(made);
            copy.pending = new HashSet<>(pending);
            copy.answeredSincePin = new ArrayList<>(answeredSincePin);
            copy.beforeChange = beforeChange;
            copy.known = new ArrayList<>(known);
            return copy;
        }

        /** As it was when the question was asked first. */
        State fresh() {
            State copy = copy();
            copy.left = 2;
            copy.reason = null;
            return copy;
        }

        boolean mayGoBack() {
            return made.isEmpty() && pending.isEmpty() && !back.isEmpty();
        }

        boolean mayGoHome() {
            return made.isEmpty() && pending.isEmpty() && back.size() > 1 && !changedSinceFirst;
        }
    }

    /** What the flow of a subscriber has left behind. */
    private record Left(State state, int version, Instant until) {}

    private static final class Reference {
        final List<Step> steps;
        final World world = new World();
        @Nullable Left left;
        State state;
        boolean resumed;

        Reference(List<Step> steps) {
            this.steps = steps;
            this.state = new State(steps.size());
        }

        void dial(int version, Instant now) {
            Left found = left;
            world.asked = 0;
            resumed = false;
            if (found != null && found.version() == version && found.until().isAfter(now)) {
                state = found.state().copy();
                resumed = !state.answers.isEmpty();
                left = new Left(found.state(), version, now.plus(RESUME));
            } else {
                left = null;
                state = new State(steps.size());
                state.flow = ++world.flows;
            }
        }

        private String seen() {
            StringBuilder seen = new StringBuilder();
            for (String value : state.values) {
                seen.append(seen.isEmpty() ? "" : " ").append(value == null ? "-" : value);
            }
            return seen.toString();
        }

        /** Runs to the next question, or to the end. */
        String run(int version, Instant now) {
            while (state.pc < steps.size()) {
                Step step = steps.get(state.pc);
                if (!step.asks()) {
                    step(step, version, now);
                } else if (!state.known.isEmpty() && step.kind() != Kind.PIN) {
                    if (state.first == null) {
                        state.first = state.fresh();
                    }
                    String known = state.known.removeFirst();
                    assertThat(answer(Objects.requireNonNull(known))).isNull();
                } else {
                    break;
                }
            }
            if (state.pc == steps.size()) {
                left = null;
                return "end " + seen();
            }
            if (state.first == null) {
                state.first = state.fresh();
            }
            keep(version, now);
            return screen();
        }

        private void step(Step step, int version, Instant now) {
            int at = state.pc;
            switch (step.kind()) {
                case READ -> state.values[at] = "r" + ++world.reads;
                case NOTE -> world.notes++;
                case REPEATABLE -> state.values[at] = world.change(state.flow, at + 1, null);
                case CHANGE -> {
                    left = null;
                    state.values[at] = world.change(state.flow, at + 1, null);
                    state.unknownSincePin |= state.beforePin != null;
                    changed();
                }
                case KEYED -> {
                    String key = state.flow + " " + (state.keys + 1) + " " + state.answers;
                    String found = state.made.remove(key);
                    if (found == null) {
                        keep(version, now, true);
                        if (left != null && state.beforePin != null) {
                            left.state().pending.add(key);
                        }
                        state.pending.remove(key);
                    }
                    state.keys++;
                    state.values[at] =
                            found != null ? found : world.change(state.flow, at + 1, key);
                    if (state.beforePin != null) {
                        state.sincePin.put(key, state.values[at]);
                    }
                    changed();
                    if (found != null) {
                        state.pc++;
                        return;
                    }
                }
                case IF -> {
                    String value = state.values[step.of()];
                    boolean holds = "a".equals(value) || "1".equals(value) || "true".equals(value);
                    state.pc += holds ? 0 : step.skip();
                }
                default -> throw new AssertionError(step);
            }
            state.pc++;
            if (step.kind() == Kind.CHANGE || step.kind() == Kind.KEYED) {
                keep(version, now);
            }
        }

        private void changed() {
            state.back.clear();
            state.beforeChange = state.answeredSincePin.size();
            state.changedSinceFirst |= state.first != null;
        }

        private void keep(int version, Instant now) {
            keep(version, now, false);
        }

        private void keep(int version, Instant now, boolean making) {
            State kept = state;
            if (state.beforePin != null) {
                kept = state.beforePin.copy();
                kept.made.putAll(state.made);
                kept.made.putAll(state.sincePin);
                kept.pending.addAll(state.pending);
                boolean all = !state.made.isEmpty() || !state.pending.isEmpty() || making;
                kept.known =
                        new ArrayList<>(
                                state.answeredSincePin.subList(
                                        0,
                                        all ? state.answeredSincePin.size() : state.beforeChange));
                kept.known.addAll(state.known);
                if (state.unknownSincePin) {
                    left = null;
                    return;
                }
            }
            left = new Left(kept.copy(), version, now.plus(RESUME));
        }

        private String screen() {
            int at = state.pc + 1;
            StringBuilder text = new StringBuilder(resumed ? "R\n" : "");
            resumed = false;
            text.append(state.reason == null ? "" : state.reason + "\n");
            text.append(at).append(": ").append(seen());
            text.append(
                    switch (steps.get(state.pc).kind()) {
                        case CHOOSE -> "\n1. a\n2. b\n3. c";
                        case CONFIRM -> "\n1. Yes\n2. No";
                        default -> "";
                    });
            text.append(state.mayGoBack() ? "\n0. Back" : "");
            text.append(state.mayGoHome() ? "\n00. Home" : "");
            return text.toString();
        }

        /** Takes an answer; the result is the last text, or null if the flow goes on. */
        @Nullable String answer(String answer) {
            if (answer.equals("0") && state.mayGoBack()) {
                state = state.back.getLast().copy();
                return null;
            }
            if (answer.equals("00") && state.mayGoHome()) {
                state = Objects.requireNonNull(state.first).copy();
                return null;
            }
            Step step = steps.get(state.pc);
            if (step.kind() == Kind.PIN && state.beforePin == null) {
                state.beforePin = state.fresh();
            }
            String value =
                    switch (step.kind()) {
                        case CHOOSE ->
                                switch (answer) {
                                    case "1" -> "a";
                                    case "2" -> "b";
                                    case "3" -> "c";
                                    default -> null;
                                };
                        case ASK -> answer.matches("\\d\\d?") ? answer : null;
                        case PIN -> answer.matches("\\d{4}") ? "p4" : null;
                        case CONFIRM ->
                                switch (answer) {
                                    case "1" -> "true";
                                    case "2" -> "false";
                                    default -> null;
                                };
                        default -> throw new AssertionError(step);
                    };
            if (value == null) {
                state.left--;
                state.reason =
                        switch (step.kind()) {
                            case CHOOSE -> "Please answer with one of the numbers.";
                            case CONFIRM -> "Please answer 1 or 2.";
                            default -> "no";
                        };
                if (state.left == 0) {
                    left = null;
                    return "tries";
                }
                return null;
            }
            State before = state.fresh();
            if (step.kind() == Kind.PIN
                    && before.beforePin != null
                    && before.beforePin.pc == before.pc) {
                // as it was before anything was typed
                before = before.beforePin.copy();
            }
            state.back.add(before);
            state.values[state.pc] = value;
            if (step.kind() != Kind.PIN) {
                state.answers.add(state.pc + "=" + answer);
            } else if (!state.known.isEmpty()) {
                assertThat(state.known.removeFirst()).isNull();
            }
            if (state.beforePin != null) {
                state.answeredSincePin.add(step.kind() == Kind.PIN ? null : answer);
            }
            state.left = 2;
            state.reason = null;
            state.pc++;
            return null;
        }
    }

    // ---- the engine's side

    /** One subscriber, his dialogs, and the engine's view of the world. */
    private static final class Subscriber implements ScriptDialog, ScriptServices {
        final Random random;
        final HandMovedTime time;
        final Backends backends;
        final World world;
        final Reference reference;
        final List<String> history = new ArrayList<>();
        int version;
        @Nullable AssertionError wrong;

        Subscriber(
                Random random,
                HandMovedTime time,
                Backends backends,
                World world,
                Reference reference) {
            this.random = random;
            this.time = time;
            this.backends = backends;
            this.world = world;
            this.reference = reference;
        }

        void dial(Script script, int dialog) {
            world.asked = 0;
            int crash = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : -1;
            world.crashAfter = crash;
            reference.world.crashAfter = crash;
            history.add("dial, version " + version + ", crash after " + crash);
            reference.dial(version, time.now());
            open = true;
            ScriptOutcome outcome =
                    script.run(
                            new ScriptRun(
                                    () -> Map.of("msisdn", "27761485722", "text", "*1#"),
                                    this,
                                    ScriptLimits.DEFAULTS,
                                    ScriptGlobals.NONE,
                                    "Test-" + dialog,
                                    this,
                                    new Control()));
            if (wrong != null) {
                throw wrong;
            }
            String text =
                    switch (outcome) {
                        case ScriptOutcome.Returned returned -> String.valueOf(returned.text());
                        case ScriptOutcome.Failed failed
                                when failed.fault().cause() instanceof Crash ->
                                "crash";
                        case ScriptOutcome.Failed failed ->
                                throw new AssertionError(
                                        failed.fault().toString(), failed.fault().cause());
                    };
            if (open) {
                String expected = expected();
                history.add("end " + text);
                assertThat(text).isEqualTo(expected);
            }
        }

        private boolean open;

        private String expected() {
            try {
                return reference.run(version, time.now());
            } catch (Crash e) {
                return "crash";
            }
        }

        @Override
        public PrimitiveResult menu(String text, ScreenOptions options) {
            try {
                assertThat(text).isEqualTo(expected());
            } catch (AssertionError e) {
                wrong = e;
                throw new Crash();
            }
            history.add("screen " + text.replace("\n", " / "));
            time.pass(Duration.ofSeconds(random.nextInt(20)));
            int what = random.nextInt(40);
            if (what == 0) {
                history.add("crash");
                open = false;
                throw new Crash();
            }
            if (what <= 2) {
                history.add(what == 1 ? "timeout" : "abandon");
                reference.keep(version, time.now());
                if (what == 1) {
                    last = "late";
                    return new PrimitiveResult.Timeout();
                }
                open = false;
                return new PrimitiveResult.Abandon();
            }
            String answer =
                    switch (random.nextInt(9)) {
                        case 0 -> "0";
                        case 1 -> "00";
                        case 2 -> "x";
                        case 3, 4 -> "1234";
                        case 5 -> "2";
                        case 6 -> "12";
                        default -> "1";
                    };
            history.add("answer " + answer);
            last = reference.answer(answer);
            return new PrimitiveResult.Input(answer);
        }

        private @Nullable String last;

        @Override
        public PrimitiveResult respond(String text, @Nullable String mask) {
            history.add("respond " + text);
            if (!text.equals(last)) {
                wrong = new AssertionError("last screen " + text + " for " + last);
            }
            open = false;
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult notify(String text, ScreenOptions options) {
            throw new AssertionError(text);
        }

        @Override
        public PrimitiveResult decline(int errorCode) {
            throw new AssertionError(errorCode);
        }

        @Override
        public PrimitiveResult close() {
            throw new AssertionError("close");
        }

        @Override
        public PrimitiveResult abort() {
            throw new AssertionError("abort");
        }

        @Override
        public Phase phase() {
            return open ? Phase.PROCESS : Phase.PROCESS_ENDED;
        }

        @Override
        public void await(CompletableFuture<?> call, Patience patience) {
            call.join();
        }

        @Override
        public Backends backends() {
            return backends;
        }

        @Override
        public void log(Level level, String message) {
            history.add(level + " " + message);
        }

        @Override
        public void writeEdr(
                String event, Map<String, List<String>> fields, @Nullable String stream) {
            throw new AssertionError(event);
        }

        @Override
        public void increment(String name) {
            throw new AssertionError(name);
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public long nanoTime() {
            return time.nanos();
        }
    }

    private static Backends standIns(List<ApiModule> modules, HandMovedTime time) {
        Problems problems = new Problems(Path.of("rules.yaml"));
        Section rules =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                "http: {}".getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        return Backends.standIns(
                new Backends.Sections(modules).read(rules, "", Map.of()),
                module ->
                        new Backend.TestWorld(
                                time,
                                Path.of(""),
                                List.of(),
                                fault -> {
                                    throw new AssertionError(fault);
                                },
                                false));
    }

    @Test
    void no_change_is_made_twice_and_every_screen_is_the_one_of_the_reference() throws Exception {
        World[] world = {new World()};
        List<ApiModule> modules =
                Stream.concat(BuiltInModules.create().stream(), Stream.of(module(world))).toList();
        ScriptHost host = new ScriptHost(modules, 2);
        long base = Long.getLong("moondial.seed", 1);
        int programs = Integer.getInteger("moondial.programs", PROGRAMS);
        int screens = 0;
        for (long seed = base; seed < base + programs; seed++) {
            Random random = new Random(seed);
            List<Step> steps = program(random);
            Script[] versions = new Script[2];
            for (int version = 0; version < versions.length; version++) {
                Files.writeString(folder.resolve("main.lua"), lua(steps, version));
                ScriptRelease release = host.compile(folder);
                assertThat(release.problems()).as("seed %d", seed).isEmpty();
                versions[version] = release.script("main").orElseThrow();
            }
            for (int i = 0; i < SUBSCRIBERS; i++) {
                world[0] = new World();
                HandMovedTime time = new HandMovedTime();
                try (Backends backends = standIns(modules, time)) {
                    Subscriber subscriber =
                            new Subscriber(random, time, backends, world[0], new Reference(steps));
                    try {
                        run(subscriber, versions, random, time);
                        assertThat(twice(world[0].changes, steps)).isEmpty();
                    } catch (AssertionError e) {
                        throw new AssertionError(
                                "%s\nseed %d, subscriber %d\n%s\n%s"
                                        .formatted(
                                                e.getMessage(),
                                                seed,
                                                i,
                                                lua(steps, 0),
                                                String.join("\n", subscriber.history)),
                                e);
                    }
                    screens +=
                            (int)
                                    subscriber.history.stream()
                                            .filter(it -> it.startsWith("screen"))
                                            .count();
                }
            }
        }
        assertThat(screens).isGreaterThan(programs * SUBSCRIBERS);
    }

    private void run(Subscriber subscriber, Script[] versions, Random random, HandMovedTime time) {
        for (int dialog = 0; dialog < DIALOGS; dialog++) {
            subscriber.dial(versions[subscriber.version], dialog);
            assertThat(subscriber.world.changes).isEqualTo(subscriber.reference.world.changes);
            assertThat(subscriber.world.reads).isEqualTo(subscriber.reference.world.reads);
            assertThat(subscriber.world.notes).isEqualTo(subscriber.reference.world.notes);
            time.pass(Duration.ofSeconds(random.nextInt(5) == 0 ? 150 : random.nextInt(90)));
            if (random.nextInt(8) == 0) {
                subscriber.version = 1 - subscriber.version;
            }
        }
    }

    /** The changes of one flow that were made more than once, though they are not repeatable. */
    private static List<Change> twice(List<Change> changes, List<Step> steps) {
        return changes.stream()
                .filter(it -> steps.get(it.step() - 1).kind() != Kind.REPEATABLE)
                .filter(it -> changes.indexOf(it) != changes.lastIndexOf(it))
                .toList();
    }
}
