package io.moondial.cli.test;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.cli.ExitCode;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.report.FailureText;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.report.JunitReport;
import io.moondial.dialogtest.report.Summary;
import io.moondial.dialogtest.report.Update;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.Suite.DialogFiles;
import io.moondial.dialogtest.run.Suite.Filter;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One run of tests, from the files to the report. */
final class TestSession {
    /** What one change of a screen brings to light may want another; not for ever. */
    private static final int MAX_UPDATES = 20;

    private final RulesOption rules;
    private final List<Path> paths;
    private final Options options;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * What is wanted of it.
     *
     * @param filter null: all
     * @param junit null: no such file
     * @param progress whether somebody watches
     */
    record Options(
            @Nullable String filter,
            boolean failFast,
            boolean update,
            @Nullable Path junit,
            boolean json,
            Paint paint,
            boolean progress) {}

    TestSession(
            RulesOption rules,
            List<Path> paths,
            Options options,
            PrintWriter out,
            PrintWriter err) {
        this.rules = rules;
        this.paths = paths;
        this.options = options;
        this.out = out;
        this.err = err;
    }

    /** Runs them once; the result is the exit code. */
    int once()
            throws ConfigurationException,
                    DialogFileException,
                    InterruptedException,
                    IOException,
                    NotStartedException {
        Configuration configuration = rules.readForTests();
        List<TestResult> results = run(configuration, tests(configuration));
        if (results.isEmpty()) {
            err.println("ussd: no test found: " + whyNone(configuration));
            return ExitCode.BAD_INPUT;
        }
        if (options.update()) {
            results = updated(configuration, results);
        }
        report(results);
        if (options.junit() != null) {
            JunitReport.write(options.junit(), results);
        }
        return exitCode(results);
    }

    static int exitCode(List<TestResult> results) {
        return results.stream().allMatch(it -> it.status().isGood())
                ? ExitCode.GOOD
                : ExitCode.FAILED;
    }

    Configuration configuration() throws ConfigurationException {
        return rules.readForTests();
    }

    /** What tests and scripts may lie in. */
    List<Path> places(Configuration configuration) {
        return paths.isEmpty() ? configuration.scriptFolders() : paths;
    }

    /** The tests that are meant. */
    List<DialogTest> tests(Configuration configuration) throws DialogFileException {
        List<DialogTest> tests = DialogFiles.tests(DialogFiles.find(places(configuration)));
        return options.filter() == null ? tests : new Filter(options.filter()).of(tests);
    }

