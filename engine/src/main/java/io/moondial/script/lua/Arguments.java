package io.moondial.script.lua;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a native function was called with. Positions are from 1; what is missing reads as nil. A
 * check that fails is a Lua error that names the position, what is expected and what was given.
 */
public final class Arguments {
    private static final String HOW_TO_CONVERT = "; tonumber(x) gives the nearest number";

    private final LuaState state;
    private final String function;
    private final @Nullable Object[] values;
    private final boolean calledByJava;

    Arguments(LuaState state, String function, @Nullable Object[] values, boolean calledByJava) {
        this.state = state;
        this.function = function;
        this.values = values;
        this.calledByJava = calledByJava;
    }

    public LuaState state() {
        return state;
    }

    public Meter meter() {
        return state.meter();
    }

    /** What the run was made with, see {@link LuaState#context}. */
    public <T> T context(Class<T> type) {
        return state.context(type);
    }

    /** The name of the function called, for messages. */
    public String function() {
        return function;
    }

    /**
     * "script:line: " of the function so many calls up: 1 is what called this one. "" where that is
     * a function in Java, {@code pcall} for one, or if nothing is.
     */
    public String where(int level) {
        return state.where(level - 1, calledByJava);
    }

    /**
     * The names of the local variables that the function in Lua sees which reads a global by this
     * call, the innermost first, then those that it has captured. Empty if it does something else.
     */
    public List<String> localsInScope() {
        Frame frame = state.top;
        return frame == null ? List.of() : Names.localsAtGlobal(frame);
    }

    /** The same call without the first value. */
    public Arguments rest() {
        return new Arguments(
                state,
                function,
                values.length == 0 ? values : Arrays.copyOfRange(values, 1, values.length),
                calledByJava);
    }

    /** How many values were given. */
    public int count() {
        return values.length;
    }

    /** All values; not to be changed. */
    public @Nullable Object[] all() {
        return values;
    }

    /** The value at a position; null if it is nil or missing. */
    public @Nullable Object get(int position) {
        return position <= values.length ? values[position - 1] : null;
    }

    public boolean isNil(int position) {
        return get(position) == null;
    }

    /** The value at a position, which must be there, though it may be nil. */
    public @Nullable Object any(int position) {
        if (position > values.length) {
            throw bad(position, "value expected");
        }
        return get(position);
    }

    /** A string, or a number or a decimal as text. */
    public LuaString string(int position) {
        LuaString text = Numbers.textFrom(get(position));
        if (text == null) {
            throw wrongType(position, "string");
        }
        return text;
    }

    /** A string, if one is given. */
    public LuaString string(int position, LuaString otherwise) {
        return isNil(position) ? otherwise : string(position);
    }

    /**
     * A string as Java's text, read as UTF-8, for what is outside Lua: of a whole number given in
     * its place all digits; an infinity or NaN is an error.
     */
    public String text(int position) {
        if (get(position) instanceof Double number) {
            if (!Double.isFinite(number)) {
                throw bad(
                        position,
                        "a string or a finite number expected, got " + Numbers.toText(number));
            }
            return Numbers.allDigits(number);
        }
        return string(position).toText();
    }

    /**
     * A text that would be written where no mask is possible, such as the name of a record. It must
     * not be secret.
     *
     * @param what it is, for the message
     */
    public String openText(int position, String what) {
        refuseSecret(get(position), what);
        return text(position);
    }

    /** Refuses a secret value where no mask is possible. */
    public void refuseSecret(@Nullable Object value, String what) {
        if (state.isSecret(value)) {
            throw new LuaError(
                    function
                            + ": the "
                            + what
                            + " is a secret answer, which cannot be written here");
        }
    }

    /** A number, or a string that reads as one. */
    public double number(int position) {
        Double number = Numbers.from(meter(), get(position));
        if (number == null) {
            throw get(position) instanceof LuaDecimal
                    ? bad(position, "number expected, got decimal" + HOW_TO_CONVERT)
                    : wrongType(position, "number");
        }
        return number;
    }

    /** A number, if one is given. */
    public double number(int position, double otherwise) {
        return isNil(position) ? otherwise : number(position);
    }

    /** A number cut to an integer; beyond the range of int its nearest end. */
    public int integer(int position) {
        return (int) number(position);
    }

    /** A number cut to an integer, if one is given. */
    public int integer(int position, int otherwise) {
        return isNil(position) ? otherwise : integer(position);
    }

    /** A table, to be read: of a library that the run has changed, its copy. */
    public LuaTable table(int position) {
        if (get(position) instanceof LuaTable table) {
            return state.own(table);
        }
        throw wrongType(position, "table");
    }

    /** A table, to be changed: of a library, the run's copy. */
    public LuaTable tableToChange(int position) {
        if (get(position) instanceof LuaTable table) {
            return state.toChange(table);
        }
        throw wrongType(position, "table");
    }

    public LuaFunction function(int position) {
        if (get(position) instanceof LuaFunction function) {
            return function;
        }
        throw wrongType(position, "function");
    }

    /** The error that a value is of the wrong type. */
    public LuaError wrongType(int position, String expected) {
        return bad(position, expected + " expected, got " + given(position));
    }

    /** What is at a position, for messages. */
    public String given(int position) {
        return position > values.length ? "no value" : Lua.typeName(get(position));
    }

    /** The error that a value is not what it may be. */
    public LuaError bad(int position, String why) {
        return new LuaError("bad argument #" + position + " to '" + function + "' (" + why + ")");
    }
}
