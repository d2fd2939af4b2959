package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogTest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a test came out.
 *
 * @param failures all of them, in the order of the test; none unless it failed
 * @param conversation what was said, from the dialog's beginning
 * @param scripts the keys of those that ran
 * @param reason why it was skipped, or what kept it from being run to its end; null otherwise
 */
public record TestResult(
        DialogTest test,
        Status status,
        List<Failure> failures,
        List<Happening> conversation,
        Set<String> scripts,
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
        scripts = Set.copyOf(scripts);
    }

    static TestResult ran(DialogTest test, Notes notes, Set<String> scripts) {
        Status status = notes.failures().isEmpty() ? Status.PASSED : Status.FAILED;
        return new TestResult(test, status, notes.failures(), notes.conversation(), scripts, null);
    }

    static TestResult skipped(DialogTest test, String reason) {
        return new TestResult(test, Status.SKIPPED, List.of(), List.of(), Set.of(), reason);
    }

    static TestResult broken(DialogTest test, List<Happening> conversation, String why) {
        return new TestResult(test, Status.BROKEN, List.of(), conversation, Set.of(), why);
    }
}
