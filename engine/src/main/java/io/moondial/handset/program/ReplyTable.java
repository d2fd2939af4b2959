package io.moondial.handset.program;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.NativeFunction;
import org.jspecify.annotations.Nullable;

/** A {@link Reply} as the callback gets it: a table indexed from 0, that prints as the tuple. */
final class ReplyTable {
    private static final LuaTable METATABLE = metatable();

    private ReplyTable() {}

    static LuaTable of(Reply reply, LuaState state) {
        LuaTable table = state.newTable();
        table.set(0, Lua.number(reply.status()));
        table.set(1, state.newString(reply.text()));
        table.set(2, Lua.number(reply.dcs()));
        table.set(3, Lua.number(reply.error()));
        table.setMetatable(METATABLE);
        return table;
    }

    private static LuaTable metatable() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__tostring", new NativeFunction("__tostring", ReplyTable::print));
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of a reply");
    }

    /** The callback may have put other values in; they are printed as Lua does. */
    private static @Nullable Object[] print(Arguments a) {
        LuaTable table = a.table(1);
        StringBuilder tuple = new StringBuilder("(");
        for (int i = 0; i <= 3; i++) {
            tuple.append(i > 0 ? ", " : "").append(item(a, table.get(i)));
        }
        return Lua.values(a.state().newString(tuple.append(')').toString()));
    }

    private static String item(Arguments a, @Nullable Object value) {
        return value instanceof LuaString text
                ? Reply.quoted(text.toText())
                : a.state().toText(value).toText();
    }
}
