package io.moondial.handset.program;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.DOUBLE;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Numbers;
import io.moondial.script.stdlib.StandardLibrary;
import io.moondial.script.stdlib.UndefinedGlobal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every program finds at its start, and all that it can reach: an allow-list. */
final class ProgramBase {
    private final LuaTable globals = LuaTable.unmetered();
    private final LuaTable globalMetatable = UndefinedGlobal.metatable();
    private final LuaTable stringMetatable;

    ProgramBase(Compiler compiler) {
        StandardLibrary library = new StandardLibrary(compiler);
        library.addTo(globals);
        for (ApiModule module : modules()) {
            globals.set(module.name(), module.table());
        }
        globals.set("print", new NativeFunction("print", ProgramBase::print));
        globals.set("require", new NativeFunction("require", this::require));
        globals.seal("_G");
        this.stringMetatable = library.stringMetatable();
    }

    /** The device's modules. */
    static List<ApiModule> modules() {
        return List.of(PhoneModule.create(), UtimeModule.create());
    }

    LuaState newState(Meter meter, RunningProgram context) {
        return new LuaState(meter, globals, globalMetatable, stringMetatable, null, context);
    }

    private @Nullable Object[] require(Arguments a) {
        if (globals.get(a.string(1)) instanceof LuaTable module) {
            return Lua.values(module);
        }
        throw new LuaError(
                "module '"
                        + a.text(1)
                        + "' not found: a handset program is one file; built in are ussd and utime");
    }

    private static @Nullable Object[] print(Arguments a) {
        LuaStringBuilder line = new LuaStringBuilder(a.meter());
        for (int i = 1; i <= a.count(); i++) {
            if (i > 1) {
                line.append('\t');
            }
            line.append(a.state().toText(a.get(i)));
        }
        a.context(RunningProgram.class).print(line.toLuaString().toText());
        return Lua.nothing();
    }

    /** The module {@code utime}. */
    private static final class UtimeModule {
        private UtimeModule() {}

        static ApiModule create() {
            return ApiModule.of("utime", "Time, as on the device.")
                    .function(
                            "sleep",
                            "Waits. Whatever the network sends during this time is given to the callback.",
                            f ->
                                    f.takes("seconds", DOUBLE, "0 or more, with fractions")
                                            .raises(
                                                    "seconds is less than 0, or no number that ends")
                                            .does("utime.sleep(0.5)", UtimeModule::sleep))
                    .build();
        }

        private static @Nullable Object[] sleep(Arguments a) {
            double seconds = a.number(1);
            if (!(seconds >= 0) || Double.isInfinite(seconds)) {
                throw new LuaError(
                        "utime.sleep: seconds is "
                                + Numbers.toText(seconds)
                                + "; 0 or more is allowed");
            }
            a.context(RunningProgram.class).sleep(seconds);
            return Lua.nothing();
        }
    }
}
