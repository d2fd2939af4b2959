package io.moondial.cli.test;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.admin.Refusal;
import io.moondial.admin.ScriptsResource.FailedTest;
import io.moondial.admin.ScriptsResource.Report;
import io.moondial.admin.ScriptsResource.Test;
import io.moondial.admin.ScriptsResource.Tests;
import io.moondial.coverage.Coverage;
import io.moondial.coverage.FileCoverage;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.report.Summary;
import io.moondial.dialogtest.run.Subjects;
import io.moondial.dialogtest.run.Subjects.Subject;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.Suite.DialogFiles;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs dialog tests for the interface of a running engine, in its process. The engine comes first:
 * one run at a time, one test at a time, a rest after each, and an end after a while.
 */
public final class ServedTests implements Tests {
    /** Far more than the tests of a script take; a run that takes longer ends before its end. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** No more problems are told. */
    private static final int FEW = 5;

    private final Supplier<Rules> inForce;
    private final Duration longest;
    private final ReentrantLock running = new ReentrantLock();

    /**
     * Tests of the scripts that these rules name.
     *
     * @param inForce the rules at the moment
     */
    public ServedTests(Supplier<Rules> inForce) {
        this(inForce, LONGEST);
    }

    ServedTests(Supplier<Rules> inForce, Duration longest) {
        this.inForce = inForce;
        this.longest = longest;
    }

    @Override
    public List<Test> of(String service, String key) {
        Rules now = inForce.get();
        Rules rules;
        try {
            rules = Rules.read(now.file());
        } catch (ConfigurationException e) {
            rules = now; // broken ones are told elsewhere
        }
        return new Subjects(rules)
                .about(new Subject(service, key), readable(folder(rules, service))).stream()
                        .map(it -> new Test(it.file().name(), it.name(), it.at().first()))
                        .toList();
    }

    /** The tests of the files that can be read. */
    private static List<DialogTest> readable(Path folder) {
        List<DialogTest> tests = new ArrayList<>();
        try {
            for (DialogFile file : DialogFiles.find(List.of(folder))) {
                tests.addAll(tests(file));
            }
        } catch (DialogFileException e) {
            return tests; // who runs them learns why
        }
        return tests;
    }

    private static List<DialogTest> tests(DialogFile file) {
        try {
            return file.tests();
        } catch (DialogFileException e) {
            return List.of(); // who runs them learns why
        }
    }

    private static Path folder(Rules rules, String service) {
        var pushed = rules.inboundNotify();
        return service.equals("notify") && pushed != null
                ? pushed.scriptDir()
                : rules.process().scriptDir();
    }

    @Override
    public Report run(String service, String key) throws Refusal, InterruptedException {
        if (!running.tryLock()) {
            throw Refusal.conflict("other tests run now: one run at a time");
        }
        try {
            Coverage coverage = new Coverage();
            Configuration configuration = read(coverage);
            Path folder = folder(configuration.rules(), service);
            List<DialogTest> tests =
                    new Subjects(configuration.rules())
                            .about(new Subject(service, key), all(folder));
            long began = System.nanoTime();
            List<TestResult> results = run(configuration, tests);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            return report(tests, results, took, coverage, folder.resolve(key + ".lua"), key);
        } finally {
            running.unlock();
        }
    }

    private Configuration read(CompilationObserver observer) throws Refusal {
        try {
            return Configuration.readForTests(inForce.get().file(), observer);
        } catch (ConfigurationException e) {
            throw broken(e.problems());
        }
    }

    private static List<DialogTest> all(Path folder) throws Refusal {
        try {
            return DialogFiles.tests(DialogFiles.find(List.of(folder)));
        } catch (DialogFileException e) {
            throw broken(e.problems());
        }
    }

    private static Refusal broken(List<Problem> problems) {
        List<Problem> errors = problems.stream().filter(it -> !it.isWarning()).toList();
        String first =
                errors.stream().limit(FEW).map(Problem::toString).collect(Collectors.joining("; "));
        return Refusal.conflict(
                "no test is run, because what is on the disk has problems: "
                        + first
                        + (errors.size() > FEW
                                ? "; and %d more: ussd check".formatted(errors.size() - FEW)
                                : ""));
    }

    private List<TestResult> run(Configuration configuration, List<DialogTest> tests)
            throws Refusal, InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        try {
            return new Suite(configuration, tests, new Suite.Options(1, false, it -> rest(it, end)))
                    .run(it -> {});
        } catch (DialogFileException e) {
            throw broken(e.problems());
        }
    }

    /** As long as it has worked: so it takes half a processor at most. */
    private static boolean rest(Duration worked, long end) throws InterruptedException {
        long left = end - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, worked.toNanos()));
        }
        return System.nanoTime() < end;
    }

    private Report report(
            List<DialogTest> tests,
            List<TestResult> results,
            Duration took,
            Coverage coverage,
            Path script,
            String key) {
        List<FailedTest> failures =
                results.stream()
                        .filter(it -> !it.status().isGood())
                        .map(ServedTests::failed)
                        .toList();
        List<Integer> covered = new ArrayList<>();
        List<Integer> missed = new ArrayList<>();
        coverage.files().stream()
                .filter(it -> it.file().equals(script))
                .map(FileCoverage::lines)
                .forEach(
                        lines ->
                                lines.forEach(
                                        (line, count) -> (count > 0 ? covered : missed).add(line)));
        return new Report(
                (int)
                        results.stream()
                                .filter(it -> it.status() == TestResult.Status.PASSED)
                                .count(),
                failures.size(),
                took,
                text(tests, results, key),
                failures,
                covered,
                missed);
    }

    private String text(List<DialogTest> tests, List<TestResult> results, String key) {
        if (tests.isEmpty()) {
            return "no test dials %s\n".formatted(key);
        }
        String unplayed =
                results.size() == tests.size()
                        ? ""
                        : "%d of %d tests were not run: a run may take %d s\n"
                                .formatted(
                                        tests.size() - results.size(),
                                        tests.size(),
                                        longest.toSeconds());
        return Summary.of(results, Paint.PLAIN) + unplayed;
    }

    private static FailedTest failed(TestResult result) {
        DialogTest test = result.test();
        if (result.failures().isEmpty()) {
            return new FailedTest(
                    test.file().name(),
                    test.at().first(),
                    test.name(),
                    String.valueOf(result.reason()));
        }
        TestResult.Failure first = result.failures().getFirst();
        return new FailedTest(test.file().name(), first.at().first(), test.name(), first.message());
    }
}
