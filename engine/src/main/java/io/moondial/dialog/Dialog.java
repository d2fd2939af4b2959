package io.moondial.dialog;

import static java.util.Objects.requireNonNullElse;

import io.moondial.dialog.DialogEvent.Abort;
import io.moondial.dialog.DialogEvent.Close;
import io.moondial.dialog.DialogEvent.Decline;
import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Notify;
import io.moondial.dialog.DialogEvent.Respond;
import io.moondial.dialog.DialogEvent.Resumed;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.Screen;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.ScriptCall;
import io.moondial.dialog.DialogEvent.Stopped;
import io.moondial.dialog.DialogEvent.SwitchedOff;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.dialog.Incoming.Aborted;
import io.moondial.dialog.Incoming.Continued;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.text.Dcs;
import io.moondial.text.Mask;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A USSD dialog with one script, as a value: an event gives the next dialog and the actions that it
 * asks for. Records are made of the facts among them, in the order that {@code edr-spec/} gives.
 */
public final class Dialog {
    /**
     * How many screens may be without an answer, the one that waits among them: a channel that
     * numbers its requests in one octet, as MAP does, has no more numbers (ITU-T Q.773 4.1).
     */
    static final int MAX_UNANSWERED = 127;

    private static final int SYSTEM_FAILURE = 34;

    private final DialogSetup setup;
    private final Phase phase;

    /**
     * The screens whose time ran out and whose answer may still come, by their numbers. Replaced,
     * never changed: the states of a dialog share it, and it is nearly always empty.
     */
    private final Map<Integer, Phase.Waiting> late;

    /** How many screens the script has shown. */
    private final int screens;

    /** Of the texts that are sent, until the script chooses another. */
    private final Dcs dcs;

    /** The dialog whose flow goes on with what is sent next; null: none does. */
    private final @Nullable String resumes;

    private Dialog(
            DialogSetup setup,
            Phase phase,
            Map<Integer, Phase.Waiting> late,
            int screens,
            Dcs dcs,
            @Nullable String resumes) {
        this.setup = setup;
        this.phase = phase;
        this.late = late;
        this.screens = screens;
        this.dcs = dcs;
        this.resumes = resumes;
    }

    /** What an event comes to: the dialog afterwards, and what is to be done, in order. */
    public record Transition(Dialog next, List<DialogAction> actions) {
        public Transition {
            actions = List.copyOf(actions);
        }
    }

    /** The state of a dialog. */
    private sealed interface Phase {
        /** The script runs; nothing is awaited. */
        record Busy() implements Phase {}

        /** A primitive waits for the answer to this screen. */
        record Waiting(int screen, boolean isMenu, ScreenOptions options) implements Phase {
            DialogFact.Screen kind() {
                return isMenu ? DialogFact.Screen.MENU : DialogFact.Screen.NOTIFY;
            }
        }

        /**
         * Something came that the script cannot go on after; it is being stopped.
         *
         * @param isOpen whether the far side still holds its end
         * @param scriptsFault whether the script is to blame
         */
        record Broken(String reason, boolean isOpen, boolean scriptsFault) implements Phase {
            Broken closed() {
                return new Broken(reason, false, scriptsFault);
            }
        }

        /** We ended the dialog with this primitive. */
        record Over(String primitive) implements Phase {}

        /** The far side ended the dialog. */
        record Gone() implements Phase {}
    }

    /** A dialog that a service has claimed; its first fact says so. */
    public static Transition begin(DialogSetup setup) {
        Dialog dialog = new Dialog(setup, new Phase.Busy(), Map.of(), 0, setup.dcs(), null);
        Step step = new Step(dialog);
        step.tell(new DialogFact.Begun());
        return step.done();
    }

