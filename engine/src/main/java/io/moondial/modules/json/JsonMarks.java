package io.moondial.modules.json;

import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaTable;

/** What Lua has no value for: JSON's null, and the knowledge that an empty table is an array. */
final class JsonMarks {
    private final LuaTable nothing = LuaTable.unmetered();
    private final LuaTable array;

    JsonMarks() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__metatable", false);
        metatable.set(
                "__tostring", new NativeFunction("json.null", a -> Lua.values(Lua.text("null"))));
        nothing.setMetatable(metatable.seal("json.null"));
        nothing.seal("json.null");
        array = LuaTable.unmetered();
        array.seal("json array");
    }

    /** What stands for null. */
    LuaTable nothing() {
        return nothing;
    }

    /** The metatable of a table that is an array. */
    LuaTable array() {
        return array;
    }
}
