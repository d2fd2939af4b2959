package io.moondial.history;

import static java.util.Objects.requireNonNullElse;

import io.moondial.channel.Opening;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Sending;
import io.moondial.dialog.DialogKind;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Recorded.PassingIds;
import io.moondial.dialogtest.language.SecretDigits;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.logic.PushedDialog;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;

/** Writes a dialog that is over as a dialog test that holds it again. */
final class DialogAsTest {
    private final Opening opening;
    private final String script;
    private final PassingIds ids;
    private final Recorded recorded = new Recorded();
    private Sending sent = new Sending("", false, false);
    private Instant shown = Instant.EPOCH;

    /** Whether what the far side did at its end has a step already. */
    private boolean released;

    private DialogAsTest(History history) {
        opening = history.dialog().identity().opening();
        script = history.dialog().identity().script();
        ids = PassingIds.of(history.dialog().identity().instanceId(), opening);
    }

    /** The test; what was secret in the dialog is asterisks, or digits that stand for it. */
    static String of(History history) {
        DialogAsTest test = new DialogAsTest(history);
        test.begun();
        history.told().forEach(told -> test.read(told.at(), told.fact()));
        return test.recorded.text();
    }

    private void begun() {
        Subscriber subscriber =
                new Subscriber(
                        opening.msisdn(),
                        opening.destination(),
                        opening.origination(),
                        requireNonNullElse(opening.local().ssn(), Subscriber.USUAL_SSN));
        recorded.heldBy(subscriber, opening.ussd().dcs(), opening.ussd().language().orElse(null));
        if (opening.kind() == DialogKind.PUSHED) {
            ordered();
        } else {
            recorded.opened(opening.kind() == DialogKind.NOTIFIED, withoutSecrets());
        }
    }

    private void ordered() {
        DialogFact.Screen shown = PushedDialog.screenOf(script);
        if (shown == null) {
            recorded.ordered("script", script);
            remark("what it was pushed with was not kept: write it after the key, as JSON");
        } else {
            recorded.ordered(shown == DialogFact.Screen.MENU ? "menu" : "notify", opening.text());
        }
    }

    /** The text that began it, with digits instead of what is written as asterisks. */
    private String withoutSecrets() {
        String text = opening.text();
        String written = opening.written();
        if (text.length() != written.length()) {
            return written;
        }
        BitSet hidden = new BitSet();
        for (int i = 0; i < text.length(); i++) {
            hidden.set(i, text.charAt(i) != written.charAt(i));
        }
        return SecretDigits.dialled(text, hidden);
    }

    private void read(Instant at, DialogFact fact) {
        switch (fact) {
            case Sending sending -> sent = sending;
            case DialogFact.Shown(DialogFact.Screen screen, var text, var resumes) -> {
                boolean menu = screen == DialogFact.Screen.MENU;
                came(
                        menu
                                ? new Screen.Menu(0, text.written())
                                : new Screen.Notify(0, text.written()));
                shown = at;
            }
            case DialogFact.Responded(var text, var resumes) ->
                    came(new Screen.Respond(text.written()));
            case DialogFact.Declined(int code) -> came(new Screen.Decline(code));
            case DialogFact.NotifyAcknowledged acknowledged -> came(new Screen.Acknowledge());
            case DialogFact.Closed closed -> came(new Screen.Close());
            case DialogFact.Aborted aborted -> came(new Screen.Abort(""));
            case DialogFact.Answered(var answer, boolean late, boolean last) -> {
                recorded.answered(late, last, answer.written(), answer.secret());
                released |= last;
            }
            case DialogFact.Errored(var screen, int code, boolean late, boolean last) -> {
                if (late) {
                    remark("an error %d came too late: a test cannot do that".formatted(code));
                } else {
                    recorded.did(last ? "reject and release" : "reject", Integer.toString(code));
                    released |= last;
                }
            }
            case DialogFact.TimedOut timedOut -> waited(Duration.between(shown, at));
            case DialogFact.FarSideEnded ended -> {
                if (!released) {
                    recorded.did("release", "");
                }
            }
            case DialogFact.FarSideAborted aborted -> recorded.did("abandon", "");
            case DialogFact.ScriptCalled called -> given(called);
            default -> {}
        }
    }

    private void came(Screen screen) {
        recorded.came(screen, sent.secretText(), ids);
    }

    /** Not less than what it was: the timer has run out. */
    private void waited(Duration time) {
        recorded.wrote(List.of("wait " + time.plusMillis(1).toMillis() + "ms"));
    }

    private void given(DialogFact.ScriptCalled called) {
        recorded.given(called);
        if (KeptDialog.isGivenLost(called)) {
            remark(
                    "what %s answered was not kept (admin: history: max_givens): write a given for it"
                            .formatted(called.called()));
        }
    }

    private void remark(String text) {
        recorded.wrote(List.of("# " + text));
    }
}
