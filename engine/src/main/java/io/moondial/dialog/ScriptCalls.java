package io.moondial.dialog;

import io.moondial.dialog.DialogEvent.Abort;
import io.moondial.dialog.DialogEvent.Close;
import io.moondial.dialog.DialogEvent.Decline;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Notify;
import io.moondial.dialog.DialogEvent.Respond;
import io.moondial.dialog.DialogEvent.Screen;
import io.moondial.dialog.DialogEvent.ScriptCall;
import io.moondial.text.Dcs;
import io.moondial.text.UnsendableText;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The primitives: what a script's calls do to its dialog. */
final class ScriptCalls {
    private ScriptCalls() {}

    static void on(Step step, ScriptCall call) {
        switch (step.phase) {
            case Phase.Busy busy -> perform(step, call);
            case Phase.Gone gone -> step.reply(new PrimitiveResult.Abandon());
            case Phase.Broken broken -> step.kill(broken.reason());
            case Phase.Ended ended ->
                    step.refuse(
                            "ussd.%s: the dialog has already been ended by ussd.%s"
                                    .formatted(call.primitive(), ended.primitive()));
            case Phase.Waiting waiting ->
                    throw new IllegalStateException("a script calls while its call waits: " + call);
        }
    }

    private static void perform(Step step, ScriptCall call) {
        if (step.setup.isNotify() && (call instanceof Screen || call instanceof Respond)) {
            step.refuse(
                    "ussd.%s: not in the script of an inbound notify, which may return, or call ussd.decline, ussd.close or ussd.abort"
                            .formatted(call.primitive()));
            return;
        }
        switch (call) {
            case Menu menu -> screen(step, menu, Operation.UNSTRUCTURED_SS_REQUEST);
            case Notify notify -> screen(step, notify, Operation.UNSTRUCTURED_SS_NOTIFY);
            case Respond respond -> respond(step, respond);
            case Decline decline -> decline(step, decline.code());
            case Close close -> close(step);
            case Abort abort -> abort(step);
        }
    }

    private static void screen(Step step, Screen screen, int operation) {
        if (step.late.full()) {
            step.refuse(
                    "ussd.%s: %d screens of this dialog were never answered, and no invoke id is left"
                            .formatted(screen.primitive(), LateScreens.MAX));
            return;
        }
        Integer wanted = screen.options().dcs();
        if (wanted != null && (wanted < 0 || wanted > 255)) {
            step.refuse(
                    "ussd.%s: dcs is %d; 0 to 255 is allowed"
                            .formatted(screen.primitive(), wanted));
            return;
        }
        Dcs dcs = wanted == null ? step.dcs : new Dcs(wanted);
        UssdString ussd;
        try {
            ussd = UssdString.encode(screen.text(), dcs);
        } catch (UnsendableText e) {
            step.refuse("ussd." + screen.primitive() + ": " + e.getMessage());
            return;
        }
        step.dcs = dcs;
        Phase.Sent sent =
                new Phase.Sent(step.late.nextInvokeId(), operation, screen.options().secret());
        step.phase = new Phase.Waiting(sent);
        if (sent.secret()) {
            step.keepSecret(sent.invokeId());
        }
        String mask = screen.options().mask();
        step.send(
                new Message.Continue(
                        List.of(new Component.Invoke(sent.invokeId(), operation, ussd))),
                mask);
        step.record(
                sent.event(),
                "DIRECTION",
                "out",
                "TEXT",
                Objects.requireNonNullElse(mask, screen.text()));
        Duration timeout = screen.options().timeout();
        step.startTimer(
                sent.invokeId(), Objects.requireNonNullElse(timeout, step.setup.menuTimeout()));
    }

    private static void respond(Step step, Respond call) {
        try {
            sendFinalText(step, call.text(), call.mask());
            step.reply(new PrimitiveResult.Done());
        } catch (UnsendableText e) {
            step.refuse("ussd.respond: " + e.getMessage());
        }
    }

    /**
     * The final result of the ProcessUnstructuredSS-Request, in TC-END.
     *
     * @param mask what records and traces show in the place of the text; null: the text
     */
    static void sendFinalText(Step step, String text, @Nullable String mask) throws UnsendableText {
        sendFinal(step, UssdString.encode(text, step.dcs), mask);
        step.record("USSD-PROCESS-R", "TEXT", Objects.requireNonNullElse(mask, text));
        step.finish(new Phase.Ended("respond"), new Outcome.Responded());
    }

    /** Sends that result and no more. */
    static void sendFinal(Step step, UssdString ussd, @Nullable String mask) {
        int invokeId = step.setup.opening().invokeId();
        step.send(
                new Message.End(
                        List.of(
                                new Component.Result(
                                        invokeId,
                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                        ussd))),
                mask);
    }

    static void decline(Step step, int code) {
        if (code < 1 || code > 255) {
            step.refuse("ussd.decline: the error code is " + code + "; 1 to 255 is allowed");
            return;
        }
        step.send(
                new Message.End(
                        List.of(
                                new Component.ErrorReturned(
                                        step.setup.opening().invokeId(), code))));
        step.record(step.setup.isNotify() ? "USSD-NOTIFY-E" : "USSD-PROCESS-E", "ERROR_CODE", code);
        step.finish(new Phase.Ended("decline"), new Outcome.Declined(code));
        step.reply(new PrimitiveResult.Done());
    }

    private static void close(Step step) {
        step.send(new Message.End(List.of()));
        step.record("USSD-END", "DIRECTION", "out");
        step.finish(new Phase.Ended("close"), new Outcome.Closed());
        step.reply(new PrimitiveResult.Done());
    }

    private static void abort(Step step) {
        step.send(new Message.Abort("by the script"));
        step.record("USSD-ABORT", "DIRECTION", "out");
        step.finish(new Phase.Ended("abort"), new Outcome.Aborted());
        step.reply(new PrimitiveResult.Done());
    }
}
