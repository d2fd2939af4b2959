package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** The numeric {@code for}: index, limit, step and the loop's variable in four registers. */
final class Loops {
    private Loops() {}

    static void prepare(@Nullable Object[] r, int a) {
        double index = number(r[a], "initial value");
        double limit = number(r[a + 1], "limit");
        double step = number(r[a + 2], "step");
        r[a] = index - step;
        r[a + 1] = limit;
        r[a + 2] = step;
    }

    private static double number(@Nullable Object value, String what) {
        Double number = Numbers.from(value);
        if (number == null) {
            throw new LuaError("'for' " + what + " must be a number");
        }
        return number;
    }

    /** Goes on to the next value; false if the loop is over. */
    static boolean advance(@Nullable Object[] r, int a) {
        double step = held(r[a + 2]);
        double limit = held(r[a + 1]);
        double index = held(r[a]) + step;
        if (step > 0 ? index <= limit : limit <= index) {
            Double next = index;
            r[a] = next;
            r[a + 3] = next;
            return true;
        }
        return false;
    }

    private static double held(@Nullable Object value) {
        if (value instanceof Double d) {
            return d;
        }
        throw new IllegalStateException("a loop's register holds a " + Lua.typeName(value));
    }
}