    private String whyNone(Configuration configuration) throws DialogFileException {
        String where =
                places(configuration).stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(" and "));
        List<DialogFile> files = DialogFiles.find(places(configuration));
        int tests = DialogFiles.tests(files).size();
        if (tests > 0) {
            return "%s in %s, and --filter '%s' leaves none of them"
                    .formatted(
                            tests == 1 ? "one test is" : tests + " tests are",
                            where,
                            options.filter());
        }
        return files.isEmpty()
                ? "there is no file *%s in %s".formatted(DialogFiles.SUFFIX, where)
                : "there is no test in %s"
                        .formatted(
                                files.stream()
                                        .map(DialogFile::name)
                                        .collect(Collectors.joining(", ")));
    }

    /** Those of some files. */
    static List<DialogTest> only(List<DialogTest> tests, Predicate<DialogTest> wanted) {
        return tests.stream().filter(wanted).toList();
    }

    List<TestResult> run(Configuration configuration, List<DialogTest> tests)
            throws DialogFileException, InterruptedException, NotStartedException {
        Suite suite =
                new Suite(
                        configuration,
                        tests,
                        new Suite.Options(
                                Runtime.getRuntime().availableProcessors(), options.failFast()));
        try (TestProgress progress = new TestProgress(err, tests.size(), options.progress())) {
            return suite.run(progress::ended);
        } catch (IllegalStateException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<TestResult> updated(Configuration configuration, List<TestResult> first)
            throws DialogFileException, InterruptedException, IOException, NotStartedException {
        List<TestResult> results = first;
        int screens = 0;
        Update.Outcome outcome = Update.write(results);
        for (int i = 0; outcome.screens() > 0 && i < MAX_UPDATES; i++) {
            screens += outcome.screens();
            results = run(configuration, tests(configuration));
            outcome = Update.write(results);
        }
        outcome.notes().forEach(note -> err.println("ussd: " + note));
        err.printf("ussd: %d %s updated%n", screens, screens == 1 ? "screen" : "screens");
        return results;
    }

    void report(List<TestResult> results) {
        if (options.json()) {
            TestJson.print(results, out);
        } else {
            out.print(Summary.of(results, options.paint()));
        }
        out.flush();
    }

    /** Results as JSON, an object a line for every test. */
    private static final class TestJson {
        private final JsonMapper json = new JsonMapper();

        private TestJson() {}

        static void print(List<TestResult> results, PrintWriter out) {
            TestJson printer = new TestJson();
            results.forEach(result -> out.println(printer.line(result)));
        }

        private String line(TestResult result) {
            ObjectNode object = json.createObjectNode();
            object.put("file", result.test().file().name());
            object.put("line", result.test().at().first());
            object.put("name", result.test().name());
            object.put("status", result.status().name().toLowerCase(Locale.ROOT));
            if (!result.test().tags().isEmpty()) {
                ArrayNode tags = object.putArray("tags");
                result.test().tags().forEach(tags::add);
            }
            if (result.reason() != null) {
                object.put("reason", result.reason());
            }
            if (!result.status().isGood()) {
                ArrayNode failures = object.putArray("failures");
                result.failures().forEach(failure -> add(failures, failure));
                object.put("text", FailureText.of(result, Paint.PLAIN));
            }
            return json.writeValueAsString(object);
        }

        private static void add(ArrayNode failures, Failure failure) {
            ObjectNode object = failures.addObject();
            object.put("line", failure.at().first());
            object.put("message", failure.message());
            if (!failure.place().isEmpty()) {
                object.put("script", failure.place());
            }
            if (!failure.causes().isEmpty()) {
                ArrayNode causes = object.putArray("causes");
                failure.causes().forEach(causes::add);
            }
            switch (failure.detail()) {
                case Failure.Detail.Texts(String expected, String actual) -> {
                    object.put("expected", expected);
                    object.put("actual", actual);
                }
                case Failure.Detail.Regex(String expected, String actual) -> {
                    object.put("expected_regex", expected);
                    object.put("actual", actual);
                }
                case Failure.Detail.Part(String expected, String actual) -> {
                    object.put("expected_part", expected);
                    object.put("actual", actual);
                }
                case Failure.Detail.Remarks(List<String> lines) -> {
                    if (!lines.isEmpty()) {
                        ArrayNode remarks = object.putArray("remarks");
                        lines.forEach(remarks::add);
                    }
                }
            }
        }
    }

    /** How far the tests are, on one line that is overwritten, and removed at the end. */
    static final class TestProgress implements AutoCloseable {
        private static final String CLEAR_LINE = "\r\u001B[K";

        private final PrintWriter err;
        private final int all;
        private final boolean shown;
        private int ended;
        private int failed;

        /**
         * @param shown whether somebody watches; else nothing is written
         */
        TestProgress(PrintWriter err, int all, boolean shown) {
            this.err = err;
            this.all = all;
            this.shown = shown;
        }

        /** From any thread. */
        synchronized void ended(TestResult result) {
            ended++;
            if (!result.status().isGood()) {
                failed++;
            }
            if (shown) {
                err.printf("%s%d of %d tests", CLEAR_LINE, ended, all);
                if (failed > 0) {
                    err.printf(", %d failed", failed);
                }
                err.flush();
            }
        }

        @Override
        public synchronized void close() {
            if (shown) {
                err.print(CLEAR_LINE);
                err.flush();
            }
        }
    }
}
