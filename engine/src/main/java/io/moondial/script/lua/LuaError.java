package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Lua error on its way to the {@code pcall} that catches it. One raised by Java has only a
 * message. The place is put before it where it is caught, because only there the calling line is
 * known.
 */
public final class LuaError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final LuaString MESSAGE = LuaString.of("message");
    private static final LuaString CODE = LuaString.of("code");

    private final transient @Nullable Object value;
    private final boolean placed;

    /** Where it was raised, if that was in another coroutine than the one it is in now. */
    private final transient @Nullable Trace from;

    private LuaError(@Nullable Object value, boolean placed, String message, @Nullable Trace from) {
        super(message, null, false, false);
        this.value = value;
        this.placed = placed;
        this.from = from;
    }

    /** An error at the Lua line that is running. */
    public LuaError(String message) {
        this(null, false, message, null);
    }

    /** An error whose value is as the script gave it. */
    public static LuaError ofValue(@Nullable Object value) {
        return new LuaError(value, true, describe(value), null);
    }

    /** The same, raised in a coroutine. */
    static LuaError ofValue(@Nullable Object value, Trace from) {
        return new LuaError(value, true, describe(value), from);
    }

    /**
     * Where an error was raised, and within which calls.
     *
     * @param place null: it was not in Lua
     * @param stack the calls of scripts that were running, the innermost first
     */
    public record Trace(LuaState.@Nullable Place place, List<String> stack) {
        public Trace {
            stack = List.copyOf(stack);
        }

        /** Where a script is now. */
        public static Trace of(LuaState state) {
            return new Trace(state.place(), state.stack());
        }
    }

    /** Where it was raised; for the state in which it was, which is still as it was then. */
    public Trace trace(LuaState state) {
        Trace inner = from;
        if (inner == null) {
            return new Trace(state.place(), state.stack());
        }
        List<String> stack = new ArrayList<>(inner.stack());
        stack.addAll(state.stack());
        return new Trace(inner.place(), stack);
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case LuaString s -> s.toText();
            case Double d -> Numbers.toText(d);
            case LuaDecimal d -> d.toString();
            case null -> "nil";
            // no metamethod is called here: nobody would catch what it raises
            case Object other -> "(error object is a " + Lua.typeName(other) + " value)";
        };
    }

    /** What {@code pcall} gives to the script; for the state in which the error was raised. */
    public @Nullable Object value(LuaState state) {
        return placed ? value : LuaString.of(state.where(0, false) + getMessage());
    }

    /**
     * The message as one text, as it is written: with its place if it has one. For an error object,
     * its {@code __tostring} gives the text, under the meter like all that runs. If it has none,
     * the fields {@code message} and {@code code} do.
     */
    public String text(LuaState state) {
        return switch (value) {
            case LuaString text -> state.written(text).toText();
            case LuaTable object -> textOf(object, state);
            case null, default ->
                    placed ? String.valueOf(getMessage()) : state.where(0, false) + getMessage();
        };
    }

    private String textOf(LuaTable object, LuaState state) {
        if (state.metamethod(object, Metatables.TOSTRING) != null) {
            @Nullable Object[] told =
                    state.protect(
                            () -> Lua.values(state.toText(object)),
                            error -> Lua.values((Object) null));
            if (told[0] instanceof LuaString text) {
                return state.written(text).toText();
            }
        }
        LuaString message = Numbers.textFrom(object.get(MESSAGE));
        LuaString code = Numbers.textFrom(object.get(CODE));
        if (message != null) {
            return state.written(message)
                    + (code == null ? "" : " (code " + state.written(code) + ")");
        }
        return code == null
                ? String.valueOf(getMessage())
                : "(error object is a table with code " + state.written(code) + ")";
    }
}
