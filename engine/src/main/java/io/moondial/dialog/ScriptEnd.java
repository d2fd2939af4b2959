package io.moondial.dialog;

import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.text.UnsendableText;
import io.moondial.text.UssdString;
import java.util.List;

/** What the end of a script does to its dialog. */
final class ScriptEnd {
    private static final int SYSTEM_FAILURE = 34;

    private ScriptEnd() {}

    static void returned(Step step, Returned returned) {
        switch (step.phase) {
            case Phase.Busy busy -> finishWith(step, returned);
            case Phase.Broken(String reason, boolean linkUp, boolean scriptsFault) ->
                    failed(step, step.setup.script() + ": " + reason, scriptsFault);
            case Phase.Ended(String primitive) -> {
                if (returned.text() != null) {
                    step.warn(
                            "returned a text after ussd.%s had ended the dialog: the text is dropped"
                                    .formatted(primitive));
                }
            }
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
        String text = returned.text();
        if (text == null) {
            step.warn(
                    "returned %s, which is no text: error_message is sent"
                            .formatted(returned.what()));
            respondWithErrorMessage(step);
            return;
        }
        try {
            ScriptCalls.sendFinalText(step, text, returned.mask());
        } catch (UnsendableText e) {
            failed(
                    step,
                    step.setup.script() + ": the returned text cannot be sent: " + e.getMessage(),
                    true);
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

    /** The far side is told in the way that its operation has. */
    static void switchedOff(Step step) {
        switch (step.phase) {
            case Phase.Busy busy -> {
                if (step.setup.isNotify()) {
                    ScriptCalls.decline(step, SYSTEM_FAILURE);
                } else {
                    respondWithErrorMessage(step);
                }
            }
            case Phase.Broken(String reason, boolean linkUp, boolean scriptsFault) ->
                    failed(step, step.setup.script() + ": " + reason, scriptsFault);
            case Phase.Gone gone -> {}
            case Phase.Ended ended -> throw new IllegalStateException("nothing ran that ends it");
            case Phase.Waiting waiting -> throw new IllegalStateException("nothing ran that waits");
        }
    }

    private static void respondWithErrorMessage(Step step) {
        sendErrorMessage(step);
        step.record("USSD-PROCESS-R", "TEXT", step.setup.errorMessage());
        step.finish(new Phase.Ended("respond"), new Outcome.Responded());
    }

    /** Under the service's coding, whatever the script chose: for that the text was checked. */
    private static void sendErrorMessage(Step step) {
        try {
            ScriptCalls.sendFinal(
                    step, UssdString.encode(step.setup.errorMessage(), step.setup.dcs()), null);
        } catch (UnsendableText e) {
            throw new IllegalStateException("error_message is checked when rules are read", e);
        }
    }

    /** USSD-SHUTDOWN in any case; an end for the far side where that still waits. */
    static void failed(Step step, String exception, boolean scriptsFault) {
        switch (step.phase) {
            case Phase.Busy busy -> end(step, exception, scriptsFault);
            case Phase.Waiting waiting -> {
                step.stopTimer();
                end(step, exception, scriptsFault);
            }
            case Phase.Broken(String reason, boolean linkUp, boolean blamed) -> {
                if (linkUp) {
                    end(step, exception, blamed);
                } else {
                    shutdown(step, exception);
                    step.finish(new Phase.Gone(), new Outcome.Failed(exception));
                }
            }
            case Phase.Ended ended -> shutdown(step, exception);
            case Phase.Gone gone -> shutdown(step, exception);
        }
    }

    private static void end(Step step, String exception, boolean scriptsFault) {
        if (scriptsFault && step.setup.onError() == OnError.MESSAGE && !step.setup.isNotify()) {
            sendErrorMessage(step);
            shutdown(step, exception);
            step.record("USSD-PROCESS-R", "TEXT", step.setup.errorMessage());
        } else {
            step.send(new Message.Abort(exception));
            shutdown(step, exception);
            step.record("USSD-ABORT", "DIRECTION", "out");
        }
        step.finish(new Phase.Ended("a failure"), new Outcome.Failed(exception));
    }

    private static void shutdown(Step step, String exception) {
        step.record("USSD-SHUTDOWN", "EXCEPTION", exception);
    }
}
