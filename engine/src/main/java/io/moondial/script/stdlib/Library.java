package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.NativeFunction;
import org.jspecify.annotations.Nullable;

/** A table of functions in the making. */
final class Library {
    private final String name;
    private final LuaTable table;

    private Library(String name, LuaTable table) {
        this.name = name;
        this.table = table;
    }

    /**
     * Begins an empty library.
     *
     * @param name as the message names it when a script tries to change it
     */
    Library(String name) {
        this(name, LuaTable.unmetered());
    }

    /** Goes on with the table of globals. */
    static Library into(LuaTable globals) {
        return new Library("_G", globals);
    }

    Library function(String function, NativeFunction.Body body) {
        table.set(function, new NativeFunction(function, body));
        return this;
    }

    Library value(String field, @Nullable Object value) {
        table.set(field, value);
        return this;
    }

    /** The library, read-only from now on. */
    LuaTable seal() {
        return table.seal(name);
    }

    /** The same, where reading one of its functions that is {@link LeftOut} says so. */
    LuaTable sealWithout() {
        table.setMetatable(LeftOut.metatable(name));
        return seal();
    }
}
