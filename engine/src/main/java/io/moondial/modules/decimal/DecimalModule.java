package io.moondial.modules.decimal;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.DECIMAL;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.DOUBLE;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TEXT;

import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.stdlib.UndefinedGlobal.NearName;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The module {@code decimal}: exact numbers with a point. Their operators are part of the language.
 */
public final class DecimalModule {
    private static final int SHOWN = 40;
    private static final String HOW_ROUNDED =
            "half_even (the default: to the nearest, from the middle to the even digit), half_up,"
                    + " half_down, up (away from 0), down (towards 0), ceiling or floor";

    private static final Map<String, RoundingMode> ROUNDINGS = new LinkedHashMap<>();

    static {
        ROUNDINGS.put("half_even", RoundingMode.HALF_EVEN);
        ROUNDINGS.put("half_up", RoundingMode.HALF_UP);
        ROUNDINGS.put("half_down", RoundingMode.HALF_DOWN);
        ROUNDINGS.put("up", RoundingMode.UP);
        ROUNDINGS.put("down", RoundingMode.DOWN);
        ROUNDINGS.put("ceiling", RoundingMode.CEILING);
        ROUNDINGS.put("floor", RoundingMode.FLOOR);
    }

    private DecimalModule() {}

    /** Makes the module. */
    public static ApiModule create() {
        return ApiModule.of(
                        "decimal",
                        "Exact numbers with a point, for money. [Their operators](#decimals) are"
                                + " exact too. Each function is also a method: x:round(2) is"
                                + " decimal.round(x, 2).")
                .called("Makes a decimal.", DecimalModule::describeMake)
                .methodsOfDecimals()
                .function(
                        "parse",
                        "Reads a text that may be anything, such as what a subscriber typed.",
                        DecimalModule::describeParse)
                .function(
                        "is",
                        "Tells whether a value is a decimal; type(x) of one is \"userdata\".",
                        f ->
                                f.takes("value", ANY, "what is asked about")
                                        .returns("true or false")
                                        .does(
                                                "if decimal.is(...) then return \"exact\" end",
                                                a -> Lua.values(a.get(1) instanceof LuaDecimal)))
                .function("div", "Divides, and rounds the quotient.", DecimalModule::describeDiv)
                .function(
                        "round",
                        "Rounds, or adds zeros up to the places.",
                        DecimalModule::describeRound)
                .function(
                        "abs",
                        "Takes the minus sign away.",
                        f ->
                                f.takes("x", DECIMAL, "the number")
                                        .returns("a decimal that is not negative")
                                        .does(
                                                "log.info(\"owes %s\","
                                                        + " decimal.abs(decimal(\"-12.50\")))",
                                                a -> made(a, exact(a, 1, "x").abs())))
                .function(
                        "scale",
                        "Counts the digits after the point.",
                        f ->
                                f.takes("x", DECIMAL, "the number")
                                        .returns("a number: 0 or more")
                                        .does(
                                                "local cents = decimal(\"12.50\"):scale() <= 2\n"
                                                        + "log.info(\"%s\", decimal.scale(7))",
                                                a -> Lua.values((double) exact(a, 1, "x").scale())))
                .build();
    }

    private static ApiFunction describeMake(ApiFunction.Builder f) {
        return f.takes(
                        "value",
                        ANY,
                        "a text: a minus sign or none, digits, at most one point between digits,"
                                + " and nothing else; or a whole number up to 2^53; or a decimal")
                .returns("a decimal with as many digits after the point as the text has")
                .raises(
                        "another value, such as 0.1 (decimal(\"0.1\") is exact), or more than "
                                + LuaDecimal.MAX_DIGITS
                                + " digits")
                .does(
                        "local price = decimal(\"12.50\")\nlog.info(\"%s\", price * 3)",
                        DecimalModule::make);
    }

    private static ApiFunction describeParse(ApiFunction.Builder f) {
        return f.takes("text", TEXT, "the text, read as decimal(text) reads it")
                .returns(
                        "a decimal; or nil, why and a sentence, where why is syntax (it is not"
                                + " written as a decimal) or too_large (more than "
                                + LuaDecimal.MAX_DIGITS
                                + " digits)")
                .does(
                        "local amount, why = decimal.parse(\"12,50\")\n"
                                + "if not amount then return \"Please write 12.50\" end",
                        DecimalModule::parse);
    }

    private static ApiFunction describeDiv(ApiFunction.Builder f) {
        return f.takes("x", DECIMAL, "what is divided")
                .takes("y", DECIMAL, "by what")
                .takes("places", DOUBLE, placesMeaning())
                .mayTake("rounding", TEXT, HOW_ROUNDED)
                .returns("a decimal with so many places")
                .raises("y is 0, places or a rounding that there is not, too many digits")
                .does(
                        "local share = decimal(\"100.00\"):div(3, 2)            -- 33.33\n"
                                + "local fee = decimal.div(1, 8, 2, \"half_up\")         -- 0.13",
                        DecimalModule::div);
    }

