package io.moondial.dialog;

import static java.util.Objects.requireNonNullElse;

import io.moondial.dialog.Dialog.Transition;
import io.moondial.dialog.DialogEvent.Abort;
import io.moondial.dialog.DialogEvent.Close;
import io.moondial.dialog.DialogEvent.Decline;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Respond;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.Screen;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.ScriptCall;
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

/** One transition in the making: the dialog's state as it changes, and the actions so far. */
final class DialogStep {
    /**
     * How many screens may be without an answer, the one that waits among them: a channel that
     * numbers its requests in one octet, as MAP does, has no more numbers (ITU-T Q.773 4.1).
     */
    static final int MAX_UNANSWERED = 127;

    private static final int SYSTEM_FAILURE = 34;
    private static final String RETURN = "return";
    private static final String RESPOND = "respond";
    private static final String FAILURE = "a failure";
    private static final String TC_END = "TC-END";
    private static final String NOT_IN_TIME = "no answer in time";
    private static final String TOO_MANY_UNANSWERED =
            "%d screens of this dialog were never answered, and no more can be shown"
                    .formatted(MAX_UNANSWERED);

    private final List<DialogAction> actions = new ArrayList<>(4);
    private final DialogSetup setup;
    private DialogPhase phase;
    private Map<Integer, DialogPhase.Waiting> late;
    private int screens;
    private Dcs dcs;
    private @Nullable String resumes;
    private boolean confirmed;
    private boolean reached;
    private @Nullable String missed;

    /** Whether an answer has been handled. */
    private boolean answered;

    /** Whether that was what the script waited for. */
    private boolean answeredInTime;

    /** The error that a screen was answered with; null: none was. */
    private @Nullable String error;

    DialogStep(Dialog from) {
        this.setup = from.setup;
        this.phase = from.phase;
        this.late = from.late;
        this.screens = from.screens;
        this.dcs = from.dcs;
        this.resumes = from.resumes;
        this.confirmed = from.confirmed;
        this.reached = from.reached;
        this.missed = from.missed;
    }

    Transition done() {
        return new Transition(
                new Dialog(setup, phase, late, screens, dcs, resumes, confirmed, reached, missed),
                actions);
    }

    // ---- what the script does

    void resumes(String before) {
        resumes = before;
    }

    void called(ScriptCall call) {
        switch (phase) {
            case DialogPhase.Busy busy -> perform(call);
            case DialogPhase.Gone gone -> reply(new PrimitiveResult.Abandon());
            case DialogPhase.Broken broken -> kill(broken.reason());
            case DialogPhase.Over over ->
                    refuse(call, "the dialog has already been ended by ussd." + over.primitive());
            case DialogPhase.Parted parted -> {
                finish(
                        new DialogPhase.Gone(),
                        call instanceof Screen ? notTaken(TC_END) : new Outcome.Completed());
                reply(new PrimitiveResult.Abandon());
            }
            case DialogPhase.Waiting waiting ->
                    throw new IllegalStateException(
                            "a script calls while its call waits: " + call.primitive());
            case DialogPhase.Leaving leaving -> throw scriptIsOver();
            case DialogPhase.Left left -> throw scriptIsOver();
        }
    }

    private static IllegalStateException scriptIsOver() {
        return new IllegalStateException("the script is over already");
    }

