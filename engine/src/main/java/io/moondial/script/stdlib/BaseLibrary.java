package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction.Shortcut;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The basic functions (Lua 5.2 manual 6.1) but those that print or reach the host. */
final class BaseLibrary {
    private static final LuaString METATABLE = LuaString.of("__metatable");
    private static final LuaString PAIRS = LuaString.of("__pairs");
    private static final LuaString IPAIRS = LuaString.of("__ipairs");
    private static final LuaString ASSERTION_FAILED = LuaString.of("assertion failed!");
    private static final LuaString STRING = LuaString.of("string");
    private static final LuaString TABLE = LuaString.of("table");
    private static final LuaString NUMBER = LuaString.of("number");
    private static final Double BEFORE_FIRST = 0.0;
    private static final int MIN_BASE = 2;
    private static final int MAX_BASE = 36;

    private static final NativeFunction NEXT =
            new NativeFunction("next", BaseLibrary::next, BaseLibrary::next);
    private static final NativeFunction NEXT_ITEM =
            new NativeFunction("ipairs_iterator", BaseLibrary::nextItem, BaseLibrary::nextItem);

    private BaseLibrary() {}

    /** Adds the functions to a table of globals. */
    static void addTo(LuaTable globals, LoadFunction load) {
        StandardLibrary.Library.into(globals)
                .function("load", load::call)
                .value("_VERSION", Lua.text("Lua 5.2"))
                .value("next", NEXT)
                .function(
                        "assert",
                        BaseLibrary::assertTrue,
                        (state, count, x, y, z, w) ->
                                count == 1 && Lua.truthy(x) ? x : Shortcut.Answer.NONE)
                .function("error", BaseLibrary::error)
                .function("getmetatable", BaseLibrary::getMetatable)
                .function("ipairs", BaseLibrary::ipairs, BaseLibrary::ipairs)
                .function("pairs", BaseLibrary::pairs, BaseLibrary::pairs)
                .function("pcall", BaseLibrary::pcall)
                .function("rawequal", a -> Lua.values(Lua.rawEquals(a.any(1), a.any(2))))
                .function("rawget", a -> Lua.values(a.table(1).get(a.any(2))))
                .function("rawlen", BaseLibrary::rawLength)
                .function("rawset", BaseLibrary::rawSet)
                .function("select", BaseLibrary::select)
                .function("setmetatable", BaseLibrary::setMetatable, BaseLibrary::setMetatable)
                .function("tonumber", BaseLibrary::toNumber, BaseLibrary::toNumber)
                .function(
                        "tostring",
                        a -> Lua.values(a.state().toStringOf(a.any(1))),
                        (state, count, x, y, z, w) -> state.toStringOf(x))
                .function(
                        "type",
                        a -> Lua.values(typeOf(a.any(1))),
                        (state, count, x, y, z, w) -> typeOf(x))
                .function("xpcall", BaseLibrary::xpcall);
    }

    private static LuaString typeOf(@Nullable Object value) {
        if (value instanceof LuaString) {
            return STRING;
        }
        if (value instanceof LuaTable) {
            return TABLE;
        }
        return value instanceof Double ? NUMBER : Lua.text(Lua.type(value));
    }

    private static @Nullable Object[] assertTrue(Arguments a) {
        if (Lua.truthy(a.any(1))) {
            return a.all();
        }
        LuaString text = a.isNil(2) ? ASSERTION_FAILED : Numbers.textFrom(a.get(2));
        throw LuaError.ofValue(text == null ? a.get(2) : placed(a, 1, text));
    }

    private static @Nullable Object[] error(Arguments a) {
        @Nullable Object value = a.get(1);
        int level = a.integer(2, 1);
        LuaString text = Numbers.textFrom(value);
        if (text == null || level <= 0) {
            throw LuaError.ofValue(value);
        }
        throw LuaError.ofValue(placed(a, level, text));
    }

    /** A message that begins with the place this many calls up. */
    static LuaString placed(Arguments a, int level, LuaString message) {
        LuaString text = a.state().written(message);
        LuaString where = a.state().newString(a.where(level));
        byte[] placed = Arrays.copyOf(where.toOctets(), where.length() + text.length());
        text.copyTo(placed, where.length());
        return LuaString.ofOctets(placed);
    }

    private static @Nullable Object[] getMetatable(Arguments a) {
        LuaTable metatable = a.state().metatable(a.any(1));
        if (metatable == null) {
            return Lua.values((Object) null);
        }
        @Nullable Object shown = metatable.get(METATABLE);
        return Lua.values(shown == null ? metatable : shown);
    }