    /** What this event comes to. */
    public Transition on(DialogEvent event) {
        Step step = new Step(this);
        switch (event) {
            case ScriptCall call -> step.called(call);
            case Returned returned -> step.returned(returned);
            case SwitchedOff off -> step.switchedOff();
            case Failed failed -> step.failed(failed.exception(), failed.scriptsFault());
            case Incoming incoming -> step.arrived(incoming);
            case Resumed(String before) -> step.resumes = before;
            case TimerFired fired -> step.timerFired(fired.screen());
            case Stopped(String reason, boolean scriptsFault) ->
                    step.breakOff(new Phase.Broken(reason, true, scriptsFault));
        }
        return step.done();
    }

    /** Whether the far side still holds its end: what is sent now would reach it. */
    public boolean isOpen() {
        return switch (phase) {
            case Phase.Busy b -> true;
            case Phase.Waiting w -> true;
            case Phase.Broken broken -> broken.isOpen();
            case Phase.Over o -> false;
            case Phase.Gone g -> false;
        };
    }

    /** One transition in the making: the dialog's state as it changes, and the actions so far. */
    static final class Step {
        private final List<DialogAction> actions = new ArrayList<>(4);
        private final DialogSetup setup;
        private Phase phase;
        private Map<Integer, Phase.Waiting> late;
        private int screens;
        private Dcs dcs;
        private @Nullable String resumes;

        /** Whether an answer has been handled. */
        private boolean answered;

        private Step(Dialog from) {
            this.setup = from.setup;
            this.phase = from.phase;
            this.late = from.late;
            this.screens = from.screens;
            this.dcs = from.dcs;
            this.resumes = from.resumes;
        }

        private Transition done() {
            return new Transition(new Dialog(setup, phase, late, screens, dcs, resumes), actions);
        }

        // ---- what the script does

        private void called(ScriptCall call) {
            switch (phase) {
                case Phase.Busy busy -> perform(call);
                case Phase.Gone gone -> reply(new PrimitiveResult.Abandon());
                case Phase.Broken broken -> kill(broken.reason());
                case Phase.Over over ->
                        refuse(
                                call,
                                "the dialog has already been ended by ussd." + over.primitive());
                case Phase.Waiting waiting ->
                        throw new IllegalStateException(
                                "a script calls while its call waits: " + call.primitive());
            }
        }

        private void perform(ScriptCall call) {
            if (setup.kind() == DialogKind.NOTIFIED
                    && (call instanceof Screen || call instanceof Respond)) {
                refuse(
                        call,
                        "not in the script of an inbound notify, which may return, or call ussd.decline, ussd.close or ussd.abort");
                return;
            }
            switch (call) {
                case Screen screen -> show(screen);
                case Respond respond -> respond(respond);
                case Decline decline -> decline(decline);
                case Close close -> close();
                case Abort abort -> abort();
            }
        }

        private Duration timeout(Screen call) {
            return switch (call) {
                case Menu menu -> setup.menuTimeout();
                case Notify notify -> setup.notifyTimeout();
            };
        }

        private void show(Screen call) {
            ScreenOptions options = call.options();
            if (late.size() >= MAX_UNANSWERED) {
                refuse(
                        call,
                        "%d screens of this dialog were never answered, and no more can be shown"
                                .formatted(MAX_UNANSWERED));
                return;
            }
            Integer wanted = options.dcs();
            if (wanted != null && (wanted < 0 || wanted > 255)) {
                refuse(call, "dcs is %d; 0 to 255 is allowed".formatted(wanted));
                return;
            }
            Dcs scheme = wanted == null ? dcs : new Dcs(wanted);
            UssdString text;
            try {
                text = UssdString.encode(call.text(), scheme);
            } catch (UnsendableText e) {
                refuse(call, e.getMessage());
                return;
            }
            dcs = scheme;
            screens++;
            Phase.Waiting screen = new Phase.Waiting(screens, call instanceof Menu, options);
            phase = screen;
            boolean hidden = options.mask() != null;
            send(
                    switch (call) {
                        case Menu menu ->
                                new Outgoing.Ask(
                                        screens, text, hidden, options.secret(), options.keys());
                        case Notify notify -> new Outgoing.Show(screens, text, hidden);
                    });
            tell(
                    new DialogFact.Shown(
                            screen.kind(), Text.of(call.text(), options.mask()), resumes));
            resumes = null;
            actions.add(
                    new DialogAction.StartTimer(
                            screens, requireNonNullElse(options.timeout(), timeout(call))));
        }

