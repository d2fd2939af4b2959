package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** The names of metamethods, and what a value's metatable holds under one of them. */
final class Metatables {
    static final LuaString INDEX = LuaString.of("__index");
    static final LuaString NEWINDEX = LuaString.of("__newindex");
    static final LuaString CALL = LuaString.of("__call");
    static final LuaString CONCAT = LuaString.of("__concat");
    static final LuaString LEN = LuaString.of("__len");
    static final LuaString EQ = LuaString.of("__eq");
    static final LuaString LT = LuaString.of("__lt");
    static final LuaString LE = LuaString.of("__le");
    static final LuaString TOSTRING = LuaString.of("__tostring");
    static final LuaString UNM = LuaString.of("__unm");

    /** By operation, from ADD to POW. */
    private static final LuaString[] ARITHMETIC = {
        LuaString.of("__add"),
        LuaString.of("__sub"),
        LuaString.of("__mul"),
        LuaString.of("__div"),
        LuaString.of("__mod"),
        LuaString.of("__pow"),
    };

    private Metatables() {}

    static LuaString arithmetic(int operation) {
        return ARITHMETIC[operation - Opcode.ADD];
    }

    static @Nullable LuaTable of(LuaState state, @Nullable Object value) {
        if (value instanceof LuaTable table) {
            return state.own(table).metatable();
        }
        if (value instanceof LuaString) {
            return state.stringMetatable();
        }
        return value instanceof LuaDecimal ? state.decimalMetatable() : null;
    }

    static @Nullable Object method(LuaState state, @Nullable Object value, LuaString name) {
        LuaTable metatable = of(state, value);
        return metatable == null ? null : metatable.get(name);
    }
}
