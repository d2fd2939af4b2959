package io.moondial.handset.program;

import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Subscriber;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.lua.CompileFailure;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.time.Time;

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
}
