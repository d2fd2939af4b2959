package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * What a Lua function returns inside the interpreter: one value stands for itself, so that most
 * calls need no array; none or several come in an array, which is no Lua value.
 */
final class Results {
    private Results() {}

    /** The first of the results, nil if there is none. */
    static @Nullable Object first(@Nullable Object results) {
        if (results instanceof @Nullable Object[] values) {
            return values.length == 0 ? null : values[0];
        }
        return results;
    }

    /** All results. */
    static @Nullable Object[] all(@Nullable Object results) {
        return results instanceof @Nullable Object[] values
                ? values
                : new @Nullable Object[] {results};
    }
}