        private void respond(Respond call) {
            try {
                sendFinalText(call.text(), call.mask());
                reply(new PrimitiveResult.Done());
            } catch (UnsendableText e) {
                refuse(call, e.getMessage());
            }
        }

        private void decline(Decline call) {
            if (call.code() < 1 || call.code() > 255) {
                refuse(call, "the error code is " + call.code() + "; 1 to 255 is allowed");
                return;
            }
            decline(call.code());
            reply(new PrimitiveResult.Done());
        }

        private void close() {
            send(new Outgoing.End());
            tell(new DialogFact.Closed());
            finish(new Phase.Over("close"), new Outcome.Closed());
            reply(new PrimitiveResult.Done());
        }

        private void abort() {
            send(new Outgoing.Abort("by the script"));
            tell(new DialogFact.Aborted());
            finish(new Phase.Over("abort"), new Outcome.Aborted());
            reply(new PrimitiveResult.Done());
        }

        // ---- the end of the script

        private void returned(Returned returned) {
            switch (phase) {
                case Phase.Busy busy -> finishWith(returned);
                case Phase.Broken broken -> failed(broken);
                case Phase.Over over -> {
                    if (returned.text() != null) {
                        warn(
                                "returned a text after ussd.%s had ended the dialog: the text is dropped"
                                        .formatted(over.primitive()));
                    }
                }
                case Phase.Gone gone -> {}
                case Phase.Waiting waiting ->
                        throw new IllegalStateException("a script returns while its call waits");
            }
        }

        private void finishWith(Returned returned) {
            if (setup.kind() == DialogKind.NOTIFIED) {
                send(new Outgoing.Acknowledge());
                tell(new DialogFact.NotifyAcknowledged());
                finish(new Phase.Over("return"), new Outcome.Acknowledged());
                return;
            }
            String text = returned.text();
            if (text == null) {
                warn(
                        "returned %s, which is not a text: error_message is sent"
                                .formatted(returned.what()));
                respondWithErrorMessage();
                return;
            }
            try {
                sendFinalText(text, returned.mask());
            } catch (UnsendableText e) {
                failed(
                        setup.script() + ": the returned text cannot be sent: " + e.getMessage(),
                        true);
            }
        }

        /**
         * The script did not run: the far side is informed in the way that its kind of dialog
         * allows.
         */
        private void switchedOff() {
            switch (phase) {
                case Phase.Busy busy -> {
                    if (setup.kind() == DialogKind.NOTIFIED) {
                        decline(SYSTEM_FAILURE);
                    } else {
                        respondWithErrorMessage();
                    }
                }
                case Phase.Broken broken -> failed(broken);
                case Phase.Gone gone -> {}
                case Phase.Over over -> throw new IllegalStateException("nothing ran that ends it");
                case Phase.Waiting waiting ->
                        throw new IllegalStateException("nothing ran that waits");
            }
        }

        private void failed(Phase.Broken broken) {
            failed(setup.script() + ": " + broken.reason(), broken.scriptsFault());
        }

        /** It is always reported; the far side gets an end if it still waits. */
        private void failed(String exception, boolean scriptsFault) {
            switch (phase) {
                case Phase.Busy busy -> endFailed(exception, scriptsFault);
                case Phase.Waiting waiting -> {
                    stopTimer();
                    endFailed(exception, scriptsFault);
                }
                case Phase.Broken broken -> {
                    if (broken.isOpen()) {
                        endFailed(exception, broken.scriptsFault());
                    } else {
                        tell(new DialogFact.Failed(exception));
                        finish(new Phase.Gone(), new Outcome.Failed(exception));
                    }
                }
                case Phase.Over over -> tell(new DialogFact.Failed(exception));
                case Phase.Gone gone -> tell(new DialogFact.Failed(exception));
            }
        }

