package io.moondial.handset.program;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.DOUBLE;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.FUNCTION;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TEXT;

import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Numbers;
import io.moondial.script.stdlib.StandardLibrary;
import io.moondial.script.stdlib.UndefinedGlobal;
import io.moondial.time.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled program for the handset. Immutable: it may run any number of times, on any threads.
 */
public final class HandsetProgram {
    private final FunctionCode main;
    private final ProgramBase base;

    private HandsetProgram(FunctionCode main, ProgramBase base) {
        this.main = main;
        this.base = base;
    }

    /**
     * Compiles a program.
     *
     * @param name as messages name it
     * @throws CompileFailure if it is not Lua
     */
    public static HandsetProgram compile(byte[] source, String name) throws CompileFailure {
        Compiler compiler = new Compiler();
        return new HandsetProgram(
                compiler.compileFile(LuaString.ofOctets(source), name), new ProgramBase(compiler));
    }

    /**
     * Runs the program on this thread to its end, and on until the network owes it nothing.
     *
     * @param limits what the program may use up, its waits included
     * @return whether it came to its end, and no callback failed
     */
    public boolean run(
            FarSide network,
            Subscriber subscriber,
            Time time,
            ScriptLimits limits,
            ProgramConsole console) {
        return new RunningProgram(network, subscriber, time, limits, console, base).run(main);
    }

    /** Where what a program says goes, on the program's thread. */
    public interface ProgramConsole {
        /** What the program printed: one line, or several if it printed line ends. */
        void print(String line);

        /** An error in a callback; the program goes on. */
        void callbackFailed(ScriptFault fault);

        /** An error, or a broken limit, that ended the program. */
        void programFailed(ScriptFault fault);

        /** The program came to its end while a menu waited for an answer. */
        void gaveUp();
    }

    /** What every program finds at its start, and all that it can reach: an allow-list. */
    static final class ProgramBase {
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

        /** The module {@code ussd} of the handset. */
        private static final class PhoneModule {
            private static final double SUCCESS = 0;
            private static final double FAILURE = -1;
            private static final String OUTCOME = "0 if it was done, -1 if not";

            private PhoneModule() {}

            static ApiModule create() {
                ApiModule.Builder module =
                        ApiModule.of(
                                "ussd",
                                "USSD from the handset, as QuecPython's module of that name.");
                addSession(module);
                addScheme(module);
                return module.build();
            }

            private static void addSession(ApiModule.Builder module) {
                module.function(
                                "setCallback",
                                "Names the function that is called with what the network says.",
                                f ->
                                        f.takes("fun", FUNCTION, "is given a table indexed from 0")
                                                .does(
                                                        "ussd.setCallback(function(args) print(args[1]) end)",
                                                        PhoneModule::setCallback))
                        .function(
                                "send",
                                "Dials, or answers the menu if one is open.",
                                f ->
                                        f.takes(
                                                        "reqstr",
                                                        TEXT,
                                                        "1 to " + Phone.MAX_OCTETS + " bytes")
                                                .returns(OUTCOME)
                                                .does("ussd.send(\"*101#\")", PhoneModule::send))
                        .function(
                                "getSessionState",
                                "Says whether the network waits for an answer.",
                                f ->
                                        f.returns("true or false")
                                                .does(
                                                        "ussd.getSessionState()",
                                                        a -> Lua.values(phone(a).needsAction())))
                        .function(
                                "stopSession",
                                "Ends the session that waits for an answer.",
                                f ->
                                        f.returns(OUTCOME)
                                                .does(
                                                        "ussd.stopSession()",
                                                        a -> outcome(phone(a).stop())));
            }

            private static void addScheme(ApiModule.Builder module) {
                module.function(
                                "getDcs",
                                "Returns the data coding scheme of what is sent.",
                                f ->
                                        f.returns("1 to 17, 68, 72 or 240")
                                                .does(
                                                        "ussd.getDcs()",
                                                        a -> Lua.values((double) phone(a).dcs())))
                        .function(
                                "setDcs",
                                "Sets the data coding scheme of what is sent.",
                                f ->
                                        f.takes(
                                                        "Dcs",
                                                        DOUBLE,
                                                        "0 to 17, 68, 72 or 240; 0 restores 15")
                                                .returns(OUTCOME)
                                                .does(
                                                        "ussd.setDcs(72)",
                                                        a ->
                                                                outcome(
                                                                        phone(a).setDcs(
                                                                                        a.number(
                                                                                                1)))));
            }

            private static @Nullable Object[] setCallback(Arguments a) {
                a.context(RunningProgram.class).setCallback(a.function(1));
                return Lua.nothing();
            }

            private static @Nullable Object[] send(Arguments a) {
                LuaString text = a.string(1);
                return outcome(phone(a).send(text.toText(), text.length()));
            }

            private static Phone phone(Arguments a) {
                return a.context(RunningProgram.class).phone();
            }

            private static @Nullable Object[] outcome(boolean done) {
                return Lua.values(done ? SUCCESS : FAILURE);
            }
        }
    }
}
