package io.moondial.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code ussd}. */
@Command(
        name = "ussd",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Moondial, a scriptable USSD service logic engine.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {
            "",
            "Exit codes: 0 good; 1 a test, a check or a validation failed, or the dialog of a dial was aborted,",
            "refused or never answered; 2 bad usage, bad rules, a script that does not compile, a .dialog file",
            "that cannot be read, no test found; 3 could not start.",
            "",
            "Try: ussd dial '*100#' 1"
        },
        subcommands = {
            ServeCommand.class,
            DialCommand.class,
            TestCommand.class,
            HandsetCommand.class,
            StatusCommand.class,
            TraceCommand.class,
            CheckCommand.class,
            EdrCommand.class,
            BenchCommand.class,
            BenchSideCommand.class
        })
public final class Ussd implements Runnable {
    private static final int HELP_WIDTH = 110;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    Ussd() {}

    /** Runs the command with these arguments; the result is its exit code. */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Ussd());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(new Usage());
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }
}
