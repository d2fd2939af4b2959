package io.starhash.script.stdlib;

import io.starhash.script.lua.Arguments;
import io.starhash.script.lua.Lua;
import io.starhash.script.lua.LuaError;
import io.starhash.script.lua.LuaString;
import io.starhash.script.lua.LuaTable;
import io.starhash.script.lua.NativeFunction;
import org.jspecify.annotations.Nullable;

/** Reading a global name that has no value: an error, for it is most often a word misspelt. */
public final class UndefinedGlobal {
    private static final int NEAR = 2;
    private static final int LONGEST_COMPARED = 40;

    private UndefinedGlobal() {}

    /** The metatable of every script's globals. */
    public static LuaTable metatable() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", new NativeFunction("__index", UndefinedGlobal::read));
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of _G");
    }

    private static @Nullable Object[] read(Arguments a) {
        if (!(a.get(2) instanceof LuaString name)) {
            return Lua.values((Object) null);
        }
        String near = nearest(a, name.toText());
        throw new LuaError(
                "undefined global '"
                        + name.toText()
                        + "'"
                        + (near == null ? "" : "; did you mean '" + near + "'?"));
    }

    private static @Nullable String nearest(Arguments a, String name) {
        if (name.length() > LONGEST_COMPARED) {
            return null;
        }
        String nearest = null;
        int distance = Math.min(NEAR, name.length() - 1) + 1;
        LuaTable globals = a.table(1);
        for (var e = globals.next(null); e != null; e = globals.next(e[0])) {
            a.meter().work(name.length());
            String known = e[0] instanceof LuaString s ? s.toText() : "";
            if (Math.abs(known.length() - name.length()) < distance) {
                int found = distance(name, known);
                if (found < distance) {
                    distance = found;
                    nearest = known;
                }
            }
        }
        return nearest;
    }

    /** How many characters must be put in, taken out or changed to make one name of the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
