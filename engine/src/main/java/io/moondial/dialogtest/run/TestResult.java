package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.Wording;
import io.moondial.handset.Screen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a test came out.
 *
 * @param failures all of them, in the order of the test; none unless it failed
 * @param unused the givens of stand-ins that have answered nothing, as its lines have them; none
 *     unless it failed
 * @param conversation what was said, from the dialog's beginning
 * @param scripts the keys of those that ran
 * @param reason why it was skipped, or what kept it from being run to its end; null otherwise
 */
public record TestResult(
        DialogTest test,
        Status status,
        List<Failure> failures,
        List<String> unused,
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
        unused = List.copyOf(unused);
        conversation = List.copyOf(conversation);
        scripts = Set.copyOf(scripts);
    }

    static TestResult ran(DialogTest test, Notes notes, List<String> unused, Set<String> scripts) {
        boolean isGood = notes.failures().isEmpty();
        return new TestResult(
                test,
                isGood ? Status.PASSED : Status.FAILED,
                notes.failures(),
                isGood ? List.of() : unused,
                notes.conversation(),
                scripts,
                null);
    }

    static TestResult skipped(DialogTest test, String reason) {
        return new TestResult(
                test, Status.SKIPPED, List.of(), List.of(), List.of(), Set.of(), reason);
    }

    static TestResult broken(DialogTest test, List<Happening> conversation, String why) {
        return new TestResult(
                test, Status.BROKEN, List.of(), List.of(), conversation, Set.of(), why);
    }

    /**
     * One thing in a test that is not as it says.
     *
     * @param at the step
     * @param message what is wrong, in a sentence
     * @param detail what was expected and what came
     * @param place {@code file:line} of the script that the screen came from; empty if that is not
     *     known, or if the failure is not about a screen
     * @param came the screen that came instead of the expected one, in a step that could be updated
     *     from it; null: it is about something else
     * @param causes what went wrong in the dialogs since the failure before, each on one line; none
     *     if nothing did
     */
    public record Failure(
            Lines at,
            String message,
            Detail detail,
            String place,
            @Nullable Screen came,
            List<String> causes) {
        public Failure {
            causes = List.copyOf(causes);
        }

        /** One of which nothing more is known yet. */
        public Failure(
                Lines at, String message, Detail detail, String place, @Nullable Screen came) {
            this(at, message, detail, place, came, List.of());
        }

        private Failure with(List<String> more) {
            return new Failure(at, message, detail, place, came, more);
        }

        /** What there is to compare. */
        public sealed interface Detail {
            /** Two texts. */
            record Texts(String expected, String actual) implements Detail {}

            /** A regular expression, and a text that it does not match. */
            record Regex(String expected, String actual) implements Detail {}

            /** A text that does not have a part in it. */
            record Part(String expected, String actual) implements Detail {}

            /** Lines to be read as they are; none if the message says all. */
            record Remarks(List<String> lines) implements Detail {
                public Remarks {
                    lines = List.copyOf(lines);
                }
            }
        }

        static Failure of(Lines at, String message, String... remarks) {
            return new Failure(at, message, new Detail.Remarks(List.of(remarks)), "", null);
        }

        static Failure of(Lines at, String message, List<String> remarks) {
            return new Failure(at, message, new Detail.Remarks(remarks), "", null);
        }
    }

    /**
     * One thing that was said in a conversation.
     *
     * @param handset whose; empty if the test has one without a name
     * @param lines in the words of a test
     * @param place {@code file:line} of the script that sent it; empty: the handset's own, or not
     *     known
     */
    public record Happening(String handset, List<String> lines, String place) {
        public Happening {
            lines = List.copyOf(lines);
        }
    }

    /**
     * Something in a dialog that its author should know of.
     *
     * @param text what it was, in one line
     * @param place {@code file:line} of the script; empty if the text says it, or if nobody knows
     * @param isFlowAnew whether it is that a flow did not repeat itself
     */
    record Trouble(String instanceId, String text, String place, boolean isFlowAnew) {
        /** Text and place. */
        String line() {
            return place.isEmpty() ? text : text + " (" + place + ")";
        }
    }

    /** What has been said in a conversation so far, and what of it failed the test. */
    static final class Notes {
        private final List<TestResult.Happening> conversation = new ArrayList<>();
        private final Map<String, String> variables = new HashMap<>();
        private final List<String> causes = new ArrayList<>();
        private List<TestResult.Failure> failures = new ArrayList<>();

        /** A new test goes on in the same conversation. */
        void nextTest() {
            failures = new ArrayList<>();
        }

        /**
         * Something has gone wrong in a dialog: the next failure may come of it.
         *
         * @param handset whose dialog
         */
        void wentWrong(String handset, Trouble trouble) {
            conversation.add(
                    new TestResult.Happening(
                            handset, List.of("# " + trouble.text()), trouble.place()));
            if (!trouble.isFlowAnew()) {
                causes.add(trouble.line());
            }
        }

        void said(TestHandset handset, String word, String text) {
            conversation.add(new TestResult.Happening(handset.name, Wording.lines(word, text), ""));
        }

        void shown(TestHandset handset, List<String> lines, String place) {
            conversation.add(new TestResult.Happening(handset.name, lines, place));
        }

        void fail(TestResult.Failure failure) {
            failures.add(failure.with(causes));
            causes.clear();
        }

        void fail(Lines at, String message, String... remarks) {
            fail(TestResult.Failure.of(at, message, remarks));
        }

        /** How many failures there are so far. */
        int count() {
            return failures.size();
        }

        /**
         * Adds one that is known only now.
         *
         * @param index how many there were when it happened
         */
        void failed(int index, TestResult.Failure failure) {
            failures.add(index, failure);
        }

        List<TestResult.Failure> failures() {
            return List.copyOf(failures);
        }

        List<TestResult.Happening> conversation() {
            return List.copyOf(conversation);
        }

        /** The values that screens have given so far. */
        Map<String, String> variables() {
            return variables;
        }
    }
}
