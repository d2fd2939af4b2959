package io.moondial.cli;

import io.moondial.Build;
import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.bench.Plan.BenchException;
import io.moondial.cli.BenchCommand.BenchSideCommand;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.demo.DemoCommand;
import io.moondial.cli.dial.DialCommand;
import io.moondial.cli.dial.HandsetCommand;
import io.moondial.cli.editor.EditorCommand;
import io.moondial.cli.migration.ImportCommand;
import io.moondial.cli.push.PushCommand;
import io.moondial.cli.test.TestCommand;
import io.moondial.config.Measure;
import io.moondial.config.Nearest;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem.ProblemPrinter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code ussd}. */
@Command(
        name = "ussd",
        mixinStandardHelpOptions = true,
        versionProvider = Ussd.Version.class,
        description = "Moondial, a scriptable USSD service logic engine.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {
            "",
            "Exit codes: 0 success; 1 a test, a check or a validation failed, or the dialog of a dial was aborted, refused or never answered; 2 bad usage, bad rules, a script that does not compile, a .dialog file that cannot be read, no test found; 3 could not start.",
            "",
            "Try: ussd dial '*100#' 1"
        },
        subcommands = {
            ServeCommand.class,
            DialCommand.class,
            DemoCommand.class,
            NewCommand.class,
            EditorCommand.class,
            TestCommand.class,
            HandsetCommand.class,
            StatusCommand.class,
            TraceCommand.class,
            ReloadCommand.class,
            DialogsCommand.class,
            PushCommand.class,
            CheckCommand.class,
            ImportCommand.class,
            EdrCommand.class,
            BenchCommand.class,
            UserCommand.class,
            ManCommand.class,
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

    public static CommandLine commandLine() {
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

    /** What {@code --version} says: our version, and the Java that it runs on. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "moondial " + Build.version(), "Java " + Runtime.version() + ", licence AGPL-3.0"
            };
        }
    }

    /** What a verb that fails says, and its exit code. */
    private static final class Failures implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed)
                throws Exception {
            return switch (failure) {
                case ConfigurationException configuration -> {
                    line.getErr().print(ProblemPrinter.print(configuration.problems()));
                    line.getErr().flush();
                    yield ExitCode.BAD_INPUT;
                }
                case DialogFileException tests -> {
                    line.getErr().print(ProblemPrinter.print(tests.problems()));
                    line.getErr().flush();
                    yield ExitCode.BAD_INPUT;
                }
                case NotStartedException notStarted -> {
                    line.getErr().println("ussd: could not start: " + notStarted.getMessage());
                    yield ExitCode.NOT_STARTED;
                }
                case BenchException bench -> {
                    line.getErr().println("ussd: " + bench.getMessage());
                    yield ExitCode.BAD_INPUT;
                }
                case NotRunningException notRunning -> {
                    line.getErr().println("ussd: " + notRunning.getMessage());
                    yield ExitCode.NOT_STARTED;
                }
                case RefusedException refused -> {
                    line.getErr().println("ussd: the engine refuses: " + refused.getMessage());
                    yield ExitCode.FAILED;
                }
                case IOException file -> {
                    line.getErr().println("ussd: " + FileTrouble.tell(file));
                    yield ExitCode.FAILED;
                }
                case UncheckedIOException file -> {
                    line.getErr().println("ussd: " + FileTrouble.tell(file));
                    yield ExitCode.FAILED;
                }
                default -> throw failure;
            };
        }
    }

    /**
     * The answer to a wrong command line: what is wrong, and where help is. The whole help would
     * push the reason off the screen.
     */
    private static final class Usage implements IParameterExceptionHandler {
        /** picocli's words for a value's type, which are Java's, and ours. */
        private static final Map<String, String> PLAINER = new LinkedHashMap<>();

        static {
            PLAINER.put("is not an int", "is not a whole number");
            PLAINER.put("is not a long", "is not a whole number");
            PLAINER.put("is not a double", "is not a number");
        }

        @Override
        public int handleParseException(ParameterException e, String[] arguments) {
            CommandSpec command = e.getCommandLine().getCommandSpec();
            PrintWriter err = e.getCommandLine().getErr();
            err.println("ussd: " + message(e) + suggestion(e, command));
            err.println(
                    command.subcommands().isEmpty()
                            ? "ussd: %s --help lists the options"
                                    .formatted(command.qualifiedName(" "))
                            : "ussd: verbs are %s; %s --help explains them"
                                    .formatted(
                                            String.join(", ", verbs(command)),
                                            command.qualifiedName(" ")));
            err.flush();
            return ExitCode.BAD_INPUT;
        }

        private static String message(ParameterException e) {
            if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
                String first = unmatched.getUnmatched().getFirst();
                return e.getCommandLine().getSubcommands().isEmpty()
                        ? "'" + first + "' is one argument too many"
                        : "'" + first + "' is not a verb";
            }
            String message = String.valueOf(e.getMessage());
            for (var words : PLAINER.entrySet()) {
                message = message.replace(words.getKey(), words.getValue());
            }
            return message;
        }

        private static List<String> verbs(CommandSpec command) {
            List<String> verbs = new ArrayList<>();
            command.subcommands()
                    .forEach(
                            (name, line) -> {
                                if (!line.getCommandSpec().usageMessage().hidden()) {
                                    verbs.add(name);
                                }
                            });
            return verbs;
        }

        /** The option or verb that was meant, if one is similar. */
        private static String suggestion(ParameterException e, CommandSpec command) {
            if (!(e instanceof UnmatchedArgumentException unmatched)) {
                return "";
            }
            String first = unmatched.getUnmatched().getFirst();
            List<String> known = new ArrayList<>(command.optionsMap().keySet());
            known.addAll(verbs(command));
            return Nearest.suggestion(first.split("=", 2)[0], known);
        }
    }

    /** Reads a duration as the rules file writes it, such as {@code 30s}. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return Measure.DURATION
                    .parse(value)
                    .filter(millis -> millis > 0)
                    .map(Duration::ofMillis)
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'"
                                                    + value
                                                    + "' is not a duration such as 30s, 10m or 1h"));
        }
    }
}
