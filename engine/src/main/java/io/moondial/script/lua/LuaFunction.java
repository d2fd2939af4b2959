package io.moondial.script.lua;

/** A Lua function: compiled Lua, or one of ours in Java. */
public abstract sealed class LuaFunction permits LuaClosure, NativeFunction {
    LuaFunction() {}
}
