package io.moondial.script.lua;

/** A function of compiled Lua with the variables that it captured. */
final class LuaClosure extends LuaFunction {
    final FunctionCode code;
    final Upvalue[] upvalues;

    LuaClosure(FunctionCode code, Upvalue[] upvalues) {
        this.code = code;
        this.upvalues = upvalues;
    }
}
