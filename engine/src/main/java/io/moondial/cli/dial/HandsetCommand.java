package io.moondial.cli.dial;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.cli.ExitCode;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.cli.Terminal;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.program.HandsetProgram;
import io.moondial.handset.program.HandsetProgram.ProgramConsole;
import io.moondial.logic.DialogObserver;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.time.SystemTime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd handset}. */
@Command(
        name = "handset",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a Lua program on the handset, on an engine started for it or on a running one (--connect).",
            "A running engine has its own rules: then --rules is not read, and the limits are the defaults. The program has the functions of QuecPython's module ussd, and utime.sleep. Its callback gets what the network sends while it sleeps, and after its last line. It runs under the limits of the rules' \"script\" section.",
            "Exits when the EDR files are complete: with 0 if the program came to its end; 1 if it or a callback failed; 2 if it does not compile. engine/docs/handset.md is its reference."
        })
public final class HandsetCommand implements Callable<Integer> {
    /** Larger than any program for a handset. */
    private static final int MAX_OCTETS = 1 << 20;

    @Mixin private RulesOption rules;

    @Mixin private HandsetOptions options;

    @Parameters(paramLabel = "FILE.lua", description = "The program.")
    private Path file;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    HandsetCommand() {}

    @Override
    public Integer call() throws ConfigurationException, NotStartedException, InterruptedException {
        Subscriber subscriber = options.subscriber();
        HandsetProgram program = program();
        PrintWriter err = spec.commandLine().getErr();
        ProgramConsole console = new Terminal(spec.commandLine().getOut(), err);
        if (options.connects()) {
            return options.use(use(program, subscriber, ScriptLimits.DEFAULTS, console));
        }
        Configuration configuration = rules.read();
        ScriptLimits limits = configuration.rules().script().limits();
        return OwnEngine.use(
                configuration,
                DialogObserver.NOBODY,
                err,
                use(program, subscriber, limits, console));
    }

    private static OwnEngine.Use use(
            HandsetProgram program,
            Subscriber subscriber,
            ScriptLimits limits,
            ProgramConsole console) {
        return handsets -> {
            try (SystemTime time = new SystemTime()) {
                return program.run(handsets, subscriber, time, limits, console)
                        ? ExitCode.GOOD
                        : ExitCode.FAILED;
            }
        };
    }

    private HandsetProgram program() throws ConfigurationException {
        try {
            return HandsetProgram.compile(PlainFile.read(file, MAX_OCTETS), file.toString());
        } catch (CompileFailure e) {
            throw bad(e.line(), e.column(), String.valueOf(e.getMessage()));
        } catch (UnreadableFileException e) {
            throw bad(0, 0, e.reason());
        }
    }

    private ConfigurationException bad(int line, int column, String message) {
        return new ConfigurationException(List.of(new Problem(file, line, column, message)));
    }

    /** What the program prints goes to the output, what goes wrong to where errors go. */
    private record Terminal(PrintWriter out, PrintWriter err) implements ProgramConsole {
        @Override
        public void print(String line) {
            out.println(line);
        }

        @Override
        public void callbackFailed(ScriptFault fault) {
            tell("a callback failed", fault);
        }

        @Override
        public void programFailed(ScriptFault fault) {
            tell("the program failed", fault);
        }

        @Override
        public void gaveUp() {
            err.println("ussd: the program ended while a menu waited: the handset gives up");
        }

        private void tell(String what, ScriptFault fault) {
            err.println("ussd: " + what + ": " + fault.text());
            fault.luaStack().forEach(line -> err.println("    " + line));
        }
    }
}
