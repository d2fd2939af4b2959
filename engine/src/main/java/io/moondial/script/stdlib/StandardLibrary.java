package io.moondial.script.stdlib;

import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaTable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** The standard library as one allow-list: what is not named here, no script can reach. */
public final class StandardLibrary {
    private final LuaTable string = StringLibrary.create();
    private final LuaTable table = TableLibrary.create();
    private final LuaTable math = MathLibrary.create();
    private final LuaTable bit32 = Bit32Library.create();
    private final LuaTable os = OsLibrary.create();
    private final LuaTable coroutine = CoroutineLibrary.create();
    private final LuaTable debug = DebugLibrary.create();
    private final Compiler compiler;

    /**
     * Makes the library; all scripts of a host may share one.
     *
     * @param compiler what {@code load} compiles by
     */
    public StandardLibrary(Compiler compiler) {
        this.compiler = compiler;
    }

    /** Adds all of it to a table of globals. */
    public void addTo(LuaTable globals) {
        BaseLibrary.addTo(globals, new BaseLibrary.LoadFunction(compiler));
        globals.set("string", string);
        globals.set("table", table);
        globals.set("math", math);
        globals.set("bit32", bit32);
        globals.set("os", os);
        globals.set("coroutine", coroutine);
        globals.set("debug", debug);
    }

    /** What {@code ("x"):upper()} goes through. */
    public LuaTable stringMetatable() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", string);
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of strings");
    }

    /** A table of functions in the making. */
    static final class Library {
        private final String name;
        private final LuaTable table;

        private Library(String name, LuaTable table) {
            this.name = name;
            this.table = table;
        }

        /**
         * Begins an empty library.
         *
         * @param name as messages name it
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

        /** A function whose usual calls have a shortcut. */
        Library function(
                String function, NativeFunction.Body body, NativeFunction.Shortcut shortcut) {
            table.set(function, new NativeFunction(function, body, shortcut));
            return this;
        }

        Library value(String field, @Nullable Object value) {
            table.set(field, value);
            return this;
        }

        /**
         * The library. A run that writes into it has a copy of its own from then on, and nobody
         * else notices.
         */
        LuaTable seal() {
            return table.sealAsLibrary(name);
        }
    }

    /** What the time functions of a script read: part of what a run is made with. */
    public interface ScriptClock {
        Instant now();

        /** The zone of dates that do not ask for UTC. */
        ZoneId zone();

        /** How long the script has been running, waits included. */
        Duration sinceStart();
    }
}
