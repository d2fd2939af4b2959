package io.moondial.script.lua;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a script: its variables, its meter and its stack of calls. Confined to what of the run
 * goes on: coroutines are threads, and one at a time goes on.
 */
public final class LuaState {
    private static final int MAX_CALL_CHAIN = 100;
    static final int ERROR_UNITS = 100;
    private static final int MANY_VALUES = 32;
    private static final LuaString ITSELF = LuaString.of("_G");
    private static final int OCTETS_PER_NAME = 48;

    /**
     * Where the metatable of the globals has a table of well-known names that are not there: for
     * each, what messages say of it.
     */
    public static final LuaString ABSENT_NAMES = LuaString.of("absent names");

    private final Meter meter;
    private final LuaTable globals;
    private final LuaTable stringMetatable;
    private final @Nullable LuaTable decimalMetatable;

    /** Where the fields of strings are looked up first, if that is a table; nobody changes that. */
    private final @Nullable LuaTable stringMethods;

    private final Object context;
    private final Interpreter interpreter;
    private @Nullable SplittableRandom random;

    /** What is written instead of the secret values of this run; null while there is none. */
    private @Nullable IdentityHashMap<LuaString, LuaString> masks;

    /** What the run has of libraries that it has changed, by the table that all share. */
    private @Nullable IdentityHashMap<LuaTable, LuaTable> copies;

    /** The names of globals that code of the run sets. */
    private Set<LuaString> globalsSet = Set.of();

    /** Null while no coroutine has been asked for. */
    private Coroutine.@Nullable Group coroutines;

    @Nullable Frame top;
    @Nullable Frame lastReturned;
    private int depth;

    /** How many calls are nested beneath the coroutine that runs. */
    private int below;

    /**
     * @param base what its global names are at first: a sealed table, shared with other runs
     * @param globalMetatable what reading an unknown global name does
     * @param stringMetatable what indexing a string does
     * @param decimalMetatable what indexing a decimal does; null: it is an error
     * @param context what the functions in Java belong to, see {@link #context}
     */
    public LuaState(
            Meter meter,
            LuaTable base,
            LuaTable globalMetatable,
            LuaTable stringMetatable,
            @Nullable LuaTable decimalMetatable,
            Object context) {
        this.meter = meter;
        this.globals = LuaTable.over(base, meter);
        this.stringMetatable = stringMetatable;
        this.stringMethods =
                stringMetatable.get(Metatables.INDEX) instanceof LuaTable methods ? methods : null;
        this.decimalMetatable = decimalMetatable;
        this.context = context;
        this.interpreter = new Interpreter(this);
        globals.set(ITSELF, globals);
        globals.setMetatable(globalMetatable);
    }

    public Meter meter() {
        return meter;
    }

    public LuaTable globals() {
        return globals;
    }

    LuaTable stringMetatable() {
        return stringMetatable;
    }

    @Nullable LuaTable stringMethods() {
        return stringMethods;
    }

    @Nullable LuaTable decimalMetatable() {
        return decimalMetatable;
    }

    /** What the functions in Java belong to: of the type that the host made the run with. */
    public <T> T context(Class<T> type) {
        return type.cast(context);
    }

    /** The run's own random numbers, seeded by chance until the script seeds them. */
    public SplittableRandom random() {
        SplittableRandom numbers = random;
        if (numbers == null) {
            numbers = new SplittableRandom();
            random = numbers;
        }
        return numbers;
    }

    public void seedRandom(long seed) {
        random = new SplittableRandom(seed);
    }

    /** What reads of a table go to: its copy, if it is a library that this run has changed. */
    public LuaTable own(LuaTable table) {
        return copies == null || !table.isLibrary() ? table : copies.getOrDefault(table, table);
    }

    /** What writes into a table go to: the run's copy, if it is a library. */
    public LuaTable toChange(LuaTable table) {
        if (!table.isLibrary()) {
            return table;
        }
        IdentityHashMap<LuaTable, LuaTable> own = copies;
        if (own == null) {
            own = new IdentityHashMap<>(2);
            copies = own;
        }
        return own.computeIfAbsent(
                table,
                shared -> {
                    LuaTable copy = LuaTable.over(shared, meter);
                    copy.setMetatable(shared.metatable());
                    return copy;
                });
    }

    /** Does something as if this run had changed no library, such as to load Lua of the engine. */
    public <T> T withLibrariesUnchanged(Supplier<T> part) {
        IdentityHashMap<LuaTable, LuaTable> changed = copies;
        copies = null;
        try {
            return part.get();
        } finally {
            copies = changed;
        }
    }

