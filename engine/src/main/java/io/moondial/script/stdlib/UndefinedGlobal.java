package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reading a global name that has no value. It is nil if the script sets it somewhere, if the name
 * is one of {@link AbsentNames}, or if it is made while the script runs: {@code _G[name]}. Any
 * other is an error, because it is most often a word misspelt.
 */
public final class UndefinedGlobal {
    private static final LuaTable ABSENT = AbsentNames.table();

    private UndefinedGlobal() {}

    /** The metatable of every script's globals. */
    public static LuaTable metatable() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", new NativeFunction("__index", UndefinedGlobal::read));
        metatable.set("__metatable", false);
        metatable.set(LuaState.ABSENT_NAMES, ABSENT);
        return metatable.seal("the metatable of _G");
    }

    private static @Nullable Object[] read(Arguments a) {
        if (!(a.get(2) instanceof LuaString key)
                || !a.state().readsNamedGlobal()
                || a.state().setsGlobal(key)
                || ABSENT.get(key) != null) {
            return Lua.values((Object) null);
        }
        String name = a.state().show(key);
        throw new LuaError(
                "undefined global '"
                        + name
                        + "'"
                        + NearName.question(a.localsInScope(), a.table(1), name, a.meter()));
    }

    /** The name in a table that a missing name was most likely meant to be. */
    public static final class NearName {
        private static final int NEAR = 2;
        private static final int LONGEST_COMPARED = 40;

        private NearName() {}

        /** "; did you mean 'x'?", or "" if no name is similar. The search is counted. */
        public static String question(LuaTable names, String name, Meter meter) {
            return question(List.of(), names, name, meter);
        }

        /**
         * The same with more names.
         *
         * @param locals names that are preferred to those of the table that are as near
         */
        static String question(List<String> locals, LuaTable names, String name, Meter meter) {
            List<String> known = new ArrayList<>(locals);
            meter.work((long) locals.size() * name.length());
            for (var e = names.next(null); e != null; e = names.next(e[0])) {
                meter.work(name.length());
                if (e[0] instanceof LuaString text) {
                    known.add(text.toText());
                }
            }
            return question(known, name);
        }

        /** The same among names that no script pays for. */
        public static String question(Iterable<String> names, String name) {
            return of(names, name).map(it -> "; did you mean '" + it + "'?").orElse("");
        }

        /** The nearest; of names that are as near, the first. */
        public static Optional<String> of(Iterable<String> names, String name) {
            return name.length() > LONGEST_COMPARED
                    ? Optional.empty()
                    : Optional.ofNullable(nearest(names, name));
        }

        private static @Nullable String nearest(Iterable<String> names, String name) {
            String nearest = null;
            int distance = Math.min(NEAR, name.length() - 1) + 1;
            for (String known : names) {
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

        /**
         * How many characters must be added, removed or changed to turn one name into the other.
         */
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
}