    private void perform(ScriptCall call) {
        boolean isAllowed =
                switch (setup.kind()) {
                    case DIALLED -> true;
                    case NOTIFIED -> !(call instanceof Screen || call instanceof Respond);
                    case PUSHED -> !(call instanceof Respond || call instanceof Decline);
                };
        if (!isAllowed) {
            refuse(
                    call,
                    setup.kind() == DialogKind.PUSHED
                            ? "not in a pushed script, which may return a text as its last notify, or call ussd.menu, ussd.notify, ussd.close or ussd.abort"
                            : "not in the script of an inbound notify, which may return, or call ussd.decline, ussd.close or ussd.abort");
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

    private void show(Screen call) {
        ScreenOptions options = call.options();
        if (late.size() >= MAX_UNANSWERED) {
            refuse(call, TOO_MANY_UNANSWERED);
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
        DialogPhase.Waiting screen = nextScreen(call instanceof Menu, options);
        phase = screen;
        sendScreen(screen, text);
        shown(screen, Text.of(call.text(), options.mask()));
    }

    private DialogPhase.Waiting nextScreen(boolean isMenu, ScreenOptions options) {
        screens++;
        return new DialogPhase.Waiting(screens, isMenu, options);
    }

    private void sendScreen(DialogPhase.Waiting screen, UssdString text) {
        ScreenOptions options = screen.options();
        int number = screen.screen();
        boolean hidden = options.mask() != null;
        Outgoing.Screen message =
                screen.isMenu()
                        ? new Outgoing.Ask(number, text, hidden, options.secret(), options.keys())
                        : new Outgoing.Show(number, text, hidden);
        send(confirmed ? message : new Outgoing.Begin(message, timeout(screen)));
    }

    /** What begins the dialog has no timer here: below it is known when nobody answers. */
    private void shown(DialogPhase.Waiting screen, Text text) {
        tell(new DialogFact.Shown(screen.kind(), text, resumes));
        resumes = null;
        if (confirmed) {
            startTimer(screen);
        }
    }

    private void startTimer(DialogPhase.Waiting screen) {
        actions.add(new DialogAction.StartTimer(screen.screen(), timeout(screen)));
    }

    private Duration timeout(DialogPhase.Waiting screen) {
        return requireNonNullElse(
                screen.options().timeout(),
                screen.isMenu() ? setup.menuTimeout() : setup.notifyTimeout());
    }

    private void respond(Respond call) {
        try {
            sendFinalText(call.text(), call.mask(), call.primitive());
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
        if (setup.kind() == DialogKind.PUSHED) {
            endPushed("close");
        } else {
            sendEnd();
            finish(new DialogPhase.Over("close"), new Outcome.Closed());
        }
        reply(new PrimitiveResult.Done());
    }

    private void abort() {
        if (isUnbegun()) {
            endPushed("abort");
        } else {
            send(new Outgoing.Abort("by the script"));
            tell(new DialogFact.Aborted());
            finish(new DialogPhase.Over("abort"), new Outcome.Aborted());
        }
        reply(new PrimitiveResult.Done());
    }

    // ---- the end of the script

    void returned(Returned returned) {
        switch (phase) {
            case DialogPhase.Busy busy -> {
                switch (setup.kind()) {
                    case DIALLED -> respondWith(returned);
                    case NOTIFIED -> acknowledge();
                    case PUSHED -> leaveWith(returned);
                }
            }
            case DialogPhase.Broken broken -> failed(broken);
            case DialogPhase.Over over -> {
                if (returned.text() != null) {
                    warn(
                            "returned a text after ussd.%s had ended the dialog: the text is dropped"
                                    .formatted(over.primitive()));
                }
            }
            case DialogPhase.Gone gone -> {}
            case DialogPhase.Parted parted ->
                    finish(
                            new DialogPhase.Gone(),
                            returned.text() == null ? new Outcome.Completed() : notTaken(TC_END));
            case DialogPhase.Waiting waiting ->
                    throw new IllegalStateException("a script returns while its call waits");
            case DialogPhase.Leaving leaving -> throw scriptIsOver();
            case DialogPhase.Left left -> throw scriptIsOver();
        }
    }

    private void acknowledge() {
        send(new Outgoing.Acknowledge());
        tell(new DialogFact.NotifyAcknowledged());
        finish(new DialogPhase.Over(RETURN), new Outcome.Acknowledged());
    }

    private void respondWith(Returned returned) {
        String text = returned.text();
        if (text == null) {
            warn(
                    "returned %s, which is not a text: error_message is sent"
                            .formatted(returned.what()));
            respondWithErrorMessage();
            return;
        }
        try {
            sendFinalText(text, returned.mask(), RESPOND);
        } catch (UnsendableText e) {
            cannotSend(e.getMessage());
        }
    }

    private void cannotSend(@Nullable String why) {
        failed(setup.script() + ": the returned text cannot be sent: " + why, true);
    }

    /**
     * The script did not run: the far side is informed in the way that its kind of dialog allows.
     */
    void switchedOff() {
        switch (phase) {
            case DialogPhase.Busy busy -> {
                switch (setup.kind()) {
                    case DIALLED -> respondWithErrorMessage();
                    case NOTIFIED -> decline(SYSTEM_FAILURE);
                    case PUSHED -> throw new IllegalStateException("a push waits until it is on");
                }
            }
            case DialogPhase.Broken broken -> failed(broken);
            case DialogPhase.Gone gone -> {}
            case DialogPhase.Over over -> throw nothingRan();
            case DialogPhase.Waiting waiting -> throw nothingRan();
            case DialogPhase.Leaving leaving -> throw nothingRan();
            case DialogPhase.Left left -> throw nothingRan();
            case DialogPhase.Parted parted -> throw nothingRan();
        }
    }

    private static IllegalStateException nothingRan() {
        return new IllegalStateException("nothing ran that sends or ends anything");
    }

    private void failed(DialogPhase.Broken broken) {
        failed(words(broken), broken.scriptsFault());
    }

    private String words(DialogPhase.Broken broken) {
        return setup.script() + ": " + broken.reason();
    }

    /** It is always reported; the far side gets an end if it still waits. */
    void failed(String exception, boolean scriptsFault) {
        switch (phase) {
            case DialogPhase.Busy busy -> endFailed(exception, scriptsFault);
            case DialogPhase.Waiting waiting -> {
                stopTimer();
                endFailed(exception, scriptsFault);
            }
            case DialogPhase.Broken broken -> {
                if (broken.isOpen()) {
                    endFailed(exception, broken.scriptsFault());
                } else {
                    goneFailed(exception);
                }
            }
            case DialogPhase.Leaving(var last, String before) -> {
                stopTimer();
                abortFailed(exception, before);
            }
            case DialogPhase.Left left -> abortFailed(exception, null);
            case DialogPhase.Parted parted -> goneFailed(exception);
            case DialogPhase.Over over -> tell(new DialogFact.Failed(exception));
            case DialogPhase.Gone gone -> tell(new DialogFact.Failed(exception));
        }
    }

    private void endFailed(String exception, boolean scriptsFault) {
        if (isUnbegun()) {
            tell(new DialogFact.Failed(exception));
            finish(new DialogPhase.Over(FAILURE), new Outcome.Failed(exception));
        } else if (!scriptsFault || setup.onError() != OnError.MESSAGE || !canShowError()) {
            abortFailed(exception, null);
        } else if (setup.kind() == DialogKind.PUSHED) {
            showLast(errorMessage(), Text.of(setup.errorMessage(), null), exception);
        } else {
            sendErrorMessage();
            tell(new DialogFact.Failed(exception));
            responded(Text.of(setup.errorMessage(), null));
            finish(new DialogPhase.Over(FAILURE), new Outcome.Failed(exception));
        }
    }

    private boolean canShowError() {
        return switch (setup.kind()) {
            case DIALLED -> true;
            case NOTIFIED -> false;
            case PUSHED -> confirmed && late.size() < MAX_UNANSWERED;
        };
    }

    /** {@code before}: a failure that was told already, and is the one that counts; or null. */
    private void abortFailed(String exception, @Nullable String before) {
        send(new Outgoing.Abort(exception));
        tellFailed(exception, before);
        tell(new DialogFact.Aborted());
        finish(
                new DialogPhase.Over(FAILURE),
                new Outcome.Failed(requireNonNullElse(before, exception)));
    }

    private void goneFailed(String exception) {
        tell(new DialogFact.Failed(exception));
        finish(new DialogPhase.Gone(), new Outcome.Failed(exception));
    }

    private void tellFailed(String exception, @Nullable String before) {
        if (before == null) {
            tell(new DialogFact.Failed(exception));
        }
    }

    // ---- how a dialog that we have begun ends

    /** What a pushed script returns is shown as a notify, and then the dialog ends. */
    private void leaveWith(Returned returned) {
        String text = returned.text();
        if (text == null) {
            if (!returned.isNothing()) {
                warn(
                        "returned %s, which is not a text: nothing more is shown"
                                .formatted(returned.what()));
            }
            endPushed(RETURN);
            return;
        }
        if (late.size() >= MAX_UNANSWERED) {
            cannotSend(TOO_MANY_UNANSWERED);
            return;
        }
        try {
            showLast(UssdString.encode(text, dcs), Text.of(text, returned.mask()), null);
        } catch (UnsendableText e) {
            cannotSend(e.getMessage());
        }
    }

    /** {@code failure}: how the script failed; null: it has not. */
    private void showLast(UssdString text, Text written, @Nullable String failure) {
        DialogPhase.Waiting last =
                nextScreen(
                        false,
                        ScreenOptions.NONE.writtenAs(written.secret() ? written.written() : null));
        phase = new DialogPhase.Leaving(last, failure);
        sendScreen(last, text);
        if (failure != null) {
            tell(new DialogFact.Failed(failure));
        }
        shown(last, written);
    }

    /** Nothing is awaited; what was never begun needs no end. */
    private void endPushed(String primitive) {
        if (!isUnbegun()) {
            sendEnd();
        }
        finish(
                new DialogPhase.Over(primitive),
                missed == null ? new Outcome.Completed() : notTaken(missed));
    }

    /** The last text is settled. If something has ended the dialog meanwhile, it has said so. */
    void leave() {
        if (phase instanceof DialogPhase.Left(Outcome outcome)) {
            sendEnd();
            finish(new DialogPhase.Over(RETURN), outcome);
        }
    }

    private void thenLeave() {
        if (phase instanceof DialogPhase.Left) {
            actions.add(new DialogAction.Then(new DialogEvent.Left()));
        }
    }

    private void sendEnd() {
        send(new Outgoing.End());
        tell(new DialogFact.Closed());
    }

    /** Whether nothing was sent yet in a dialog that we are to begin. */
    private boolean isUnbegun() {
        return !confirmed && screens == 0;
    }

    /** How a dialog ends whose far side was to take one more thing, and did not. */
    private Outcome notTaken(String how) {
        return reached || setup.kind() != DialogKind.PUSHED
                ? new Outcome.Abandoned(how)
                : new Outcome.Unreached(how);
    }

    /** {@code missed}: why the last text was not shown; null: it was. */
    private Outcome outcome(DialogPhase.Leaving leaving, @Nullable String missed) {
        String failure = leaving.failure();
        if (failure != null) {
            return new Outcome.Failed(failure);
        }
        return missed == null ? new Outcome.Completed() : notTaken(missed);
    }

    // ---- what ends a dialog that they have begun, whoever wants it

    /** Nothing is sent if the text cannot be sent. */
    private void sendFinalText(String text, @Nullable String mask, String primitive)
            throws UnsendableText {
        send(new Outgoing.Finish(UssdString.encode(text, dcs), mask != null));
        responded(Text.of(text, mask));
        finish(new DialogPhase.Over(primitive), new Outcome.Responded());
    }

    private void responded(Text text) {
        tell(new DialogFact.Responded(text, resumes));
        resumes = null;
    }

    private void respondWithErrorMessage() {
        sendErrorMessage();
        responded(Text.of(setup.errorMessage(), null));
        finish(new DialogPhase.Over(RESPOND), new Outcome.Responded());
    }

    private void sendErrorMessage() {
        send(new Outgoing.Finish(errorMessage(), false));
    }

    /** Under the service's coding, whatever the script chose: for that the text was checked. */
    private UssdString errorMessage() {
        try {
            return UssdString.encode(setup.errorMessage(), setup.dcs());
        } catch (UnsendableText e) {
            throw new IllegalStateException("error_message is checked when rules are read", e);
        }
    }

    private void decline(int code) {
        send(new Outgoing.Refuse(code));
        tell(new DialogFact.Declined(code));
        finish(new DialogPhase.Over("decline"), new Outcome.Declined(code));
    }

    // ---- what the far side does

    void arrived(Incoming incoming) {
        if (isEnded()) {
            note("came after the dialog's end and is ignored: " + incoming.words());
            return;
        }
        if (isUnbegun() && !(incoming instanceof Aborted)) {
            note("came before anything was sent and is ignored: " + incoming.words());
            return;
        }
        switch (incoming) {
            case Incoming.Begun(int attempt, String localTid) -> {
                if (confirmed) {
                    note("came after an answer and is ignored: " + incoming.words());
                } else {
                    tell(new DialogFact.BegunTowards(attempt, localTid));
                }
            }
            case Continued(var parts) -> goesOn(parts);
            case Ended(var parts) -> {
                parts.forEach(part -> take(part, true));
                boolean silent = !answered && !(phase instanceof DialogPhase.Broken);
                gone(new DialogFact.FarSideEnded(silent), requireNonNullElse(error, TC_END));
            }
            case Aborted(var cause, String how) -> {
                if (cause != Aborted.Cause.UNANSWERED || !unanswered(how)) {
                    gone(new DialogFact.FarSideAborted(how), how);
                }
            }
        }
    }

    private boolean isEnded() {
        return switch (phase) {
            case DialogPhase.Over over -> true;
            case DialogPhase.Gone gone -> true;
            case DialogPhase.Parted parted -> true;
            case DialogPhase.Busy busy -> false;
            case DialogPhase.Waiting waiting -> false;
            case DialogPhase.Broken broken -> false;
            case DialogPhase.Leaving leaving -> false;
            case DialogPhase.Left left -> false;
        };
    }

    /**
     * With its first message the far side has an end of the dialog, whatever is in it: if the first
     * screen is not answered by it, it has its time from now on.
     */
    private void goesOn(List<Part> parts) {
        boolean first = !confirmed;
        confirmed = true;
        parts.forEach(part -> take(part, false));
        DialogPhase.Waiting screen = awaited();
        if (first && screen != null) {
            startTimer(screen);
        }
        thenLeave();
    }

    /** Nobody has answered what was to begin the dialog; whether it was about to begin. */
    private boolean unanswered(String how) {
        boolean scriptWaits = phase instanceof DialogPhase.Waiting;
        DialogPhase.Waiting screen = awaited();
        if (confirmed || screen == null) {
            return false;
        }
        tell(new DialogFact.TimedOut(screen.kind()));
        finish(new DialogPhase.Gone(), notTaken(how));
        if (scriptWaits) {
            reply(new PrimitiveResult.Timeout());
        }
        return true;
    }

    /** The screen whose answer is waited for, be it by the script or after it; null: none. */
    private DialogPhase.@Nullable Waiting awaited() {
        return switch (phase) {
            case DialogPhase.Waiting waiting -> waiting;
            case DialogPhase.Leaving leaving -> leaving.last();
            default -> null;
        };
    }

    private void take(Part part, boolean last) {
        if (phase instanceof DialogPhase.Broken || isEnded()) {
            return;
        }
        switch (part) {
            case Part.Answered(int screen, var text) -> answered(screen, text, last);
            case Part.Acknowledged(int screen) -> settle(screen, null, last);
            case Part.Errored(int screen, int code) -> errored(screen, code, last);
            case Part.Unusable(String why) -> breakOff(new DialogPhase.Broken(why, !last, false));
            case Part.Stray(String what) -> note(what);
        }
    }

    private void answered(int screen, @Nullable UssdString string, boolean last) {
        try {
            settle(screen, decode(string), last);
        } catch (UndecodableString e) {
            breakOff(
                    new DialogPhase.Broken(
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
        DialogPhase.Waiting screen = unanswered(number);
        if (screen == null) {
            return;
        }
        boolean late = settled(screen, null);
        reached = true;
        if (text == null) {
            tell(new DialogFact.Acknowledged(late, last));
        } else {
            Text answer = Text.of(text, screen.options().isSecret(text) ? Mask.of(text) : null);
            tell(new DialogFact.Answered(answer, late, last));
        }
        if (!late && phase instanceof DialogPhase.Busy) {
            answeredInTime = true;
            reply(text == null ? new PrimitiveResult.Done() : new PrimitiveResult.Input(text));
        }
    }

    private void errored(int number, int code, boolean last) {
        DialogPhase.Waiting screen = unanswered(number);
        if (screen == null) {
            return;
        }
        String words = "error " + code;
        boolean late = settled(screen, words);
        if (setup.kind() == DialogKind.PUSHED) {
            error = words;
        }
        tell(new DialogFact.Errored(screen.kind(), code, late, last));
        if (!late && phase instanceof DialogPhase.Busy) {
            reply(new PrimitiveResult.ReturnError(code));
        }
    }

    /** The screen of this number; null, with a note, if none waits for an answer. */
    private DialogPhase.@Nullable Waiting unanswered(int number) {
        DialogPhase.Waiting awaited = awaited();
        if (awaited != null && awaited.screen() == number) {
            return awaited;
        }
        DialogPhase.Waiting screen = late.get(number);
        if (screen == null) {
            note("ignored an answer to screen %d, which awaits none".formatted(number));
        }
        return screen;
    }

    /**
     * Takes a screen as answered; whether that was too late.
     *
     * @param missed why its text was not shown; null: it was
     */
    private boolean settled(DialogPhase.Waiting screen, @Nullable String missed) {
        answered = true;
        if (screen.equals(awaited())) {
            this.missed = missed;
            phase =
                    phase instanceof DialogPhase.Leaving leaving
                            ? new DialogPhase.Left(outcome(leaving, missed))
                            : new DialogPhase.Busy();
            stopTimer();
            return false;
        }
        Map<Integer, DialogPhase.Waiting> fewer = new HashMap<>(late);
        fewer.remove(screen.screen());
        late = fewer;
        return true;
    }

    /** The far side has ended the dialog. */
    private void gone(DialogFact fact, String how) {
        tell(fact);
        switch (phase) {
            case DialogPhase.Broken broken -> phase = broken.closed();
            case DialogPhase.Busy busy -> {
                if (setup.kind() == DialogKind.PUSHED && answeredInTime) {
                    phase = new DialogPhase.Parted();
                } else {
                    finish(new DialogPhase.Gone(), notTaken(how));
                }
            }
            case DialogPhase.Waiting screen -> {
                finish(new DialogPhase.Gone(), notTaken(how));
                stopTimer();
                tell(new DialogFact.Abandoned(screen.kind()));
                reply(new PrimitiveResult.Abandon());
            }
            case DialogPhase.Leaving leaving -> {
                finish(new DialogPhase.Gone(), outcome(leaving, how));
                stopTimer();
                tell(new DialogFact.Abandoned(leaving.last().kind()));
            }
            case DialogPhase.Left(Outcome outcome) -> finish(new DialogPhase.Gone(), outcome);
            case DialogPhase.Gone gone -> {} // what came in its last message has ended it
            case DialogPhase.Over over -> throw new IllegalStateException("it had ended before");
            case DialogPhase.Parted parted ->
                    throw new IllegalStateException("it had ended before");
        }
    }

    void timerFired(int number) {
        DialogPhase.Waiting screen = awaited();
        if (screen == null || screen.screen() != number || !confirmed) {
            return;
        }
        tell(new DialogFact.TimedOut(screen.kind()));
        if (phase instanceof DialogPhase.Leaving leaving) {
            phase = new DialogPhase.Left(outcome(leaving, NOT_IN_TIME));
            thenLeave();
            return;
        }
        Map<Integer, DialogPhase.Waiting> more = new HashMap<>(late);
        more.put(number, screen);
        late = more;
        missed = NOT_IN_TIME;
        phase = new DialogPhase.Busy();
        reply(new PrimitiveResult.Timeout());
    }

    /** The script is stopped where it is; the first reason counts. */
    void breakOff(DialogPhase.Broken broken) {
        switch (phase) {
            case DialogPhase.Busy busy -> phase = broken;
            case DialogPhase.Waiting waiting -> {
                stopTimer();
                phase = broken;
                kill(broken.reason());
            }
            case DialogPhase.Broken before -> phase = broken.isOpen() ? before : before.closed();
            case DialogPhase.Leaving leaving -> breakOff(leaving, broken);
            case DialogPhase.Left left -> {} // it ends anyway, and all was said
            case DialogPhase.Parted parted -> phase = broken.closed();
            case DialogPhase.Over over -> {}
            case DialogPhase.Gone gone -> {}
        }
    }

    /** There is no script any more that could be stopped. */
    private void breakOff(DialogPhase.Leaving leaving, DialogPhase.Broken broken) {
        if (broken.isOpen()) {
            failed(broken);
            return;
        }
        String exception = words(broken);
        String before = leaving.failure();
        stopTimer();
        tellFailed(exception, before);
        finish(new DialogPhase.Gone(), new Outcome.Failed(requireNonNullElse(before, exception)));
    }

    // ---- the actions

    private void send(Outgoing message) {
        actions.add(new DialogAction.Send(message));
    }

    void tell(DialogFact fact) {
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

    private void finish(DialogPhase end, Outcome outcome) {
        phase = end;
        actions.add(new DialogAction.Finish(outcome));
    }
}
