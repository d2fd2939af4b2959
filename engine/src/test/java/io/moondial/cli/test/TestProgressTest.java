package io.moondial.cli.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.test.TestSession.TestProgress;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestProgressTest {
    private static final String CLEAR = "\r\u001B[K";

    @TempDir Path folder;

    private final StringWriter err = new StringWriter();

    /** What is written while tests come out like this. */
    private String written(boolean shown, Status... statuses) throws Exception {
        Path file = Files.writeString(folder.resolve("a.dialog"), "test \"a\"\ndial *1#\nabort\n");
        DialogTest test = DialogFile.read(file).tests().getFirst();
        try (var progress = new TestProgress(new PrintWriter(err), statuses.length, shown)) {
            for (Status status : statuses) {
                progress.ended(
                        new TestResult(
                                test, status, List.of(), List.of(), List.of(), Set.of(), null));
            }
        }
        return err.toString();
    }

    @Test
    void each_test_that_ends_is_counted_on_one_line_which_is_gone_at_the_end() throws Exception {
        assertThat(written(true, Status.PASSED, Status.SKIPPED))
                .isEqualTo(CLEAR + "1 of 2 tests" + CLEAR + "2 of 2 tests" + CLEAR);
    }

    @Test
    void those_that_failed_or_broke_are_told_from_the_first_on() throws Exception {
        assertThat(written(true, Status.PASSED, Status.FAILED, Status.BROKEN))
                .isEqualTo(
                        CLEAR
                                + "1 of 3 tests"
                                + CLEAR
                                + "2 of 3 tests, 1 failed"
                                + CLEAR
                                + "3 of 3 tests, 2 failed"
                                + CLEAR);
    }

    @Test
    void where_nobody_watches_nothing_is_written() throws Exception {
        assertThat(written(false, Status.PASSED, Status.FAILED)).isEmpty();
    }
}
