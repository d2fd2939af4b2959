package io.moondial.cli.test;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.cli.ExitCode;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.cli.Terminal;
import io.moondial.coverage.Coverage;
import io.moondial.coverage.FileCoverage;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.RecordingSession;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem.ProblemPrinter;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
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
            "Without a path, the tests are those in the script folders of the rules, without the folders in them that have a rules.yaml of their own. The engine is the real one, on a clock that the tests move; no EDR file is written.",
            "engine/docs/dialog-grammar.md describes their language."
        })
public final class TestCommand implements Callable<Integer> {
    @Mixin private RulesOption rules;

    @Mixin private CoverageOption coverage;

    @Option(
            names = "--filter",
            paramLabel = "WORDS",
            description =
                    "Runs only the tests that have each of these words in their file name, their name or their tags. tag:NAME means a tag. ! before a word means the tests without it.")
    private @Nullable String filter;

    @Option(names = "--fail-fast", description = "Stops after the first test that fails.")
    private boolean failFast;

    @Option(
            names = "--update",
            description = "Replaces expected screens that differ with what came.")
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
                    "Continues until it is interrupted: when a file is saved, runs the tests that depend on it.")
    private boolean watch;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description =
                    "Runs no test. Reads the steps of a handset from the terminal or the standard input (dial *100#, answer 1, wait 30s), shows what comes, and adds the conversation to this file as a test.")
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
                    "--watch cannot be combined with --update, --junit or --coverage");
        }
        requireFolderOf(junit);
        rules.observe(coverage.observer());
        TestSession.Options options =
                new TestSession.Options(
                        filter, failFast, update, junit, json, paint(), Terminal.is());
        TestSession run = new TestSession(rules, paths, options, out, err);
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
        Configuration configuration = rules.readForTests();
        return new TestRecorder(configuration, file, out, err).record();
    }

    private static Paint paint() {
        String noColour = System.getenv("NO_COLOR");
        return Terminal.is() && (noColour == null || noColour.isEmpty())
                ? Paint.COLOUR
                : Paint.PLAIN;
    }

    /** {@code ussd test --record}: a conversation held on the terminal becomes a test. */
    private static final class TestRecorder {
        private final Configuration configuration;
        private final Path file;
        private final PrintWriter out;
        private final PrintWriter err;
        private boolean refused;

        TestRecorder(Configuration configuration, Path file, PrintWriter out, PrintWriter err) {
            this.configuration = configuration;
            this.file = file;
            this.out = out;
            this.err = err;
        }

        int record() throws IOException, InterruptedException {
            BufferedReader input =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            try (RecordingSession session = new RecordingSession(configuration)) {
                prompt();
                for (String line; (line = input.readLine()) != null; ) {
                    if (!line.isBlank()) {
                        turn(session, line.strip());
                    }
                    prompt();
                }
                if (session.isOpen()) {
                    err.println("ussd: the input has ended: the handset gives up");
                    turn(session, "abandon");
                }
                if (session.recorded().isEmpty()) {
                    err.println("ussd: no step was given, so nothing is recorded");
                    return ExitCode.BAD_INPUT;
                }
                String name = session.recorded().addTo(file);
                err.println("ussd: recorded in " + file + " as \"" + name + "\"");
            }
            return refused ? ExitCode.FAILED : ExitCode.GOOD;
        }

        private void prompt() {
            if (Terminal.is()) {
                err.print("> ");
                err.flush();
            }
        }

        private void turn(RecordingSession session, String line) throws InterruptedException {
            switch (session.turn(line)) {
                case RecordingSession.Turn.Came(List<List<String>> screens) ->
                        screens.forEach(screen -> screen.forEach(out::println));
                case RecordingSession.Turn.Refused(List<String> why) -> {
                    refused = !Terminal.is();
                    why.forEach(it -> err.println("ussd: " + it));
                }
            }
        }
    }

    /** {@code --coverage[=DIR]}: what of the scripts has run. */
    private static final class CoverageOption {
        private static final String TABLE_ALONE = "";

        @Option(
                names = "--coverage",
                paramLabel = "DIR",
                arity = "0..1",
                fallbackValue = TABLE_ALONE,
                preprocessor = OnlyAttached.class,
                description =
                        "Shows which lines and branches of each script ran. =DIR also writes DIR/lcov.info and DIR/index.html.")
        private @Nullable Path folder;

        private final Coverage coverage = new Coverage();

        /** Whether it was asked for. */
        boolean given() {
            return folder != null;
        }

        /** What has to see the scripts being compiled. */
        CompilationObserver observer() {
            return given() ? coverage : CompilationObserver.NONE;
        }

        /** Reports, if that was asked for; false if a file could not be written. */
        boolean report(PrintWriter out, PrintWriter err) {
            Path wanted = folder;
            if (wanted == null) {
                return true;
            }
            List<FileCoverage> files = coverage.files();
            out.print(Coverage.table(files));
            out.flush();
            if (wanted.toString().equals(TABLE_ALONE)) {
                return true;
            }
            try {
                Coverage.write(wanted, files);
            } catch (IOException e) {
                err.println("ussd: the coverage cannot be written: " + FileTrouble.tell(e));
                return false;
            }
            return true;
        }

        /** The word after the option is not its DIR but a PATH of tests. */
        private static final class OnlyAttached implements IParameterPreprocessor {
            @Override
            @SuppressWarnings("JdkObsolete") // picocli's interface
            public boolean preprocess(
                    Stack<String> arguments,
                    CommandSpec command,
                    ArgSpec option,
                    Map<String, Object> info) {
                if (!"=".equals(info.get("separator"))) {
                    arguments.push(TABLE_ALONE);
                }
                return false;
            }
        }
    }

    /**
     * {@code ussd test --watch}: tests that are run again whenever a file is saved that they depend
     * on.
     */
    private static final class TestWatch {
        private static final Duration INTERVAL = Duration.ofMillis(300);
        private static final int MAX_DEPTH = 32;

        private final TestSession run;
        private final PrintWriter err;

        /** How each test came out last, by its file and name. */
        private final Map<String, TestResult> last = new HashMap<>();

        private List<Path> places = List.of();

        /** The files as they were before the tests last ran. */
        private Map<Path, Saved> seen = Map.of();

        /** What says whether a file was saved. */
        private record Saved(long modified, long size) {}

        TestWatch(TestSession run, PrintWriter err) {
            this.run = run;
            this.err = err;
        }

        /** Ends only by an interrupt. */
        int untilInterrupted() throws InterruptedException, NotStartedException {
            runTouched(Set.of());
            while (!Thread.currentThread().isInterrupted()) {
                Map<Path, Saved> now = stable();
                Set<Path> touched = changed(seen, now);
                seen = now;
                runTouched(touched);
            }
            return ExitCode.GOOD;
        }

        /** Waits for a change, and until it is over: an editor may save in several strokes. */
        private Map<Path, Saved> stable() throws InterruptedException {
            Map<Path, Saved> before = seen;
            while (true) {
                Thread.sleep(INTERVAL);
                Map<Path, Saved> now = look();
                if (now.equals(before) && !now.equals(seen)) {
                    return now;
                }
                before = now;
            }
        }

        private Map<Path, Saved> look() {
            Map<Path, Saved> files = new TreeMap<>();
            for (Path place : places) {
                try (Stream<Path> all = Files.walk(place, MAX_DEPTH)) {
                    all.filter(TestWatch::isSource).forEach(file -> add(files, file));
                } catch (IOException e) {
                    unreadable(place, FileTrouble.words(e));
                } catch (UncheckedIOException e) {
                    unreadable(place, FileTrouble.words(e));
                }
            }
            return files;
        }

        private void unreadable(Path place, String why) {
            err.println("ussd: " + place + " cannot be read: " + why);
        }

        private static boolean isSource(Path file) {
            String name = file.toString();
            return name.endsWith(".lua") || name.endsWith(".dialog") || name.endsWith(".yaml");
        }

        private static void add(Map<Path, Saved> files, Path file) {
            try {
                BasicFileAttributes it = Files.readAttributes(file, BasicFileAttributes.class);
                files.put(file, new Saved(it.lastModifiedTime().toMillis(), it.size()));
            } catch (IOException e) {
                files.remove(file); // gone meanwhile: that is a change too
            }
        }

        private static Set<Path> changed(Map<Path, Saved> before, Map<Path, Saved> now) {
            Set<Path> changed = new HashSet<>();
            now.forEach(
                    (file, saved) -> {
                        if (!saved.equals(before.get(file))) {
                            changed.add(file);
                        }
                    });
            before.keySet().stream().filter(file -> !now.containsKey(file)).forEach(changed::add);
            return changed;
        }

        private List<Path> watched(Configuration configuration) {
            List<Path> watched = new ArrayList<>(run.places(configuration));
            watched.addAll(configuration.scriptFolders());
            watched.add(configuration.rules().file());
            return watched.stream().distinct().toList();
        }

        /** None touched: all are run. */
        private void runTouched(Set<Path> touched)
                throws InterruptedException, NotStartedException {
            try {
                Configuration configuration = run.configuration();
                List<Path> watched = watched(configuration);
                if (!watched.equals(places)) {
                    places = watched;
                    seen = look();
                    configuration = run.configuration(); // what is saved after this look is seen
                }
                List<DialogTest> tests =
                        TestSession.only(
                                run.tests(configuration),
                                test -> touched.isEmpty() || touches(touched, test));
                if (tests.isEmpty()) {
                    err.println("ussd: no test depends on what was saved");
                    return;
                }
                List<TestResult> results = run.run(configuration, tests);
                results.forEach(result -> last.put(key(result.test()), result));
                run.report(results);
            } catch (ConfigurationException e) {
                err.print(ProblemPrinter.print(e.problems()));
            } catch (DialogFileException e) {
                err.print(ProblemPrinter.print(e.problems()));
            }
            err.println("ussd: waiting for a file to be saved; an interrupt ends it");
        }

        private static String key(DialogTest test) {
            return test.file().name() + '\n' + test.name();
        }

        /**
         * A test depends on its file, on the scripts that it ran and on the rules; modules of
         * scripts and what failed or was never run may depend on anything.
         */
        private boolean touches(Set<Path> touched, DialogTest test) {
            TestResult before = last.get(key(test));
            return before == null
                    || before.status() == TestResult.Status.FAILED
                    || before.status() == TestResult.Status.BROKEN
                    || touched.stream().anyMatch(file -> touches(file, test, before));
        }

        private boolean touches(Path file, DialogTest test, TestResult before) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".dialog")) {
                return file.equals(test.file().path());
            }
            if (!name.endsWith(".lua")) {
                return true;
            }
            String key = name.substring(0, name.length() - ".lua".length());
            boolean anybodysScript =
                    last.values().stream().anyMatch(result -> result.scripts().contains(key));
            return !anybodysScript || before.scripts().contains(key);
        }
    }
}