        private void endFailed(String exception, boolean scriptsFault) {
            if (scriptsFault
                    && setup.onError() == OnError.MESSAGE
                    && setup.kind() == DialogKind.DIALLED) {
                sendErrorMessage();
                tell(new DialogFact.Failed(exception));
                responded(Text.of(setup.errorMessage(), null));
            } else {
                send(new Outgoing.Abort(exception));
                tell(new DialogFact.Failed(exception));
                tell(new DialogFact.Aborted());
            }
            finish(new Phase.Over("a failure"), new Outcome.Failed(exception));
        }

        // ---- what ends a dialog, whoever wants it

        /** Nothing is sent if the text cannot be sent. */
        private void sendFinalText(String text, @Nullable String mask) throws UnsendableText {
            send(new Outgoing.Finish(UssdString.encode(text, dcs), mask != null));
            responded(Text.of(text, mask));
            finish(new Phase.Over("respond"), new Outcome.Responded());
        }

        private void responded(Text text) {
            tell(new DialogFact.Responded(text, resumes));
            resumes = null;
        }

        private void respondWithErrorMessage() {
            sendErrorMessage();
            responded(Text.of(setup.errorMessage(), null));
            finish(new Phase.Over("respond"), new Outcome.Responded());
        }

        /** Under the service's coding, whatever the script chose: for that the text was checked. */
        private void sendErrorMessage() {
            try {
                send(
                        new Outgoing.Finish(
                                UssdString.encode(setup.errorMessage(), setup.dcs()), false));
            } catch (UnsendableText e) {
                throw new IllegalStateException("error_message is checked when rules are read", e);
            }
        }

        private void decline(int code) {
            send(new Outgoing.Refuse(code));
            tell(new DialogFact.Declined(code));
            finish(new Phase.Over("decline"), new Outcome.Declined(code));
        }

        // ---- what the far side does

        private void arrived(Incoming incoming) {
            if (phase instanceof Phase.Over || phase instanceof Phase.Gone) {
                note("came after the dialog's end and is ignored: " + incoming.words());
                return;
            }
            switch (incoming) {
                case Continued(var parts) -> parts.forEach(part -> take(part, false));
                case Ended(var parts) -> {
                    parts.forEach(part -> take(part, true));
                    boolean silent = !answered && !(phase instanceof Phase.Broken);
                    gone(new DialogFact.FarSideEnded(silent), "TC-END");
                }
                case Aborted(var cause, String how) ->
                        gone(new DialogFact.FarSideAborted(how), how);
            }
        }

        private void take(Part part, boolean last) {
            if (phase instanceof Phase.Broken) {
                return;
            }
            switch (part) {
                case Part.Answered(int screen, var text) -> answered(screen, text, last);
                case Part.Acknowledged(int screen) -> settle(screen, null, last);
                case Part.Errored(int screen, int code) -> errored(screen, code, last);
                case Part.Unusable(String why) -> breakOff(new Phase.Broken(why, !last, false));
                case Part.Stray(String what) -> note(what);
            }
        }

        private void answered(int screen, @Nullable UssdString string, boolean last) {
            try {
                settle(screen, decode(string), last);
            } catch (UndecodableString e) {
                breakOff(
                        new Phase.Broken(
                                "Received an answer that cannot be decoded: " + e.getMessage(),
                                !last,
                                false));
            }
        }

        /** A result without a parameter is an empty answer (3GPP TS 29.002 17.6.4: optional). */
        private static String decode(@Nullable UssdString string) throws UndecodableString {
            return string == null ? "" : string.decodeKeyed();
        }

