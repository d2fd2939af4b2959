package io.moondial.script;

import io.moondial.lang.Texts;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.Meter.HeavyPermit;

/** One compiled script of a release. Immutable: any number of threads may run it at once. */
public final class Script {
    private final String name;
    private final String version;
    private final FunctionCode main;
    private final ScriptCompilation.ModuleSet modules;
    private final LuaBase base;
    private final HeavyPermit permit;
    private final LuaString luaName;
    private final LuaString luaVersion;

    Script(
            String name,
            String version,
            FunctionCode main,
            ScriptCompilation.ModuleSet modules,
            LuaBase base,
            HeavyPermit permit) {
        this.name = name;
        this.version = version;
        this.main = main;
        this.modules = modules;
        this.base = base;
        this.permit = permit;
        this.luaName = LuaString.of(name);
        this.luaVersion = LuaString.of(version);
    }

    /** The key, as rules name it. */
    public String name() {
        return name;
    }

    /** The file, relative to the script folder, as faults name it. */
    public String fileName() {
        return name + ".lua";
    }

    /**
     * Names the content of the script, of all the modules that it may require, and of the texts
     * that it may use: 8 hex digits.
     */
    public String version() {
        return version;
    }

    /** Runs the script to its end on the calling thread, which should be a virtual one. */
    public ScriptOutcome run(ScriptRun run) {
        return new RunningScript(this, run, base, permit).run(main);
    }

    LuaString luaName() {
        return luaName;
    }

    LuaString luaVersion() {
        return luaVersion;
    }

    Texts texts() {
        return modules.texts();
    }

    ScriptCompilation.ModuleSet modules() {
        return modules;
    }
}
