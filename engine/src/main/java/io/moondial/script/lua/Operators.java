package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** Comparison and length of any values (Lua 5.2 manual 3.4.3, 3.4.6 and 2.4). */
public final class Operators {
    private Operators() {}

    static boolean equal(LuaState state, @Nullable Object x, @Nullable Object y) {
        if (x instanceof LuaString p && y instanceof LuaString) {
            state.meter().work(p.length() >> 6);
        }
        if (Lua.rawEquals(x, y)) {
            return true;
        }
        if (!(x instanceof LuaTable) || !(y instanceof LuaTable)) {
            return false;
        }
        @Nullable Object method = commonMethod(state, x, y, Metatables.EQ);
        return method != null && Lua.truthy(state.callForOne(method, x, y));
    }

    /** The metamethod, where both values have the same. */
    private static @Nullable Object commonMethod(
            LuaState state, @Nullable Object x, @Nullable Object y, LuaString name) {
        @Nullable Object method = Metatables.method(state, x, name);
        return Lua.rawEquals(method, Metatables.method(state, y, name)) ? method : null;
    }

    /** Whether x comes before y. */
    public static boolean less(LuaState state, @Nullable Object x, @Nullable Object y) {
        if (x instanceof Double p && y instanceof Double q) {
            return p < q;
        }
        if (x instanceof LuaString p && y instanceof LuaString q) {
            return compare(state, p, q) < 0;
        }
        @Nullable Object method = eitherMethod(state, x, y, Metatables.LT);
        if (method == null) {
            throw notComparable(x, y);
        }
        return Lua.truthy(state.callForOne(method, x, y));
    }

    static boolean lessOrEqual(LuaState state, @Nullable Object x, @Nullable Object y) {
        if (x instanceof Double p && y instanceof Double q) {
            return p <= q;
        }
        if (x instanceof LuaString p && y instanceof LuaString q) {
            return compare(state, p, q) <= 0;
        }
        @Nullable Object method = eitherMethod(state, x, y, Metatables.LE);
        if (method != null) {
            return Lua.truthy(state.callForOne(method, x, y));
        }
        method = eitherMethod(state, x, y, Metatables.LT);
        if (method == null) {
            throw notComparable(x, y);
        }
        return !Lua.truthy(state.callForOne(method, y, x));
    }

    private static int compare(LuaState state, LuaString x, LuaString y) {
        state.meter().work(Math.min(x.length(), y.length()) >> 6);
        return x.compareTo(y);
    }

    private static @Nullable Object eitherMethod(
            LuaState state, @Nullable Object x, @Nullable Object y, LuaString name) {
        @Nullable Object method = Metatables.method(state, x, name);
        return method != null ? method : Metatables.method(state, y, name);
    }

    private static LuaError notComparable(@Nullable Object x, @Nullable Object y) {
        String first = Lua.typeName(x);
        String second = Lua.typeName(y);
        return new LuaError(
                first.equals(second)
                        ? "attempt to compare two " + first + " values"
                        : "attempt to compare " + first + " with " + second);
    }

    static @Nullable Object length(LuaState state, @Nullable Object value) {
        if (value instanceof LuaString s) {
            return (double) s.length();
        }
        @Nullable Object method = Metatables.method(state, value, Metatables.LEN);
        if (method != null) {
            return state.callForOne(method, value);
        }
        if (value instanceof LuaTable table) {
            return (double) table.length();
        }
        throw new LuaError("attempt to get length of " + Names.ofOperand(state, true, value));
    }
}
