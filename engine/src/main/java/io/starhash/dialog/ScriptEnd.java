package io.starhash.dialog;

import io.starhash.dialog.DialogEvent.Returned;
import io.starhash.text.UnsendableText;
import java.util.List;
import java.util.Objects;

/** What the end of a script does to its dialog. */
final class ScriptEnd {
    private ScriptEnd() {}

    static void returned(Step step, Returned returned) {
        switch (step.phase) {
            case Phase.Busy busy -> finishWith(step, returned);
            case Phase.Broken broken -> failed(step, step.setup.script() + ": " + broken.reason());
            case Phase.Ended ended -> {}
            case Phase.Gone gone -> {}
            case Phase.Waiting waiting ->
                    throw new IllegalStateException("a script returns while its call waits");
        }
    }

    private static void finishWith(Step step, Returned returned) {
        if (step.setup.isNotify()) {
            acknowledge(step);
            return;
        }
        try {
            ScriptCalls.sendFinalText(
                    step,
                    Objects.requireNonNullElse(returned.text(), step.setup.errorMessage()),
                    returned.mask());
        } catch (UnsendableText e) {
            failed(
                    step,
                    step.setup.script() + ": the returned text cannot be sent: " + e.getMessage());
        }
    }

    private static void acknowledge(Step step) {
        int invokeId = step.setup.opening().invokeId();
        step.send(
                new Message.End(
                        List.of(
                                new Component.Result(
                                        invokeId, Operation.UNSTRUCTURED_SS_NOTIFY, null))));
        step.record("USSD-NOTIFY-R");
        step.finish(new Phase.Ended("return"), new Outcome.Acknowledged());
    }

    /** USSD-SHUTDOWN in any case; TC-U-ABORT where the far side still waits. */
    static void failed(Step step, String exception) {
        switch (step.phase) {
            case Phase.Busy busy -> abort(step, exception);
            case Phase.Waiting waiting -> abort(step, exception);
            case Phase.Broken(String reason, boolean linkUp) -> {
                if (linkUp) {
                    abort(step, exception);
                } else {
                    shutdown(step, exception);
                    step.finish(new Phase.Gone(), new Outcome.Failed(exception));
                }
            }
            case Phase.Ended ended -> shutdown(step, exception);
            case Phase.Gone gone -> shutdown(step, exception);
        }
    }

    private static void abort(Step step, String exception) {
        step.send(new Message.Abort(exception));
        if (step.phase instanceof Phase.Waiting) {
            step.stopTimer();
        }
        shutdown(step, exception);
        step.record("USSD-ABORT", "DIRECTION", "out");
        step.finish(new Phase.Ended("a failure"), new Outcome.Failed(exception));
    }

    private static void shutdown(Step step, String exception) {
        step.record("USSD-SHUTDOWN", "EXCEPTION", exception);
    }
}
