package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** Arithmetic, comparison and length of any values (Lua 5.2 manual 3.4.1, 3.4.3, 3.4.6 and 2.4). */
public final class Operators {
    private static final int UNITS_TO_READ_A_NUMBER = 4;

    private Operators() {}

    static boolean equal(LuaState state, @Nullable Object x, @Nullable Object y) {
        if (x instanceof LuaString p && y instanceof LuaString q) {
            if (p.length() != q.length()) {
                return false;
            }
            state.meter().work(p.length() >> 6);
            return p.equals(q);
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

    /** The metamethod, if both values have the same. */
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
        if (x instanceof LuaDecimal || y instanceof LuaDecimal) {
            Integer order = DecimalOperators.compare(state, x, y);
            if (order != null) {
                return order < 0;
            }
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
        if (x instanceof LuaDecimal || y instanceof LuaDecimal) {
            Integer order = DecimalOperators.compare(state, x, y);
            if (order != null) {
                return order <= 0;
            }
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
        if (value instanceof LuaTable shared) {
            LuaTable table = state.own(shared);
            if (table.metatable() == null) {
                return (double) table.length();
            }
        }
        @Nullable Object method = Metatables.method(state, value, Metatables.LEN);
        if (method != null) {
            return state.callForOne(method, value);
        }
        if (value instanceof LuaTable table) {
            return (double) state.own(table).length();
        }
        throw new LuaError("attempt to get length of " + Names.ofOperand(state, true, value));
    }

    // ---- arithmetic

    /** The result of an operation from ADD to POW. */
    static @Nullable Object apply(
            LuaState state, int operation, @Nullable Object x, @Nullable Object y) {
        if (x instanceof Double p && y instanceof Double q) {
            return compute(operation, p, q);
        }
        if (x instanceof LuaDecimal || y instanceof LuaDecimal) {
            return DecimalOperators.apply(state, operation, x, y);
        }
        state.meter().work(UNITS_TO_READ_A_NUMBER);
        Double p = Numbers.from(state.meter(), x);
        Double q = Numbers.from(state.meter(), y);
        if (p != null && q != null) {
            return compute(operation, p, q);
        }
        LuaString name = Metatables.arithmetic(operation);
        @Nullable Object method = Metatables.method(state, x, name);
        if (method == null) {
            method = Metatables.method(state, y, name);
        }
        if (method == null) {
            throw notNumbers(state, x, y, p == null);
        }
        return state.callForOne(method, x, y);
    }

    private static Double compute(int operation, double x, double y) {
        return switch (operation) {
            case Opcode.ADD -> x + y;
            case Opcode.SUB -> x - y;
            case Opcode.MUL -> x * y;
            case Opcode.DIV -> x / y;
            case Opcode.MOD -> modulo(x, y);
            case Opcode.POW -> power(x, y);
            default -> throw new IllegalArgumentException("not arithmetic: " + operation);
        };
    }

    /** As C99 F.9.4.4 has it: 1 to any power is 1, and so is -1 to an infinite one. */
    public static double power(double x, double y) {
        return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
    }

    /**
     * The remainder with the divisor's sign, by the manual's formula, roundings included: constants
     * are computed by the same one when they are compiled.
     */
    static double modulo(double x, double y) {
        return x - Math.floor(x / y) * y;
    }

    static @Nullable Object negate(LuaState state, @Nullable Object x) {
        if (x instanceof Double number) {
            return -number;
        }
        if (x instanceof LuaDecimal decimal) {
            return DecimalOperators.negate(state, decimal);
        }
        state.meter().work(UNITS_TO_READ_A_NUMBER);
        Double read = Numbers.from(state.meter(), x);
        if (read != null) {
            return -read;
        }
        @Nullable Object method = Metatables.method(state, x, Metatables.UNM);
        if (method == null) {
            throw notNumbers(state, x, x, true);
        }
        return state.callForOne(method, x, x);
    }

    private static LuaError notNumbers(
            LuaState state, @Nullable Object x, @Nullable Object y, boolean first) {
        String what = Names.ofOperand(state, first, first ? x : y);
        return new LuaError("attempt to perform arithmetic on " + what);
    }
}
