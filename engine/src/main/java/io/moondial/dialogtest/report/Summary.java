package io.moondial.dialogtest.report;

import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import io.moondial.dialogtest.run.TestResult.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All results, for people to read. */
public final class Summary {
    private final List<TestResult> results;
    private final Paint paint;
    private final StringBuilder out = new StringBuilder();

    private Summary(List<TestResult> results, Paint paint) {
        this.results = results;
        this.paint = paint;
    }

    /** A line for each file, what failed and what was skipped below it, and the counts. */
    public static String of(List<TestResult> results, Paint paint) {
        return new Summary(results, paint).text();
    }

    private String text() {
        Map<String, List<TestResult>> files = new LinkedHashMap<>();
        for (TestResult result : results) {
            files.computeIfAbsent(result.test().file().name(), it -> new ArrayList<>()).add(result);
        }
        files.forEach(this::file);
        out.append(counts(results)).append('\n');
        return out.toString();
    }

    private void file(String name, List<TestResult> tests) {
        boolean good = tests.stream().allMatch(it -> it.status().isGood());
        out.append(good ? paint.good("ok  ") : paint.bad("FAIL"))
                .append(' ')
                .append(name)
                .append(": ")
                .append(counts(tests))
                .append('\n');
        for (TestResult test : tests) {
            if (test.status() == Status.SKIPPED) {
                out.append(paint.note("  skipped"))
                        .append(": ")
                        .append(test.test().name())
                        .append(": ")
                        .append(test.reason())
                        .append('\n');
            }
        }
        if (!good) {
            failures(tests);
            out.append('\n');
        }
    }

    /**
     * If many fail at the same step of the block before them in the same way, it is reported once.
     */
    private void failures(List<TestResult> tests) {
        Map<Object, List<TestResult>> alike = new LinkedHashMap<>();
        for (TestResult test : tests) {
            if (!test.status().isGood()) {
                Object cause = inBefore(test).<Object>map(it -> it).orElse(test);
                alike.computeIfAbsent(cause, it -> new ArrayList<>()).add(test);
            }
        }
        alike.values()
                .forEach(
                        group -> {
                            out.append('\n').append(FailureText.of(group.getFirst(), paint));
                            alsoFailed(group.subList(1, group.size()));
                        });
    }

    /** What failed first, if that is in the block before the test. */
    private static Optional<Failure> inBefore(TestResult test) {
        return test.failures().stream()
                .findFirst()
                .filter(it -> it.at().ownLine() < test.test().at().first())
                .map(
                        it ->
                                new Failure(
                                        it.at(),
                                        it.message(),
                                        it.detail(),
                                        it.place(),
                                        null,
                                        it.causes()));
    }

    private void alsoFailed(List<TestResult> others) {
        if (others.isEmpty()) {
            return;
        }
        out.append('\n')
                .append("  the same in the 'before' of ")
                .append(others.size() == 1 ? "one more test" : others.size() + " more tests")
                .append(":\n");
        for (TestResult test : others) {
            out.append("    ")
                    .append(paint.bad("FAIL " + test.test().place()))
                    .append(": ")
                    .append(test.test().name())
                    .append('\n');
        }
    }

    private static String counts(List<TestResult> tests) {
        long passed = count(tests, Status.PASSED);
        long failed = count(tests, Status.FAILED) + count(tests, Status.BROKEN);
        long skipped = count(tests, Status.SKIPPED);
        StringBuilder counts = new StringBuilder();
        counts.append(tests.size()).append(tests.size() == 1 ? " test" : " tests");
        counts.append(", ").append(passed).append(" passed");
        if (failed > 0) {
            counts.append(", ").append(failed).append(" failed");
        }
        if (skipped > 0) {
            counts.append(", ").append(skipped).append(" skipped");
        }
        return counts.toString();
    }

    private static long count(List<TestResult> tests, Status status) {
        return tests.stream().filter(it -> it.status() == status).count();
    }
}