        /** A screen was answered with this text; null: acknowledged. */
        private void settle(int number, @Nullable String text, boolean last) {
            Phase.Waiting screen = unanswered(number);
            if (screen == null) {
                return;
            }
            boolean late = settled(screen);
            if (text == null) {
                tell(new DialogFact.Acknowledged(late, last));
            } else {
                Text answer = Text.of(text, screen.options().isSecret(text) ? Mask.of(text) : null);
                tell(new DialogFact.Answered(answer, late, last));
            }
            if (!late) {
                reply(text == null ? new PrimitiveResult.Done() : new PrimitiveResult.Input(text));
            }
        }

        private void errored(int number, int code, boolean last) {
            Phase.Waiting screen = unanswered(number);
            if (screen == null) {
                return;
            }
            boolean late = settled(screen);
            tell(new DialogFact.Errored(screen.kind(), code, late, last));
            if (!late) {
                reply(new PrimitiveResult.ReturnError(code));
            }
        }

        /** The screen of this number; null, with a note, if none waits for an answer. */
        private Phase.@Nullable Waiting unanswered(int number) {
            if (phase instanceof Phase.Waiting waiting && waiting.screen() == number) {
                return waiting;
            }
            Phase.Waiting screen = late.get(number);
            if (screen == null) {
                note("ignored an answer to screen %d, which awaits none".formatted(number));
            }
            return screen;
        }

        /** Takes a screen as answered; whether that was too late. */
        private boolean settled(Phase.Waiting screen) {
            answered = true;
            if (screen.equals(phase)) {
                phase = new Phase.Busy();
                stopTimer();
                return false;
            }
            Map<Integer, Phase.Waiting> fewer = new HashMap<>(late);
            fewer.remove(screen.screen());
            late = fewer;
            return true;
        }

        /** The far side has ended the dialog. */
        private void gone(DialogFact fact, String how) {
            tell(fact);
            if (phase instanceof Phase.Broken broken) {
                phase = broken.closed();
                return;
            }
            Phase before = phase;
            finish(new Phase.Gone(), new Outcome.Abandoned(how));
            if (before instanceof Phase.Waiting screen) {
                stopTimer();
                tell(new DialogFact.Abandoned(screen.kind()));
                reply(new PrimitiveResult.Abandon());
            }
        }

        private void timerFired(int number) {
            if (!(phase instanceof Phase.Waiting screen) || screen.screen() != number) {
                return;
            }
            Map<Integer, Phase.Waiting> more = new HashMap<>(late);
            more.put(number, screen);
            late = more;
            phase = new Phase.Busy();
            tell(new DialogFact.TimedOut(screen.kind()));
            reply(new PrimitiveResult.Timeout());
        }

        /** The script is stopped where it is; the first reason counts. */
        private void breakOff(Phase.Broken broken) {
            switch (phase) {
                case Phase.Busy busy -> phase = broken;
                case Phase.Waiting waiting -> {
                    stopTimer();
                    phase = broken;
                    kill(broken.reason());
                }
                case Phase.Broken before -> phase = broken.isOpen() ? before : before.closed();
                case Phase.Over over -> {}
                case Phase.Gone gone -> {}
            }
        }

        // ---- the actions

        private void send(Outgoing message) {
            actions.add(new DialogAction.Send(message));
        }

        private void tell(DialogFact fact) {
            actions.add(new DialogAction.Tell(fact));
        }

        private void stopTimer() {
            actions.add(new DialogAction.StopTimer());
        }

        private void reply(PrimitiveResult result) {
            actions.add(new DialogAction.Reply(result));
        }

        private void refuse(ScriptCall call, @Nullable String why) {
            actions.add(new DialogAction.Refuse("ussd." + call.primitive() + ": " + why));
        }

        private void kill(String reason) {
            actions.add(new DialogAction.Kill(reason));
        }

        private void warn(String text) {
            actions.add(new DialogAction.Warn(text));
        }

        private void note(String text) {
            tell(new DialogFact.Noted(text));
        }

        private void finish(Phase end, Outcome outcome) {
            phase = end;
            actions.add(new DialogAction.Finish(outcome));
        }
    }
}
