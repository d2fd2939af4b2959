package io.moondial.dialog;

import io.moondial.dialog.Component.ErrorReturned;
import io.moondial.dialog.Component.Invoke;
import io.moondial.dialog.Component.Rejected;
import io.moondial.dialog.Component.Result;
import io.moondial.dialog.Component.Undecodable;
import io.moondial.dialog.Component.UnknownInvoke;
import io.moondial.text.Mask;
import io.moondial.text.UndecodableString;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/** What comes from the far side. */
final class Arrivals {
    private Arrivals() {}

    static void on(Step step, Message message) {
        if (step.phase instanceof Phase.Ended || step.phase instanceof Phase.Gone) {
            step.note("came after the dialog's end and is ignored: " + message);
            return;
        }
        switch (message) {
            case Message.Continue(var components) ->
                    components.forEach(c -> component(step, c, true));
            case Message.End(var components) -> {
                int before = step.written();
                components.forEach(c -> component(step, c, false));
                // One whose components told nothing is as good as empty; one that told something
                // needs no more.
                boolean told = step.written() > before || step.phase instanceof Phase.Broken;
                ended(step, told ? null : "USSD-END", "TC-END");
            }
            case Message.Abort(String reason) -> ended(step, "USSD-ABORT", reason);
        }
    }

    private static void component(Step step, Component component, boolean controlled) {
        if (step.phase instanceof Phase.Broken) {
            return;
        }
        switch (component) {
            case Result result -> result(step, result, controlled);
            case ErrorReturned error -> error(step, error, controlled);
            case Rejected rejected -> fault(step, rejection(rejected), controlled);
            case Undecodable u ->
                    fault(
                            step,
                            "Received a component of %s that cannot be decoded: %s"
                                    .formatted(Operation.name(u.operation()), u.why()),
                            controlled);
            case Invoke invoke ->
                    fault(
                            step,
                            "Received unsupported Invoke operation code %d on USSD transaction."
                                    .formatted(invoke.operation()),
                            controlled);
            case UnknownInvoke unknown ->
                    step.note(
                            "rejected a component for invoke %s, which was never sent or is answered: %s"
                                    .formatted(unknown.invokeId(), unknown.problem()));
        }
    }

    private static String rejection(Rejected rejected) {
        return "Received Reject of invoke %s on USSD transaction: %s."
                .formatted(rejected.invokeId(), rejected.problem());
    }

    private static void result(Step step, Result result, boolean controlled) {
        Phase.Sent screen = screen(step, result.invokeId());
        if (screen == null) {
            step.note("ignored a result of invoke " + result.invokeId() + ", which is not awaited");
        } else if (screen.operation() != result.operation()) {
            fault(
                    step,
                    "Received unsupported ReturnResult operation code %d on USSD transaction."
                            .formatted(result.operation()),
                    controlled);
        } else {
            accept(step, screen, result, controlled);
        }
    }

    private static void accept(Step step, Phase.Sent screen, Result result, boolean controlled) {
        String text = null;
        if (screen.isMenu()) {
            try {
                text = decode(result.ussd());
            } catch (UndecodableString e) {
                fault(
                        step,
                        "Received an answer that cannot be decoded: " + e.getMessage(),
                        controlled);
                return;
            }
        }
        String written = text == null || !screen.secret() ? text : Mask.of(text);
        boolean onTime = settle(step, screen);
        step.record(
                screen.event() + "-R",
                "CONTROLLED",
                controlled ? 1 : 0,
                "DISCARDED",
                onTime ? null : 1,
                "REASON",
                onTime && screen.isMenu() ? "Input" : null,
                "TEXT",
                written);
        if (onTime) {
            step.reply(text == null ? new PrimitiveResult.Done() : new PrimitiveResult.Input(text));
        }
    }

    /** A result without a parameter is an empty answer (3GPP TS 29.002 17.6.4: it is optional). */
    private static String decode(@Nullable UssdString ussd) throws UndecodableString {
        return ussd == null ? "" : ussd.decodeKeyed();
    }

    private static void error(Step step, ErrorReturned error, boolean controlled) {
        Phase.Sent screen = screen(step, error.invokeId());
        if (screen == null) {
            step.note("ignored an error for invoke " + error.invokeId() + ", which is not awaited");
            return;
        }
        boolean onTime = settle(step, screen);
        step.record(
                screen.event() + "-E",
                "CONTROLLED",
                controlled ? 1 : 0,
                "DISCARDED",
                onTime ? null : 1,
                "ERROR_CODE",
                error.code());
        if (onTime) {
            step.reply(new PrimitiveResult.ReturnError(error.code()));
        }
    }

    private static Phase.@Nullable Sent screen(Step step, int invokeId) {
        if (step.phase instanceof Phase.Waiting(Phase.Sent screen)
                && screen.invokeId() == invokeId) {
            return screen;
        }
        return step.late.find(invokeId);
    }

    /** Takes a screen as answered; true where that was in time. */
    private static boolean settle(Step step, Phase.Sent screen) {
        if (step.late.remove(screen.invokeId()) != null) {
            return false;
        }
        step.phase = new Phase.Busy();
        step.stopTimer();
        return true;
    }

    /** The far side has ended the dialog. */
    private static void ended(Step step, @Nullable String event, String how) {
        if (event != null) {
            step.record(event, "DIRECTION", "in");
        }
        if (step.phase instanceof Phase.Broken broken) {
            step.phase = broken.linkDown();
            return;
        }
        Phase before = step.phase;
        step.finish(new Phase.Gone(), new Outcome.Abandoned(how));
        if (before instanceof Phase.Waiting(Phase.Sent screen)) {
            step.stopTimer();
            if (screen.isMenu()) {
                step.record("USSD-REQUEST-R", "REASON", "Abandon");
            }
            step.reply(new PrimitiveResult.Abandon());
        }
    }

    /** Something came after which the script cannot go on. */
    private static void fault(Step step, String reason, boolean linkUp) {
        breakOff(step, new Phase.Broken(reason, linkUp, false));
    }

    /** The engine ends the dialog. */
    static void stop(Step step, DialogEvent.Stopped stopped) {
        breakOff(step, new Phase.Broken(stopped.reason(), true, stopped.scriptsFault()));
    }

    /** The script is stopped where it stands; the first reason counts. */
    private static void breakOff(Step step, Phase.Broken broken) {
        switch (step.phase) {
            case Phase.Busy busy -> step.phase = broken;
            case Phase.Waiting waiting -> {
                step.stopTimer();
                step.phase = broken;
                step.kill(broken.reason());
            }
            case Phase.Broken before -> step.phase = broken.linkUp() ? before : before.linkDown();
            case Phase.Ended ended -> {}
            case Phase.Gone gone -> {}
        }
    }
}
