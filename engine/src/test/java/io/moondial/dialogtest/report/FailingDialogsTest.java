package io.moondial.dialogtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.Golden;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.Suite.DialogFiles;
import io.moondial.dialogtest.run.TestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of tests that fail on purpose. */
class FailingDialogsTest {
    private static final Path FAILING = Golden.file("failing");

    @TempDir Path folder;
    Configuration configuration;
    List<DialogTest> tests;

    @BeforeEach
    void read() throws Exception {
        configuration = Configuration.read(FAILING.resolve("rules.yaml"));
        tests = DialogFiles.tests(DialogFiles.find(List.of(FAILING)));
    }

    private List<TestResult> run(List<DialogTest> some, int stages) throws Exception {
        return new Suite(configuration, some, new Suite.Options(stages, false)).run(it -> {});
    }

    private static String shown(List<TestResult> results) {
        return Summary.of(results, Paint.PLAIN).replace(FAILING + "/", "");
    }

    @Test
    void every_failing_check_is_told_with_what_was_expected_and_what_came() throws Exception {
        Golden.assertEqual("failing.txt", shown(run(tests, 2)));
    }

    @Test
    void the_results_are_the_same_in_parallel_and_in_any_order() throws Exception {
        List<DialogTest> alone = tests.stream().filter(it -> !it.sameDialog()).toList();
        String expected = shown(run(alone, 1));

        for (int i = 0; i < 3; i++) {
            assertThat(shown(run(alone, 4))).isEqualTo(expected);
        }
        assertThat(shown(run(alone.reversed(), 2).reversed())).isEqualTo(expected);
    }

    @Test
    void the_junit_report_has_a_case_for_every_test() throws Exception {
        Path file = folder.resolve("report.xml");

        JunitReport.write(file, run(tests, 2));

        Golden.assertEqual("failing.xml", Files.readString(file).replace(FAILING + "/", ""));
    }

    @Test
    void the_first_failure_is_the_last_told_of_where_that_is_wanted() throws Exception {
        for (int stages = 1; stages < 4; stages++) {
            List<TestResult> results =
                    new Suite(configuration, tests, new Suite.Options(stages, true)).run(it -> {});

            assertThat(results)
                    .extracting(it -> it.test().name())
                    .containsExactly(
                            "a variable is kept from a screen",
                            "a late answer changes nothing",
                            "given globals",
                            "the time passes for the clock too",
                            "steps that others have named, with option 1",
                            "parts of several lines",
                            "an open dialog that goes on",
                            "a part of a line of the log",
                            "a dialog has the same INSTANCE_ID in every run",
                            "two handsets");
        }
    }

    @Test
    void colour_changes_nothing_but_the_colour() throws Exception {
        List<TestResult> results = run(tests, 2);

        String coloured = Summary.of(results, Paint.COLOUR);

        assertThat(coloured).contains("\u001B[31mFAIL");
        assertThat(coloured.replaceAll("\u001B\\[[0-9]*m", ""))
                .isEqualTo(Summary.of(results, Paint.PLAIN));
    }
}
