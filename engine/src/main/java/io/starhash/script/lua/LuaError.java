package io.starhash.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * A Lua error on its way to the {@code pcall} that catches it. One raised by Java carries only a
 * message; the place is put before it where it is caught, for only there it is known which line
 * called.
 */
public final class LuaError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object value;
    private final boolean placed;

    private LuaError(@Nullable Object value, boolean placed, String message) {
        super(message, null, false, false);
        this.value = value;
        this.placed = placed;
    }

    /** An error at the Lua line that is running. */
    public LuaError(String message) {
        this(null, false, message);
    }

    /** An error whose value is as the script gave it. */
    public static LuaError ofValue(@Nullable Object value) {
        return new LuaError(value, true, describe(value));
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case LuaString s -> s.toText();
            case Double d -> Numbers.toText(d);
            case null -> "nil";
            // no metamethod is called here: nobody would catch what it raises
            case Object other -> "(error object is a " + Lua.typeName(other) + " value)";
        };
    }

    /** What {@code pcall} gives to the script; for the state in which the error was raised. */
    public @Nullable Object value(LuaState state) {
        return placed ? value : LuaString.of(state.where(0, false) + getMessage());
    }

    /** The message as one text, as it is written: with its place where it has one. */
    public String text(LuaState state) {
        if (value instanceof LuaString text) {
            return state.written(text).toText();
        }
        return placed ? String.valueOf(getMessage()) : state.where(0, false) + getMessage();
    }
}