    private static @Nullable Object[] setMetatable(Arguments a) {
        LuaTable table = a.tableToChange(1);
        if (a.count() < 2 || !(a.isNil(2) || a.get(2) instanceof LuaTable)) {
            throw a.bad(2, "nil or table expected");
        }
        LuaTable present = table.metatable();
        if (present != null && present.get(METATABLE) != null) {
            throw new LuaError("cannot change a protected metatable");
        }
        table.setMetatable(a.isNil(2) ? null : a.table(2));
        return Lua.values(a.get(1));
    }

    /** The first metatable of a table. */
    private static @Nullable Object setMetatable(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (x instanceof LuaTable shared && y instanceof LuaTable metatable) {
            LuaTable table = state.toChange(shared);
            if (table.metatable() == null) {
                table.setMetatable(state.own(metatable));
                return x;
            }
        }
        return Shortcut.Answer.NONE;
    }

    private static @Nullable Object[] pairs(Arguments a) {
        @Nullable Object method = a.state().metamethod(a.any(1), PAIRS);
        if (method == null) {
            a.table(1);
            return Lua.values(NEXT, a.get(1), null);
        }
        return Arrays.copyOf(a.state().call(method, a.get(1)), 3);
    }

    private static @Nullable Object pairs(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        return x instanceof LuaTable && state.metamethod(x, PAIRS) == null
                ? Lua.values(NEXT, x, null)
                : Shortcut.Answer.NONE;
    }

    private static @Nullable Object[] next(Arguments a) {
        @Nullable Object @Nullable [] entry = a.table(1).next(a.get(2));
        return entry == null ? Lua.values((Object) null) : entry;
    }

    private static @Nullable Object next(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        return x instanceof LuaTable table ? state.own(table).next(y) : Shortcut.Answer.NONE;
    }

    private static @Nullable Object[] ipairs(Arguments a) {
        @Nullable Object method = a.state().metamethod(a.any(1), IPAIRS);
        if (method == null) {
            a.table(1);
            return Lua.values(NEXT_ITEM, a.get(1), BEFORE_FIRST);
        }
        return Arrays.copyOf(a.state().call(method, a.get(1)), 3);
    }

    private static @Nullable Object ipairs(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        return x instanceof LuaTable && state.metamethod(x, IPAIRS) == null
                ? Lua.values(NEXT_ITEM, x, BEFORE_FIRST)
                : Shortcut.Answer.NONE;
    }

    private static @Nullable Object nextItem(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (x instanceof LuaTable table && y instanceof Double before) {
            int index = before.intValue() + 1;
            @Nullable Object value = state.own(table).get(index);
            return value == null ? null : Lua.values((double) index, value);
        }
        return Shortcut.Answer.NONE;
    }

    private static @Nullable Object[] nextItem(Arguments a) {
        int index = a.integer(2) + 1;
        @Nullable Object value = a.table(1).get(index);
        return value == null ? Lua.values((Object) null) : Lua.values((double) index, value);
    }

    private static @Nullable Object[] rawLength(Arguments a) {
        return switch (a.get(1)) {
            case LuaTable table -> Lua.values((double) a.table(1).length());
            case LuaString string -> Lua.values((double) string.length());
            case null, default -> throw a.bad(1, "table or string expected");
        };
    }

    private static @Nullable Object[] rawSet(Arguments a) {
        a.tableToChange(1).set(a.any(2), a.any(3));
        return Lua.values(a.get(1));
    }

    private static @Nullable Object[] select(Arguments a) {
        if (a.get(1) instanceof LuaString s && s.toText().equals("#")) {
            return Lua.values((double) (a.count() - 1));
        }
        int n = a.integer(1);
        int from = n < 0 ? a.count() + n : n;
        if (from < 1) {
            throw a.bad(1, "index out of range");
        }
        return from >= a.count() ? Lua.nothing() : Arrays.copyOfRange(a.all(), from, a.count());
    }

    private static @Nullable Object[] toNumber(Arguments a) {
        a.meter().work(1);
        if (a.isNil(2)) {
            return Lua.values(
                    a.any(1) instanceof LuaDecimal decimal
                            ? decimal.value().doubleValue()
                            : Numbers.from(a.meter(), a.get(1)));
        }
        int base = a.integer(2);
        LuaString text = a.string(1);
        if (base < MIN_BASE || base > MAX_BASE) {
            throw a.bad(2, "base out of range");
        }
        a.meter().work(text.length() >> 3);
        return Lua.values(Numbers.parse(text, base));
    }

