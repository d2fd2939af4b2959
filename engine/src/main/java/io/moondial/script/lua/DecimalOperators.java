package io.moondial.script.lua;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and comparison where an operand is a {@link LuaDecimal}. The other one may be a
 * decimal or a whole number of Lua's; anything else would make the result inexact, and is an error
 * that says what to write.
 */
final class DecimalOperators {
    private DecimalOperators() {}

    /**
     * The result of an operation from ADD to POW, of operands of which one at least is a decimal.
     */
    static @Nullable Object apply(
            LuaState state, int operation, @Nullable Object x, @Nullable Object y) {
        BigDecimal p = LuaDecimal.exact(x);
        BigDecimal q = LuaDecimal.exact(y);
        if (p != null && q != null) {
            return switch (operation) {
                case Opcode.ADD -> state.newDecimal(p.add(q));
                case Opcode.SUB -> state.newDecimal(p.subtract(q));
                case Opcode.MUL -> state.newDecimal(p.multiply(q));
                default -> throw notExact(operation);
            };
        }
        @Nullable Object method = method(state, x, y, Metatables.arithmetic(operation));
        if (method != null) {
            return state.callForOne(method, x, y);
        }
        boolean first = p == null;
        @Nullable Object other = first ? x : y;
        if (other instanceof Double || other instanceof LuaString) {
            if (operation >= Opcode.DIV) {
                throw notExact(operation);
            }
            throw notMixed(verb(operation), state, first, other);
        }
        throw new LuaError(
                "attempt to perform arithmetic on " + Names.ofOperand(state, first, other));
    }

    static LuaDecimal negate(LuaState state, LuaDecimal x) {
        return state.newDecimal(x.value().negate());
    }

    /**
     * How two values of which one at least is a decimal compare, as of {@link Comparable}; null if
     * the other is no number.
     */
    static @Nullable Integer compare(LuaState state, @Nullable Object x, @Nullable Object y) {
        BigDecimal p = LuaDecimal.exact(x);
        BigDecimal q = LuaDecimal.exact(y);
        if (p != null && q != null) {
            return p.compareTo(q);
        }
        @Nullable Object other = p == null ? x : y;
        if (other instanceof Double) {
            throw notMixed("compare", state, p == null, other);
        }
        return null;
    }

    private static @Nullable Object method(
            LuaState state, @Nullable Object x, @Nullable Object y, LuaString name) {
        @Nullable Object method = Metatables.method(state, x, name);
        return method != null ? method : Metatables.method(state, y, name);
    }

    private static String verb(int operation) {
        return switch (operation) {
            case Opcode.ADD -> "add";
            case Opcode.SUB -> "subtract";
            default -> "multiply";
        };
    }

    private static LuaError notMixed(
            String verb, LuaState state, boolean first, @Nullable Object other) {
        String what =
                other instanceof Double number
                        ? LuaDecimal.inexact(number)
                        : Names.ofOperand(state, first, other)
                                + ": decimal(text) reads a text as a decimal";
        return new LuaError("attempt to " + verb + " a decimal and " + what);
    }

    private static LuaError notExact(int operation) {
        return new LuaError(
                switch (operation) {
                    case Opcode.DIV ->
                            "attempt to divide a decimal with '/': the digits may never end."
                                    + " Write x:div(y, places, \"half_even\")";
                    case Opcode.MOD ->
                            "attempt to use '%' with a decimal: the remainder is"
                                    + " x - y * x:div(y, 0, \"floor\")";
                    default -> "attempt to use '^' with a decimal: multiply with '*'";
                });
    }
}
