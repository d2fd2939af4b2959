package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Step.Expected;
import io.moondial.dialogtest.language.Step.Expected.Verdict;
import io.moondial.dialogtest.language.Wording;
import io.moondial.dialogtest.run.TestResult.Failure.Detail;
import io.moondial.handset.Screen;
import io.moondial.text.Alphabet;
import io.moondial.text.TextLength;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what comes from the network is what must come. */
final class Screens {
    private final TestEngine engine;
    private final TestResult.Notes notes;

    Screens(TestEngine engine, TestResult.Notes notes) {
        this.engine = engine;
        this.notes = notes;
    }

    /**
     * Something must come next.
     *
     * @param pushes how those to the handset are, for a failure; empty: there are none
     */
    void expect(TestHandset handset, Step.Expect step, String pushes) {
        TestHandset.Call call = handset.call();
        Screen came = call.next();
        if (came == null) {
            notes.fail(
                    step.at(),
                    "expected '%s', nothing comes: %s%s"
                            .formatted(step.word(), engine.situation(call), pushes));
            handset.astray = true;
            return;
        }
        String place = engine.placeOf(call, call.position());
        notes.shown(handset, Wording.of(came), place);
        checkLength(step.at(), came, place);
        compare(handset, step, came, place);
    }

    private void compare(TestHandset handset, Step.Expect step, Screen came, String place) {
        if (!came.word().equals(step.word())) {
            notes.fail(otherKind(step, came, place));
            handset.astray = true;
        } else if (came instanceof Screen.Decline(int code)
                && step.code() != null
                && step.code() != code) {
            notes.fail(
                    new TestResult.Failure(
                            step.at(),
                            "expected 'decline %d', got 'decline %d'".formatted(step.code(), code),
                            new Detail.Remarks(List.of()),
                            place,
                            came));
        } else if (came instanceof Screen.Abort(String reason) && !reason.equals("TC-U-ABORT")) {
            notes.fail(
                    step.at(), "expected 'abort', and it was the network that aborted: " + reason);
        } else if (step.text() != null) {
            text(step, step.text(), came, place);
        }
    }

    private TestResult.Failure otherKind(Step.Expect step, Screen came, String place) {
        String text = came.text();
        Expected expected = step.text();
        String message = "expected '%s', got '%s'".formatted(step.word(), came.word());
        if (text == null || expected == null) {
            return new TestResult.Failure(
                    step.at(), message, remarks(came), place, rewritten(step, came));
        }
        Detail detail =
                switch (expected.compare(text, notes.variables())) {
                    case Verdict.Good good -> {
                        message += " with the same text";
                        yield remarks(came);
                    }
                    case Verdict.Different(String wanted, boolean part) ->
                            detail(expected, wanted, text);
                    case Verdict.TooHard hard -> remarks(came);
                };
        return new TestResult.Failure(step.at(), message, detail, place, rewritten(step, came));
    }

    private static Detail remarks(Screen came) {
        return new Detail.Remarks(Wording.of(came));
    }

    private static Detail detail(Expected expected, String wanted, String actual) {
        return switch (expected) {
            case Expected.Text text -> new Detail.Texts(wanted, actual);
            case Expected.Like regex -> new Detail.Regex(wanted, actual);
            case Expected.Part part -> new Detail.Part(wanted, actual);
        };
    }

    private void text(Step.Expect step, Expected expected, Screen came, String place) {
        String actual = came.text();
        if (actual == null) {
            throw new IllegalStateException("a screen without a text: " + came);
        }
        switch (expected.compare(actual, notes.variables())) {
            case Verdict.Good(var kept) -> notes.variables().putAll(kept);
            case Verdict.Different(String wanted, boolean part) ->
                    notes.fail(
                            new TestResult.Failure(
                                    step.at(),
                                    different(step.word(), expected, part),
                                    detail(expected, wanted, actual),
                                    place,
                                    rewritten(step, came)));
            case Verdict.TooHard(String regex) ->
                    notes.fail(
                            new TestResult.Failure(
                                    step.at(),
                                    "the regular expression tries too many ways to match and was stopped: make it simpler, without a repetition within a repetition",
                                    new Detail.Regex(regex, actual),
                                    place,
                                    null));
        }
    }

    private static String different(String word, Expected expected, boolean part) {
        return expected instanceof Expected.Part
                ? "this '%s' does not contain the text".formatted(word)
                : "the text of this '%s' is different%s"
                        .formatted(
                                word,
                                part
                                        ? "; the expression matches a part of it, but it must match the whole text: .* matches any text"
                                        : "");
    }

    /** A step with variables in it is not written again: they would be lost. */
    private static @Nullable Screen rewritten(Step.Expect step, Screen came) {
        return (step.text() != null && step.text().hasVariables()) || came instanceof Screen.Reject
                ? null
                : came;
    }

    private void checkLength(Lines at, Screen screen, String place) {
        String text = screen.text();
        if (text == null) {
            return;
        }
        TextLength length = TextLength.of(text, Alphabet.GSM7);
        if (!length.fits()) {
            notes.fail(
                    new TestResult.Failure(
                            at,
                            "this text does not fit in one message: it has %d units, and %d are allowed"
                                    .formatted(length.units(), length.limit()),
                            remarks(screen),
                            place,
                            null));
        }
    }

    /** What is wrong with a handset's dialog at the end of a test. */
    void checkEnd(TestHandset handset, Lines at) {
        if (handset.astray) {
            return;
        }
        handset.goOn();
        TestHandset.Call call = handset.call;
        if (call != null) {
            checkEnd(handset, call, at);
        }
        for (handset.goOn(); handset.call != null && !handset.call.equals(call); handset.goOn()) {
            call = handset.call;
            checkEnd(handset, call, at);
        }
    }

    private void checkEnd(TestHandset handset, TestHandset.Call call, Lines at) {
        checkUntold(handset, call, at);
        Lines left = handset.leftOpen;
        if (left != null && call.isOver()) {
            notes.fail(
                    left,
                    "the dialog%s was left open, and it is over at the end of the test"
                            .formatted(named(handset)));
        } else if (left == null && !call.isOver()) {
            notes.fail(
                    at,
                    "the dialog%s is still open at the end of the test: %s"
                            .formatted(named(handset), engine.situation(call)));
        }
    }

    /** Every screen must have been mentioned. */
    void checkUntold(TestHandset handset, TestHandset.Call call, Lines at) {
        for (Screen left = call.next(); left != null; left = call.next()) {
            String place = engine.placeOf(call, call.position());
            notes.shown(handset, Wording.of(left), place);
            notes.fail(
                    new TestResult.Failure(
                            at,
                            "a screen came that the test does not mention" + named(handset),
                            remarks(left),
                            place,
                            null));
        }
    }

    private static String named(TestHandset handset) {
        return handset.name.isEmpty() ? "" : " of handset " + handset.name;
    }
}