    /**
     * Globals that the code of this run sets somewhere: they read as nil until it does.
     *
     * @param names not to be changed
     */
    public void setsGlobals(Set<LuaString> names) {
        if (globalsSet.isEmpty()) {
            globalsSet = names;
        } else if (!globalsSet.containsAll(names)) {
            meter.memory((long) OCTETS_PER_NAME * (globalsSet.size() + names.size()));
            globalsSet = new HashSet<>(globalsSet);
            globalsSet.addAll(names);
        }
    }

    /** Whether code of this run sets the global of this name. */
    public boolean setsGlobal(LuaString name) {
        return globalsSet.contains(name);
    }

    /** Whether what is read now is a global whose name is written out in the script. */
    public boolean readsNamedGlobal() {
        Frame frame = top;
        if (frame == null) {
            return false;
        }
        int i = frame.instruction();
        return switch (Opcode.operation(i)) {
            case Opcode.GETTABUP, Opcode.GETTABLE, Opcode.SELF -> Opcode.isConstant(Opcode.c(i));
            default -> false;
        };
    }

    /** An empty table of this run. */
    public LuaTable newTable() {
        return new LuaTable(meter);
    }

    /** A string of this run, counted. */
    public LuaString newString(String text) {
        LuaString string = LuaString.of(text);
        meter.string(string.length());
        return string;
    }

    /**
     * A decimal of this run, counted.
     *
     * @throws LuaError if it has too many digits
     */
    public LuaDecimal newDecimal(BigDecimal value) {
        meter.work(LuaDecimal.work(value));
        meter.memory(LuaDecimal.memory(value));
        return LuaDecimal.of(value);
    }

    /**
     * A secret string of this run, counted. The script reads it like any other, and it equals any
     * string of the same octets; it is this one value that is secret, wherever it goes, and not
     * what is made of it.
     *
     * @param mask what is written in its place
     */
    public LuaString newSecret(String text, String mask) {
        LuaString secret = newString(text);
        IdentityHashMap<LuaString, LuaString> known = masks;
        if (known == null) {
            known = new IdentityHashMap<>(2);
            masks = known;
        }
        known.put(secret, newString(mask));
        return secret;
    }

    /** Whether a value is a secret one. */
    public boolean isSecret(@Nullable Object value) {
        return masks != null && value instanceof LuaString text && masks.containsKey(text);
    }

    /** What is written when the script writes this value: its mask if it is secret. */
    public LuaString written(LuaString value) {
        return masks == null ? value : masks.getOrDefault(value, value);
    }

    /** As {@link Lua#show} has it, a secret value masked. */
    public String show(@Nullable Object value) {
        return Lua.show(value instanceof LuaString text ? written(text) : value);
    }

    /** A chunk as a function whose global names are in a table. */
    public LuaFunction load(FunctionCode chunk, @Nullable Object environment) {
        meter.memory(64);
        return new LuaFunction.LuaClosure(
                chunk,
                new LuaFunction.LuaClosure.Upvalue[] {
                    new LuaFunction.LuaClosure.Upvalue(environment)
                });
    }

    /**
     * Calls any value, through its metamethod if it is not a function.
     *
     * @throws LuaError what the call raised, or that it cannot be called
     */
    public @Nullable Object[] call(@Nullable Object callee, @Nullable Object... arguments) {
        return Results.all(invoke(callee, arguments));
    }

    /** The first result of a call, nil if it has none. */
    public @Nullable Object callForOne(@Nullable Object callee, @Nullable Object... arguments) {
        return Results.first(invoke(callee, arguments));
    }

    private @Nullable Object invoke(@Nullable Object callee, @Nullable Object[] arguments) {
        @Nullable Object target = callee;
        @Nullable Object[] values = arguments;
        for (int i = 0; i < MAX_CALL_CHAIN; i++) {
            if (target instanceof LuaFunction.LuaClosure closure) {
                return interpreter.call(closure, values, 0, values.length);
            }
            if (target instanceof LuaFunction.NativeFunction function) {
                return callNative(function, values, true);
            }
            values = prepend(target, values);
            target = Metatables.method(this, target, Metatables.CALL);
            if (target == null) {
                throw new LuaError("attempt to call a " + Lua.typeName(values[0]) + " value");
            }
        }
        throw new LuaError("the chain of __call metamethods is longer than " + MAX_CALL_CHAIN);
    }