    private static ApiFunction describeRound(ApiFunction.Builder f) {
        return f.takes("x", DECIMAL, "what is rounded")
                .takes("places", DOUBLE, placesMeaning())
                .mayTake("rounding", TEXT, HOW_ROUNDED)
                .returns("a decimal with so many places")
                .raises("places or a rounding that there is not, too many digits")
                .does(
                        "local fee = (decimal(\"12.50\") * decimal(\"0.029\")):round(2) -- 0.36\n"
                                + "local cash = decimal.round(1234, -1)                  -- 1230",
                        DecimalModule::round);
    }

    private static String placesMeaning() {
        return "how many digits the result has after the point, a whole number from -"
                + LuaDecimal.MAX_DIGITS
                + " to "
                + LuaDecimal.MAX_DIGITS
                + "; -2 rounds to hundreds";
    }

    private static @Nullable Object[] make(Arguments a) {
        return switch (a.get(1)) {
            case LuaDecimal decimal -> Lua.values(decimal);
            case LuaString text -> {
                LuaDecimal read = read(a, text);
                if (read == null) {
                    throw new LuaError("decimal: " + whyNot(a, text));
                }
                yield Lua.values(read);
            }
            case Double number -> made(a, exact(number, "decimal: "));
            case null, default ->
                    throw new LuaError(
                            "decimal: value expected (text, whole number or decimal), got "
                                    + a.given(1));
        };
    }

    private static @Nullable Object[] parse(Arguments a) {
        LuaString text = a.string(1);
        LuaDecimal read = read(a, text);
        if (read != null) {
            return Lua.values(read);
        }
        String why = LuaDecimal.isNotation(text.toText()) ? "too_large" : "syntax";
        return Lua.values(null, Lua.text(why), a.state().newString(whyNot(a, text)));
    }

    private static @Nullable LuaDecimal read(Arguments a, LuaString text) {
        a.meter().work(text.length() >> 3);
        LuaDecimal read = LuaDecimal.parse(text.toText());
        return read == null ? null : a.state().newDecimal(read.value());
    }

    private static String whyNot(Arguments a, LuaString text) {
        String shown = a.state().written(text).toText();
        String cut =
                shown.codePointCount(0, shown.length()) > SHOWN
                        ? shown.substring(0, shown.offsetByCodePoints(0, SHOWN)) + "..."
                        : shown;
        return "'"
                + cut
                + (LuaDecimal.isNotation(text.toText())
                        ? "' has more digits than a decimal, which has at most "
                                + LuaDecimal.MAX_DIGITS
                        : "' is not a decimal: a minus sign or none, digits, and at most one point"
                                + " between digits, such as 12.50");
    }

    private static @Nullable Object[] div(Arguments a) {
        BigDecimal x = exact(a, 1, "x");
        BigDecimal y = exact(a, 2, "y");
        int places = places(a, 3);
        RoundingMode rounding = rounding(a, 4);
        if (y.signum() == 0) {
            throw new LuaError("decimal.div: y is 0");
        }
        a.meter().work(LuaDecimal.MAX_DIGITS >> 3);
        return made(a, x.divide(y, places, rounding));
    }

    private static @Nullable Object[] round(Arguments a) {
        BigDecimal x = exact(a, 1, "x");
        return made(a, x.setScale(places(a, 2), rounding(a, 3)));
    }

    private static @Nullable Object[] made(Arguments a, BigDecimal value) {
        return Lua.values(a.state().newDecimal(value));
    }

    private static BigDecimal exact(Arguments a, int position, String name) {
        return a.get(position) instanceof LuaDecimal decimal
                ? decimal.value()
                : exact(a.number(position), a.function() + ": " + name + ": ");
    }

    private static BigDecimal exact(double number, String where) {
        BigDecimal exact = LuaDecimal.exact(number);
        if (exact == null) {
            throw new LuaError(where + LuaDecimal.inexact(number));
        }
        return exact;
    }

    private static int places(Arguments a, int position) {
        double places = a.number(position);
        if (places != Math.rint(places) || Math.abs(places) > LuaDecimal.MAX_DIGITS) {
            throw new LuaError(
                    a.function()
                            + ": places: a whole number from -"
                            + LuaDecimal.MAX_DIGITS
                            + " to "
                            + LuaDecimal.MAX_DIGITS
                            + " expected, got "
                            + Lua.show(places));
        }
        return (int) places;
    }

    private static RoundingMode rounding(Arguments a, int position) {
        if (a.isNil(position)) {
            return RoundingMode.HALF_EVEN;
        }
        String word = a.openText(position, "rounding");
        RoundingMode rounding = ROUNDINGS.get(word);
        if (rounding == null) {
            throw new LuaError(
                    a.function()
                            + ": rounding '"
                            + (word.length() > SHOWN ? word.substring(0, SHOWN) + "..." : word)
                            + "': there are "
                            + String.join(", ", ROUNDINGS.keySet())
                            + NearName.question(ROUNDINGS.keySet(), word));
        }
        return rounding;
    }
}
