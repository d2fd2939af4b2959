package io.moondial.script.lua;

import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.stdlib.StandardLibrary;
import io.moondial.script.stdlib.StandardLibrary.ScriptClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Runs Lua with the standard library, for tests of what is metered. */
final class MeteredRun {
    private static final Compiler COMPILER = new Compiler();

    /** How many units the run has used up so far. */
    private static final LuaFunction.NativeFunction UNITS_USED =
            new LuaFunction.NativeFunction(
                    "units_used", a -> Lua.values((double) a.meter().unitsUsed()));

    private MeteredRun() {}

    /**
     * What a script returns, as text. It has a function {@code units_used}, which gives the units
     * that it has used up so far.
     *
     * @param more further functions, as globals of their names
     */
    static LuaString of(String lua, LuaFunction.NativeFunction... more) throws CompileFailure {
        StandardLibrary library = new StandardLibrary(COMPILER);
        LuaTable globals = LuaTable.unmetered();
        library.addTo(globals);
        globals.set(UNITS_USED.name(), UNITS_USED);
        for (LuaFunction.NativeFunction function : more) {
            globals.set(function.name(), function);
        }
        globals.seal("_G");
        LuaState state =
                new LuaState(
                        TestMeter.unlimited(),
                        globals,
                        LuaTable.unmetered().seal("meta"),
                        library.stringMetatable(),
                        null,
                        new StandingClock());
        return state.toText(
                state.callForOne(
                        state.load(
                                COMPILER.compileFile(LuaString.of(lua), "chunk.lua"),
                                state.globals())));
    }

    private static final class StandingClock implements ScriptClock {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public ZoneId zone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Duration sinceStart() {
            return Duration.ZERO;
        }
    }
}
