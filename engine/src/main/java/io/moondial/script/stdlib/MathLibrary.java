package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction.NativeFunction.Shortcut;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Operators;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Mathematical functions (Lua 5.2 manual 6.6). */
final class MathLibrary {
    private MathLibrary() {}

    static LuaTable create() {
        StandardLibrary.Library math =
                new StandardLibrary.Library("math")
                        .value("pi", Math.PI)
                        .value("huge", Double.POSITIVE_INFINITY);
        unary(math, "abs", Math::abs);
        unary(math, "acos", Math::acos);
        unary(math, "asin", Math::asin);
        unary(math, "atan", Math::atan);
        unary(math, "ceil", Math::ceil);
        unary(math, "cos", Math::cos);
        unary(math, "cosh", Math::cosh);
        unary(math, "deg", Math::toDegrees);
        unary(math, "exp", Math::exp);
        unary(math, "floor", Math::floor);
        unary(math, "rad", Math::toRadians);
        unary(math, "sin", Math::sin);
        unary(math, "sinh", Math::sinh);
        unary(math, "sqrt", Math::sqrt);
        unary(math, "tan", Math::tan);
        unary(math, "tanh", Math::tanh);
        binary(math, "atan2", Math::atan2);
        binary(math, "fmod", (x, y) -> x % y);
        binary(math, "pow", Operators::power);
        return math.function("frexp", MathLibrary::frexp)
                .function("ldexp", MathLibrary::ldexp)
                .function("log", MathLibrary::log)
                .function("max", a -> extreme(a, (x, chosen) -> x > chosen))
                .function("min", a -> extreme(a, (x, chosen) -> x < chosen))
                .function("modf", MathLibrary::modf)
                .function("random", MathLibrary::random)
                .function("randomseed", MathLibrary::seed)
                .seal();
    }

    private static void unary(
            StandardLibrary.Library math, String name, DoubleUnaryOperator operator) {
        math.function(
                name,
                a -> Lua.values(operator.applyAsDouble(a.number(1))),
                (state, count, x, y, z, w) ->
                        x instanceof Double number
                                ? (Object) operator.applyAsDouble(number)
                                : Shortcut.Answer.NONE);
    }

    private static void binary(
            StandardLibrary.Library math, String name, DoubleBinaryOperator operator) {
        math.function(name, a -> Lua.values(operator.applyAsDouble(a.number(1), a.number(2))));
    }

    /** Whether a number goes before the one chosen so far; NaN never does. */
    @FunctionalInterface
    private interface Preference {
        boolean prefers(double number, double chosen);
    }

    private static @Nullable Object[] extreme(Arguments a, Preference preference) {
        double chosen = a.number(1);
        for (int i = 2; i <= a.count(); i++) {
            double number = a.number(i);
            chosen = preference.prefers(number, chosen) ? number : chosen;
        }
        return Lua.values(chosen);
    }

    private static @Nullable Object[] log(Arguments a) {
        double x = a.number(1);
        if (a.isNil(2)) {
            return Lua.values(Math.log(x));
        }
        double base = a.number(2);
        return Lua.values(base == 10 ? Math.log10(x) : Math.log(x) / Math.log(base));
    }

    private static @Nullable Object[] modf(Arguments a) {
        double x = a.number(1);
        double whole = x >= 0 ? Math.floor(x) : Math.ceil(x);
        // C99 7.12.6.12: both parts have the sign of the whole
        return Lua.values(whole, Math.copySign(Double.isInfinite(x) ? 0.0 : x - whole, x));
    }

    private static @Nullable Object[] frexp(Arguments a) {
        double x = a.number(1);
        if (x == 0 || Double.isNaN(x) || Double.isInfinite(x)) {
            return Lua.values(x, 0.0);
        }
        int exponent = Math.getExponent(x) + 1;
        if (Math.abs(x) < Double.MIN_NORMAL) {
            exponent = Math.getExponent(x * 0x1p54) + 1 - 54;
        }
        // in two steps: 2^-exponent alone may be beyond what a double holds
        double fraction = Math.scalb(Math.scalb(x, -exponent / 2), -(exponent - exponent / 2));
        return Lua.values(fraction, (double) exponent);
    }

    private static @Nullable Object[] ldexp(Arguments a) {
        return Lua.values(Math.scalb(a.number(1), a.integer(2)));
    }

    private static @Nullable Object[] random(Arguments a) {
        double fraction = a.state().random().nextDouble();
        if (a.count() == 0) {
            return Lua.values(fraction);
        }
        double low = a.count() == 1 ? 1 : Math.floor(a.number(1));
        double high = Math.floor(a.number(a.count() == 1 ? 1 : 2));
        if (!(low <= high)) {
            throw a.bad(a.count() == 1 ? 1 : 2, "interval is empty");
        }
        return Lua.values(Math.floor(fraction * (high - low + 1)) + low);
    }

    private static @Nullable Object[] seed(Arguments a) {
        a.state().seedRandom(Double.doubleToLongBits(a.number(1)));
        return Lua.values();
    }
}
