package io.moondial.script.api;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of a function that operators call.
 *
 * @param name as documented and as named in messages
 * @param type what may be given
 * @param optional whether nil, or nothing, may be given
 * @param meaning one phrase, for the reference page
 */
public record ApiParameter(String name, Type type, boolean optional, String meaning) {
    /** What a parameter may be. */
    public enum Type {
        /** A string, or a number as text. */
        STRING("string"),
        /** A number, or a string that reads as one. */
        NUMBER("number"),
        /** A string, and no number. */
        TEXT("string"),
        /** A number, and no string. */
        DOUBLE("number"),
        TABLE("table"),
        FUNCTION("function"),
        ANY("any value");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        /** As messages and the reference page name it. */
        public String label() {
            return label;
        }

        private boolean accepts(@Nullable Object value) {
            return switch (this) {
                case STRING -> Numbers.textFrom(value) != null;
                case NUMBER -> Numbers.from(value) != null;
                case TEXT -> value instanceof LuaString;
                case DOUBLE -> value instanceof Double;
                case TABLE -> value instanceof LuaTable;
                case FUNCTION -> value instanceof LuaFunction;
                case ANY -> true;
            };
        }
    }

    /** A parameter that must be given. */
    public static ApiParameter required(String name, Type type, String meaning) {
        return new ApiParameter(name, type, false, meaning);
    }

    /** A parameter that may be left out. */
    public static ApiParameter optional(String name, Type type, String meaning) {
        return new ApiParameter(name, type, true, meaning);
    }

    /** Refuses what was given at a position where it is not of the type. */
    void check(Arguments arguments, int position, String function) {
        if (optional && arguments.isNil(position)) {
            return;
        }
        if (position > arguments.count() || !type.accepts(arguments.get(position))) {
            throw new LuaError(
                    String.format(
                            "%s: %s expected (%s), got %s",
                            function, name, type.label(), arguments.given(position)));
        }
    }
}
