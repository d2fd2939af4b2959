package io.starhash.cli;

import io.starhash.Configuration;
import io.starhash.ConfigurationException;
import io.starhash.dialogtest.language.DialogFile;
import io.starhash.dialogtest.language.DialogFileException;
import io.starhash.dialogtest.language.DialogTest;
import io.starhash.dialogtest.report.Paint;
import io.starhash.dialogtest.report.Summary;
import io.starhash.dialogtest.run.DialogFiles;
import io.starhash.dialogtest.run.Suite;
import io.starhash.dialogtest.run.TestResult;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd test}. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Runs scripted dialog tests: the files *.dialog under the paths given, else in the script folders of",
            "the rules. The engine is the real one, on a clock that the tests move; no EDR file is written.",
            "The language is told in engine/docs/dialog-grammar.md."
        })
final class TestCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;

    @Option(names = "--fail-fast", description = "Stops after the first test that fails.")
    private boolean failFast;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "Files and folders of tests.")
    private List<Path> paths = List.of();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    TestCommand() {}

    @Override
    public Integer call() throws ConfigurationException, DialogFileException, InterruptedException {
        Configuration configuration = rules.read();
        List<DialogFile> files =
                DialogFiles.find(paths.isEmpty() ? configuration.scriptFolders() : paths);
        List<DialogTest> tests = DialogFiles.tests(files);
        if (tests.isEmpty()) {
            spec.commandLine().getErr().println("ussd: no test found");
            return ExitCode.BAD_INPUT;
        }
        Suite.Options options =
                new Suite.Options(Runtime.getRuntime().availableProcessors(), failFast, false);
        List<TestResult> results = new Suite(configuration, tests, options).run(result -> {});
        spec.commandLine().getOut().print(Summary.of(results, Paint.PLAIN));
        spec.commandLine().getOut().flush();
        return results.stream().allMatch(it -> it.status().isGood())
                ? ExitCode.GOOD
                : ExitCode.FAILED;
    }
}
