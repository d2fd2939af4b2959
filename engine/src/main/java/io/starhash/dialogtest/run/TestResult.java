package io.starhash.dialogtest.run;

import io.starhash.dialogtest.language.DialogTest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a test came out.
 *
 * @param failures all of them, in the order of the test; none unless it failed
 * @param conversation what was said, from the dialog's beginning
 * @param reason why it was skipped, or what kept it from being run to its end; null otherwise
 */
public record TestResult(
        DialogTest test,
        Status status,
        List<Failure> failures,
        List<Happening> conversation,
        @Nullable String reason) {
    /** The ways of coming out. */
    public enum Status {
        PASSED,
        FAILED,
        SKIPPED,
        /** It could not be run to its end. */
        BROKEN;

        /** Whether nothing is wrong. */
        public boolean isGood() {
            return this == PASSED || this == SKIPPED;
        }
    }

    public TestResult {
        failures = List.copyOf(failures);
        conversation = List.copyOf(conversation);
    }

    static TestResult ran(DialogTest test, List<Failure> failures, List<Happening> conversation) {
        Status status = failures.isEmpty() ? Status.PASSED : Status.FAILED;
        return new TestResult(test, status, failures, conversation, null);
    }

    static TestResult skipped(DialogTest test, String reason) {
        return new TestResult(test, Status.SKIPPED, List.of(), List.of(), reason);
    }

    static TestResult broken(DialogTest test, List<Happening> conversation, String why) {
        return new TestResult(test, Status.BROKEN, List.of(), conversation, why);
    }
}