    private static @Nullable Object toNumber(
            LuaState state,
            int count,
            @Nullable Object x,
            @Nullable Object y,
            @Nullable Object z,
            @Nullable Object w) {
        if (y != null || x instanceof LuaDecimal) {
            return Shortcut.Answer.NONE;
        }
        state.meter().work(1);
        return Numbers.from(state.meter(), x);
    }

    private static @Nullable Object[] pcall(Arguments a) {
        @Nullable Object callee = a.any(1);
        @Nullable Object[] rest = Arrays.copyOfRange(a.all(), 1, a.count());
        return a.state()
                .protect(
                        () -> successful(a.state().call(callee, rest)),
                        error -> Lua.values(false, error));
    }

    private static @Nullable Object[] xpcall(Arguments a) {
        @Nullable Object callee = a.any(1);
        @Nullable Object handler = a.any(2);
        @Nullable Object[] rest = Arrays.copyOfRange(a.all(), 2, a.count());
        return a.state()
                .protect(
                        () -> successful(a.state().call(callee, rest)),
                        error -> handled(a, handler, error),
                        true);
    }

    private static @Nullable Object[] handled(
            Arguments a, @Nullable Object handler, @Nullable Object error) {
        return a.state()
                .protect(
                        () -> withFirst(false, a.state().call(handler, error)),
                        second -> Lua.values(false, second));
    }

    private static @Nullable Object[] successful(@Nullable Object[] results) {
        return withFirst(true, results);
    }

    private static @Nullable Object[] withFirst(Boolean first, @Nullable Object[] rest) {
        @Nullable Object[] all = new @Nullable Object[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    /**
     * Lua's {@code load}: source that a script made itself; metered like the script, and never
     * binary.
     */
    static final class LoadFunction {
        private static final LuaString TEXT_OR_BINARY = LuaString.of("bt");
        private static final int OCTETS_PER_CHARACTER = 32;
        private static final int SHOWN = 40;

        private final Compiler compiler;

        LoadFunction(Compiler compiler) {
            this.compiler = compiler;
        }

        @Nullable Object[] call(Arguments a) {
            // what a reader raises is a failure to load
            return a.get(1) instanceof LuaFunction reader
                    ? a.state()
                            .protect(
                                    () -> load(a, readAll(a, reader)),
                                    error -> Lua.values(null, error))
                    : load(a, a.string(1));
        }

        private @Nullable Object[] load(Arguments a, LuaString source) {
            a.refuseSecret(source, "source");
            a.refuseSecret(a.get(2), "name");
            String name = chunkName(a, source);
            if (a.string(3, TEXT_OR_BINARY).indexOf(LuaString.of("t"), 0) < 0) {
                return Lua.values(
                        null, a.state().newString("attempt to load a text chunk (mode is 'b')"));
            }
            a.meter().work(source.length());
            a.meter().memory((long) source.length() * OCTETS_PER_CHARACTER);
            @Nullable Object environment = a.count() >= 4 ? a.get(4) : a.state().globals();
            try {
                FunctionCode chunk = compiler.compileChunk(source, name);
                if (environment == a.state().globals()) {
                    a.state().setsGlobals(chunk.globalsSet());
                }
                return Lua.values(a.state().load(chunk, environment));
            } catch (CompileFailure e) {
                return Lua.values(
                        null, a.state().newString(name + ":" + e.line() + ": " + e.getMessage()));
            }
        }

        private static String chunkName(Arguments a, LuaString source) {
            boolean ofString = a.get(1) instanceof LuaString;
            String name = a.string(2, ofString ? source : LuaString.of("=(load)")).toText();
            if (name.startsWith("=") || name.startsWith("@")) {
                return name.substring(1);
            }
            String line = name.lines().findFirst().orElse("");
            boolean cut = line.length() > SHOWN || !line.equals(name);
            String shown = line.length() > SHOWN ? line.substring(0, SHOWN) : line;
            return "[string \"" + shown + (cut ? "..." : "") + "\"]";
        }

        private static LuaString readAll(Arguments a, LuaFunction reader) {
            LuaStringBuilder source = new LuaStringBuilder(a.meter());
            while (true) {
                @Nullable Object[] results = a.state().call(reader);
                @Nullable Object piece = results.length == 0 ? null : results[0];
                a.refuseSecret(piece, "source");
                if (piece == null || LuaString.EMPTY.equals(piece)) {
                    return source.toLuaString();
                }
                if (!(piece instanceof LuaString text)) {
                    throw LuaError.ofValue(Lua.text("reader function must return a string"));
                }
                source.append(text);
            }
        }
    }
}
