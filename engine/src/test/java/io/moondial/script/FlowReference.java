package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a flow does, said in another way than the engine does it: the states of a flow are kept by
 * hand, and copied where it has to come back to them.
 */
final class FlowReference {
    private static final Duration RESUME = Duration.ofMinutes(2);

    // ---- programs

    enum Kind {
        CHOOSE,
        ASK,
        PIN,
        CONFIRM,
        READ,
        CHANGE,
        KEYED,
        REPEATABLE,
        NOTE,
        TEXT,
        IF
    }

    /**
     * A step.
     *
     * @param of for IF: the step whose value is looked at
     * @param skip for IF: how many steps are left out unless that value is "a", "1" or "true"
     */
    record Step(Kind kind, int of, int skip) {
        boolean asks() {
            return switch (kind) {
                case CHOOSE, ASK, PIN, CONFIRM -> true;
                default -> false;
            };
        }
    }

    static List<Step> program(Random random) {
        List<Step> steps = new ArrayList<>();
        int size = 3 + random.nextInt(9);
        List<Kind> kinds =
                random.nextBoolean()
                        ? List.of(Kind.ASK, Kind.PIN, Kind.KEYED) // these depend most on each other
                        : List.of(Kind.values());
        for (int i = 0; i < size; i++) {
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            int skip = 1 + random.nextInt(3);
            steps.add(new Step(kind, i == 0 ? 0 : random.nextInt(i), Math.min(skip, size - 1 - i)));
        }
        return steps;
    }

    /** Texts that say some of what menus say without them, in the same words. */
    static String texts(Random random) {
        List<String> words = new ArrayList<>();
        for (String word :
                List.of(
                        "back: Back",
                        "home: Home",
                        "resumed: R",
                        "timeout: late",
                        "tries: tries",
                        "wrong_item: Please answer with one of the numbers.",
                        "yes: Yes")) {
            if (random.nextBoolean()) {
                words.add(word);
            }
        }
        return "said: said\n"
                + (words.isEmpty() ? "" : "menu_words: {" + String.join(", ", words) + "}\n");
    }

    /**
     * A program.
     *
     * @param texts what of its words is in its texts is not in its options
     */
    static String lua(List<Step> steps, boolean hasBack, int version, String texts) {
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
                        case TEXT -> "v[%d] = t 'said'".formatted(at);
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
        lua.append("end, {" + (hasBack ? "back = '0', " : ""));
        lua.append("home = '00', resume = '2m', direct = true");
        for (String word : List.of("resumed: R", "timeout: late", "tries: tries")) {
            if (!texts.contains(word)) {
                lua.append(", ").append(word.replaceFirst(": (.*)", "_text = '$1'"));
            }
        }
        lua.append("})\n");
        return lua.toString().replace("local v = {}\nreturn", "return");
    }

    // ---- the world outside

    /** A change somebody outside has made. */
    record Change(int flow, int step) {}

    /** The engine is killed. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("killed", null, false, false);
        }
    }

    /** What stands outside: the same for the engine and, in a copy, for the reference. */
    static final class World {
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

    // ---- the reference

    /** Where a flow stands. Copied wherever it may have to come back. */
    static final class State {
        int pc;
        String[] values;
        int left = 2;
        @Nullable String reason;
        int flow;
        int keys;
        List<String> answers = new ArrayList<>();
        List<State> back = new ArrayList<>();
        @Nullable State first;
        final boolean hasBack;

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

        State(int steps, boolean hasBack) {
            this.hasBack = hasBack;
            values = new String[steps];
        }

        State copy() {
            State copy = new State(values.length, hasBack);
            copy.pc = pc;
            copy.values = values.clone();
            copy.left = left;
            copy.reason = reason;
            copy.flow = flow;
            copy.keys = keys;
            copy.answers = new ArrayList<>(answers);
            copy.back = new ArrayList<>(back);
            copy.first = first;
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
            return hasBack && made.isEmpty() && pending.isEmpty() && !back.isEmpty();
        }

        boolean mayGoHome() {
            return made.isEmpty() && pending.isEmpty() && back.size() > (hasBack ? 1 : 0);
        }
    }

