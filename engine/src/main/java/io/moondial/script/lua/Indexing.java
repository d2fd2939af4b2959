package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** Reading and writing a field through metamethods (Lua 5.2 manual 2.4, "index" and "newindex"). */
final class Indexing {
    private static final int MAX_CHAIN = 100;

    private Indexing() {}

    /** What a field of a name that is written in the code gives. */
    static @Nullable Object get(LuaState state, @Nullable Object holder, LuaString name) {
        if (holder instanceof LuaTable shared) {
            LuaTable table = state.own(shared);
            @Nullable Object value = table.get(name);
            if (value != null || table.metatable() == null) {
                return value;
            }
        } else if (holder instanceof LuaString) {
            LuaTable methods = state.stringMethods();
            @Nullable Object method = methods == null ? null : state.own(methods).get(name);
            if (method != null) {
                return method;
            }
        }
        return getByMetamethod(state, holder, name);
    }

    static @Nullable Object get(LuaState state, @Nullable Object holder, @Nullable Object key) {
        if (holder instanceof LuaTable shared) {
            LuaTable table = state.own(shared);
            @Nullable Object value = table.get(key);
            if (value != null || table.metatable() == null) {
                return value;
            }
        }
        return getByMetamethod(state, holder, key);
    }

    private static @Nullable Object getByMetamethod(
            LuaState state, @Nullable Object first, @Nullable Object key) {
        @Nullable Object holder = first;
        for (int i = 0; i < MAX_CHAIN; i++) {
            @Nullable Object method;
            if (holder instanceof LuaTable shared) {
                LuaTable table = state.own(shared);
                @Nullable Object value = table.get(key);
                LuaTable metatable = table.metatable();
                if (value != null || metatable == null) {
                    return value;
                }
                method = metatable.get(Metatables.INDEX);
                if (method == null || (i > 0 && table == state.globals())) {
                    return null; // the globals behind another table: its fields are no globals
                }
            } else {
                method = Metatables.method(state, holder, Metatables.INDEX);
                if (method == null) {
                    throw notIndexable(state, holder, key, i == 0);
                }
            }
            if (method instanceof LuaFunction) {
                return state.callForOne(method, holder, key);
            }
            holder = method;
        }
        throw new LuaError("loop in gettable");
    }

    static void set(
            LuaState state, @Nullable Object first, @Nullable Object key, @Nullable Object value) {
        @Nullable Object holder = first;
        for (int i = 0; i < MAX_CHAIN; i++) {
            @Nullable Object method;
            if (holder instanceof LuaTable shared) {
                LuaTable table = shared.isLibrary() ? state.toChange(shared) : shared;
                if (table.metatable() == null || table.get(key) != null) {
                    table.set(key, value);
                    return;
                }
                method = Metatables.method(state, holder, Metatables.NEWINDEX);
                if (method == null) {
                    table.set(key, value);
                    return;
                }
            } else {
                method = Metatables.method(state, holder, Metatables.NEWINDEX);
                if (method == null) {
                    throw notIndexable(state, holder, key, i == 0);
                }
            }
            if (method instanceof LuaFunction) {
                state.call(method, holder, key, value);
                return;
            }
            holder = method;
        }
        throw new LuaError("loop in settable");
    }

    private static LuaError notIndexable(
            LuaState state, @Nullable Object holder, @Nullable Object key, boolean named) {
        String name = named ? Names.ofIndexed(state, holder) : Names.plain(holder);
        // if the holder has no name of its own, the field says which one is meant
        boolean unnamed = name.startsWith("a ") && key instanceof LuaString;
        return new LuaError(
                "attempt to index "
                        + name
                        + (unnamed ? " (field '" + key + "')" : "")
                        + (named ? Names.whyAbsent(state, Names.pathOfIndexed(state)) : ""));
    }
}
