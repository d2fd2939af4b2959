package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * A function that Lua calls and Java answers. Holds no state: what it needs is in its arguments.
 */
public final class NativeFunction extends LuaFunction {
    /** What the function does. */
    @FunctionalInterface
    public interface Body {
        /**
         * Answers one call.
         *
         * @return the results, whole; not to be changed afterwards
         * @throws LuaError an error of the caller's
         */
        @Nullable Object[] call(Arguments arguments);
    }

    private final String name;
    private final Body body;

    /**
     * @param name as messages about its arguments name it
     */
    public NativeFunction(String name, Body body) {
        this.name = name;
        this.body = body;
    }

    public String name() {
        return name;
    }

    @Nullable Object[] call(LuaState state, @Nullable Object[] values, boolean calledByJava) {
        return body.call(new Arguments(state, name, values, calledByJava));
    }
}
