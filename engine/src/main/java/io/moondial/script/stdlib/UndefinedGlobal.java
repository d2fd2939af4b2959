package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** Reading a global name that has no value: an error, because it is most often a word misspelt. */
public final class UndefinedGlobal {
    private UndefinedGlobal() {}

    /** The metatable of every script's globals. */
    public static LuaTable metatable() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", new NativeFunction("__index", UndefinedGlobal::read));
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of _G");
    }

    private static @Nullable Object[] read(Arguments a) {
        if (!(a.get(2) instanceof LuaString key)) {
            return Lua.values((Object) null);
        }
        String name = a.state().show(key);
        String leftOut = RemovedFunctions.message(name);
        throw new LuaError(leftOut == null ? undefined(a, name) : leftOut);
    }

    private static String undefined(Arguments a, String name) {
        return "undefined global '" + name + "'" + NearName.question(a.table(1), name, a.meter());
    }
}
