package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.report.Paint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd test}. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Runs scripted dialog tests: the files *.dialog.",
            "Without a path, the tests are those in the script folders of the rules. The engine is the real",
            "one, on a clock that the tests move; no EDR file is written.",
            "engine/docs/dialog-grammar.md describes their language."
        })
final class TestCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;

    @Mixin private CoverageOption coverage;

    @Option(
            names = "--filter",
            paramLabel = "WORDS",
            description =
                    "Runs the tests that have every one of these words in their file's name, their name or their tags; "
                            + "tag:NAME means a tag, ! before a word the tests without it.")
    private @Nullable String filter;

    @Option(names = "--fail-fast", description = "Stops after the first test that fails.")
    private boolean failFast;

    @Option(names = "--update", description = "Replaces expected screens that differ by what came.")
    private boolean update;

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            description = "Writes the results as JUnit XML too.")
    private @Nullable Path junit;

    @Option(names = "--json", description = "Prints one JSON object per line for every test.")
    private boolean json;

    @Option(
            names = "--watch",
            description =
                    "Goes on until interrupted: when a file is saved, runs the tests that depend on it.")
    private boolean watch;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description =
                    "Runs no test: takes the steps of a handset from the terminal or the standard input (dial *100#, "
                            + "answer 1, wait 30s), shows what comes, and adds the conversation to this file as a test.")
    private @Nullable Path record;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "Files and folders of tests.")
    private List<Path> paths = List.of();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    TestCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    DialogFileException,
                    InterruptedException,
                    IOException,
                    NotStartedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (record != null) {
            return record(record, out, err);
        }
        if (watch && (update || junit != null || coverage.given())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--watch goes with none of --update, --junit and --coverage");
        }
        requireFolderOf(junit);
        rules.observe(coverage.observer());
        TestRun.Options options =
                new TestRun.Options(filter, failFast, update, junit, json, paint(), Terminal.is());
        TestRun run = new TestRun(rules, paths, options, out, err);
        if (watch) {
            return new TestWatch(run, err).untilInterrupted();
        }
        int result = run.once();
        // beside a JSON object a line there is no room for a table
        boolean told = result == ExitCode.BAD_INPUT || coverage.report(json ? err : out, err);
        return told ? result : ExitCode.FAILED;
    }

    /** Before the tests are run: a report that has nowhere to go is known at once. */
    private void requireFolderOf(@Nullable Path report) {
        if (report == null) {
            return;
        }
        Path folder = report.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--junit %s: there is no folder %s; make it first".formatted(report, folder));
        }
        if (Files.isDirectory(report)) {
            throw new ParameterException(
                    spec.commandLine(), "--junit %s is a folder: name a file".formatted(report));
        }
    }

    private int record(Path file, PrintWriter out, PrintWriter err)
            throws ConfigurationException, InterruptedException, IOException {
        if (!paths.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--record runs no tests: name no PATH beside it");
        }
        Configuration configuration = rules.read();
        return new TestRecorder(configuration, file, out, err).record();
    }

    private static Paint paint() {
        String noColour = System.getenv("NO_COLOR");
        return Terminal.is() && (noColour == null || noColour.isEmpty())
                ? Paint.COLOUR
                : Paint.PLAIN;
    }
}