    /** What the flow of a subscriber has left behind. */
    record Left(State state, int version, Instant until) {}

    final List<Step> steps;
    private final boolean hasBack;
    final World world = new World();
    @Nullable Left left;
    State state;
    boolean resumed;

    /** What was dialled behind the code and has answered nothing yet. */
    private final Deque<String> dialled = new ArrayDeque<>();

    /** Whether this dialog has written to the store. */
    private boolean wrote;

    FlowReference(List<Step> steps, boolean hasBack) {
        this.steps = steps;
        this.hasBack = hasBack;
        this.state = new State(steps.size(), hasBack);
    }

    void dial(int version, Instant now, List<String> values) {
        Left found = left;
        world.asked = 0;
        resumed = false;
        wrote = false;
        dialled.clear();
        dialled.addAll(values);
        if (!values.isEmpty()) {
            // what the dialog before has left stays until this one writes
            state = new State(steps.size(), hasBack);
            state.flow = ++world.flows;
        } else if (found != null && found.version() == version && found.until().isAfter(now)) {
            state = found.state().copy();
            resumed = !state.answers.isEmpty();
            left = new Left(found.state(), version, now.plus(RESUME));
            wrote = true;
        } else {
            left = null;
            state = new State(steps.size(), hasBack);
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
            } else if (!dialled.isEmpty() && mayBeDialled(step)) {
                if (state.first == null) {
                    state.first = state.fresh();
                }
                if (!dialled(step, dialled.remove())) {
                    break;
                }
            } else {
                break;
            }
        }
        dialled.clear();
        if (state.pc == steps.size()) {
            forget();
            return "end " + seen();
        }
        if (state.first == null) {
            state.first = state.fresh();
        }
        keep(version, now);
        return screen();
    }

    private static boolean mayBeDialled(Step step) {
        return step.kind() == Kind.CHOOSE || step.kind() == Kind.ASK;
    }

    /** Whether what was dialled is an answer. If not, it is no try. */
    private boolean dialled(Step step, String answer) {
        String value = value(step, answer);
        if (value == null) {
            state.reason = reason(step);
            return false;
        }
        take(step, answer, value);
        return true;
    }

    /** The flow has ended: what this dialog has written is taken away. */
    private void forget() {
        left = wrote ? null : left;
    }

    private void step(Step step, int version, Instant now) {
        int at = state.pc;
        switch (step.kind()) {
            case READ -> state.values[at] = "r" + ++world.reads;
            case NOTE -> world.notes++;
            case TEXT -> state.values[at] = "said";
            case REPEATABLE -> state.values[at] = world.change(state.flow, at + 1, null);
            case CHANGE -> {
                left = null;
                wrote = true;
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
                state.values[at] = found != null ? found : world.change(state.flow, at + 1, key);
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
        state.first = null;
    }

    void keep(int version, Instant now) {
        keep(version, now, false);
    }

    private void keep(int version, Instant now, boolean making) {
        wrote = true;
        State kept = state;
        if (state.beforePin != null) {
            kept = state.beforePin.copy();
            kept.made.putAll(state.made);
            kept.made.putAll(state.sincePin);
            kept.pending = new HashSet<>(state.pending); // what was found since is known
            boolean all = !state.made.isEmpty() || !state.pending.isEmpty() || making;
            kept.known =
                    new ArrayList<>(
                            state.answeredSincePin.subList(
                                    0, all ? state.answeredSincePin.size() : state.beforeChange));
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
        String value = value(step, answer);
        if (value == null) {
            state.left--;
            state.reason = reason(step);
            if (state.left == 0) {
                forget();
                return "tries";
            }
            return null;
        }
        take(step, answer, value);
        return null;
    }

    private static @Nullable String value(Step step, String answer) {
        return switch (step.kind()) {
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
    }

    private static String reason(Step step) {
        return switch (step.kind()) {
            case CHOOSE -> "Please answer with one of the numbers.";
            case CONFIRM -> "Please answer 1 or 2.";
            default -> "no";
        };
    }

    private void take(Step step, String answer, String value) {
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
    }
}
