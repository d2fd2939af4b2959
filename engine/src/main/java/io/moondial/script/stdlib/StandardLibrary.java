package io.moondial.script.stdlib;

import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.LuaTable;

/** The standard library as one allow-list: what is not named here, no script can reach. */
public final class StandardLibrary {
    private final LuaTable string = StringLibrary.create();
    private final LuaTable table = TableLibrary.create();
    private final LuaTable math = MathLibrary.create();
    private final LuaTable bit32 = Bit32Library.create();
    private final LuaTable os = OsLibrary.create();
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
        BaseLibrary.addTo(globals, new LoadFunction(compiler));
        globals.set("string", string);
        globals.set("table", table);
        globals.set("math", math);
        globals.set("bit32", bit32);
        globals.set("os", os);
    }

    /** What {@code ("x"):upper()} goes through. */
    public LuaTable stringMetatable() {
        return new Library("string metatable")
                .value("__index", string)
                .value("__metatable", false)
                .seal();
    }
}