    @Nullable Object[] callNative(
            LuaFunction.NativeFunction function,
            @Nullable Object[] arguments,
            boolean calledByJava) {
        enter(1, arguments.length);
        @Nullable Object[] results = function.call(this, arguments, calledByJava);
        depth--;
        return results;
    }

    private static @Nullable Object[] prepend(@Nullable Object first, @Nullable Object[] rest) {
        @Nullable Object[] all = new @Nullable Object[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    /** A call begins: it is counted, and refused if too many are nested. */
    void enter(int units, int arguments) {
        meter.work(units);
        countValues(arguments);
        meter.depth(++depth + below);
    }

    /** Values are passed on: many of them are counted. */
    void countValues(int count) {
        if (count > MANY_VALUES) {
            meter.work(count >> 3);
            meter.memory((long) count << 3);
        }
    }

    void leave() {
        depth--;
    }

    /** How many calls are nested now, in the coroutine that runs. */
    int depth() {
        return depth;
    }

    /** Another coroutine goes on where it stands. */
    void moveTo(@Nullable Frame frame, int atDepth, int atBelow) {
        top = frame;
        depth = atDepth;
        below = atBelow;
    }

    /** The coroutines of this run. */
    public Coroutine.Group coroutines() {
        Coroutine.Group group = coroutines;
        if (group == null) {
            group = new Coroutine.Group(this);
            coroutines = group;
        }
        return group;
    }

    /** See {@link Coroutine.Group#pin}; there may be no coroutine. */
    public @Nullable String pin(@Nullable String within) {
        return coroutines == null ? null : coroutines.pin(within);
    }

    /** Ends what coroutines have left behind, on the thread of the run, which is over. */
    public void endCoroutines() {
        if (coroutines != null) {
            coroutines.end();
        }
    }

    /** What {@link #protect} does with what its action raised. */
    @FunctionalInterface
    public interface Handler {
        @Nullable Object[] handle(@Nullable Object error);
    }

    /** An action inside {@link #protect}. */
    @FunctionalInterface
    public interface Action {
        @Nullable Object[] run();
    }

    /** Runs an action; a Lua error in it ends it, and the handler answers instead. */
    public @Nullable Object[] protect(Action action, Handler handler) {
        return protect(action, handler, false);
    }

    /**
     * The same.
     *
     * @param where whether the handler sees the stack as it was when the error was raised
     */
    public @Nullable Object[] protect(Action action, Handler handler, boolean where) {
        Frame frame = top;
        int atDepth = depth;
        try {
            return action.run();
        } catch (LuaError e) {
            // what unwinds the stack is dear, and a script can do it without calling much
            meter.work(ERROR_UNITS + 2L * (depth - atDepth));
            @Nullable Object value = e.value(this);
            depth = atDepth;
            if (!where) {
                top = frame;
                return handler.handle(value);
            }
            @Nullable Object[] answer = handler.handle(value);
            top = frame;
            return answer;
        }
    }

    /** Where the run stands now. */
    public Mark mark() {
        return new Mark();
    }

    /** Where a run stands, to come back to. */
    public final class Mark {
        private final @Nullable Frame frame = top;
        private final int atDepth = depth;
        private final int atBelow = below;
        private final Set<Coroutine> coroutinesThen =
                coroutines == null ? Set.of() : coroutines.alive();

        private Mark() {}

        /**
         * Runs something that has the room of calls that began since. They stay for {@link #place}.
         */
        public void run(Runnable action) {
            int before = depth;
            depth = atDepth;
            try {
                action.run();
            } finally {
                depth = before;
            }
        }

        /**
         * Ends all calls and all coroutines that have begun since, when something has left them
         * that is no Lua error.
         */
        public void unwind() {
            meter.work(ERROR_UNITS + 2L * Math.max(0, depth - atDepth));
            if (coroutines != null) {
                coroutines.endAllBut(coroutinesThen);
            }
            moveTo(frame, atDepth, atBelow);
        }
    }

    /**
     * Runs an action; a Lua error in it ends it. The witness sees it while the stack is still as it
     * was when it was raised, so that {@link #place} and {@link #stack} say where.
     */
    public void witness(Runnable action, Consumer<LuaError> witness) {
        Frame frame = top;
        int atDepth = depth;
        try {
            action.run();
        } catch (LuaError e) {
            meter.work(ERROR_UNITS + 2L * (depth - atDepth));
            witness.accept(e);
            top = frame;
            depth = atDepth;
        }
    }

    /**
     * "script:line: " of the function this many calls up from the innermost one; "" if that is one
     * in Java, or none. Functions in Java that call each other count as one.
     *
     * @param inJava whether the innermost one is in Java, called by the innermost of Lua
     */
    String where(int level, boolean inJava) {
        Frame frame = scripts(top);
        boolean java = inJava && frame == top;
        for (int i = 0; i < level && frame != null; i++) {
            if (java) {
                java = false;
            } else {
                java = frame.calledByJava;
                frame = scripts(frame.caller);
            }
        }
        return frame == null || java ? "" : frame.closure.code.source + ":" + frame.line() + ": ";
    }

    /** The innermost call, from this one outwards, that is not of a part of the engine. */
    private static @Nullable Frame scripts(@Nullable Frame innermost) {
        Frame frame = innermost;
        while (frame != null && frame.closure.code.shipped) {
            frame = frame.caller;
        }
        return frame;
    }

    /** A place in a script. */
    public record Place(String source, int line) {}

    /** The place that is running; null if no Lua function is. */
    public @Nullable Place place() {
        Frame frame = scripts(top);
        return frame == null ? null : new Place(frame.closure.code.source, frame.line());
    }

    /** Where the last call by Java of a Lua function returned; null if none has. */
    public @Nullable Place lastReturn() {
        Frame frame = lastReturned;
        return frame == null ? null : new Place(frame.closure.code.source, frame.line());
    }

    /** The calls that are running, the innermost first, one line each. */
    public List<String> stack() {
        return stack(top);
    }

    /** The same, down from a call. */
    static List<String> stack(@Nullable Frame innermost) {
        List<String> lines = new ArrayList<>();
        for (Frame frame = scripts(innermost); frame != null; frame = scripts(frame.caller)) {
            lines.add(frame.closure.code.source + ":" + frame.line() + ": in " + Names.of(frame));
        }
        return lines;
    }

    /** The value's metatable, null for none. */
    public @Nullable LuaTable metatable(@Nullable Object value) {
        return Metatables.of(this, value);
    }

    /** What the value's metatable holds under a name, null for nothing. */
    public @Nullable Object metamethod(@Nullable Object value, LuaString name) {
        return Metatables.method(this, value, name);
    }

    /** What indexing gives. */
    public @Nullable Object index(@Nullable Object holder, @Nullable Object key) {
        return Indexing.get(this, holder, key);
    }

    /** What the length operator gives. */
    public @Nullable Object length(@Nullable Object value) {
        return Operators.length(this, value);
    }

    /** The text that {@code tostring} gives, through the metamethod if there is one. */
    public LuaString toText(@Nullable Object value) {
        if (toStringOf(value) instanceof LuaString text) {
            return text;
        }
        throw new LuaError("'__tostring' must return a string");
    }

    /** What {@code tostring} gives: a text, or what a metamethod returned that is none. */
    public @Nullable Object toStringOf(@Nullable Object value) {
        Object method = Metatables.method(this, value, Metatables.TOSTRING);
        if (method == null) {
            LuaString plain = plainText(value);
            meter.string(plain.length());
            return plain;
        }
        @Nullable Object result = callForOne(method, value);
        LuaString text = Numbers.textFrom(result);
        return text == null ? result : text;
    }

    private static LuaString plainText(@Nullable Object value) {
        LuaString text = Numbers.textFrom(value);
        if (text != null) {
            return text;
        }
        return switch (value) {
            case null -> LuaString.of("nil");
            case Boolean b -> LuaString.of(b.toString());
            case Object other ->
                    LuaString.of(
                            String.format(
                                    Locale.ROOT,
                                    "%s: 0x%08x",
                                    Lua.typeName(other),
                                    System.identityHashCode(other)));
        };
    }

    /**
     * What a Lua function returns inside the interpreter: one value is itself, so that most calls
     * need no array. None or several come in an array, which is not a Lua value.
     */
    static final class Results {
        private Results() {}

        /** The first of the results, nil if there is none. */
        static @Nullable Object first(@Nullable Object results) {
            if (results instanceof @Nullable Object[] values) {
                return values.length == 0 ? null : values[0];
            }
            return results;
        }

        /** All results. */
        static @Nullable Object[] all(@Nullable Object results) {
            return results instanceof @Nullable Object[] values
                    ? values
                    : new @Nullable Object[] {results};
        }
    }
}
