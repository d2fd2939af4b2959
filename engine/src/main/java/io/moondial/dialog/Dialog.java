package io.moondial.dialog;

import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Resumed;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScriptCall;
import io.moondial.dialog.DialogEvent.Stopped;
import io.moondial.dialog.DialogEvent.SwitchedOff;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.text.Dcs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A USSD dialog with one script, as a value: an event gives the next dialog and the actions that it
 * asks for. Records are made of the facts among them, in the order that {@code edr-spec/} gives.
 *
 * <p>A dialog that we begin ({@link DialogKind#PUSHED}) has nothing from the far side at first. Its
 * first screen is in the message that begins it ({@link Outgoing.Begin}), which is repeated below
 * where that makes sense: there it is known when nobody answers. A text that its script returns is
 * one more notify: the dialog goes on without the script until that is settled.
 */
public final class Dialog {
    final DialogSetup setup;
    final DialogPhase phase;

    /**
     * The screens whose time ran out and whose answer may still come, by their numbers. Replaced,
     * never changed: the states of a dialog share it, and it is nearly always empty.
     */
    final Map<Integer, DialogPhase.Waiting> late;

    /** How many screens were sent. */
    final int screens;

    /** Of the texts that are sent, until the script chooses another. */
    final Dcs dcs;

    /** The dialog whose flow goes on with what is sent next; null: none does. */
    final @Nullable String resumes;

    /** Whether the far side has an end of the dialog; if we begin it, not before it answers. */
    final boolean confirmed;

    /** Whether something was shown, of which the far side has said so. */
    final boolean reached;

    /** Why the last screen was not shown in its time, so far; null: it was. */
    final @Nullable String missed;

    Dialog(
            DialogSetup setup,
            DialogPhase phase,
            Map<Integer, DialogPhase.Waiting> late,
            int screens,
            Dcs dcs,
            @Nullable String resumes,
            boolean confirmed,
            boolean reached,
            @Nullable String missed) {
        this.setup = setup;
        this.phase = phase;
        this.late = late;
        this.screens = screens;
        this.dcs = dcs;
        this.resumes = resumes;
        this.confirmed = confirmed;
        this.reached = reached;
        this.missed = missed;
    }

    /** What an event comes to: the dialog afterwards, and what is to be done, in order. */
    public record Transition(Dialog next, List<DialogAction> actions) {
        public Transition {
            actions = List.copyOf(actions);
        }
    }

    /** A dialog whose script is about to run; its first fact says so. */
    public static Transition begin(DialogSetup setup) {
        boolean ours = setup.kind() == DialogKind.PUSHED;
        Dialog dialog =
                new Dialog(
                        setup,
                        new DialogPhase.Busy(),
                        Map.of(),
                        0,
                        setup.dcs(),
                        null,
                        !ours,
                        false,
                        "nothing was shown");
        DialogStep step = new DialogStep(dialog);
        step.tell(new DialogFact.Begun());
        return step.done();
    }

    /** What this event comes to. */
    public Transition on(DialogEvent event) {
        DialogStep step = new DialogStep(this);
        switch (event) {
            case ScriptCall call -> step.called(call);
            case Returned returned -> step.returned(returned);
            case SwitchedOff off -> step.switchedOff();
            case Failed failed -> step.failed(failed.exception(), failed.scriptsFault());
            case Incoming incoming -> step.arrived(incoming);
            case Resumed(String before) -> step.resumes(before);
            case TimerFired fired -> step.timerFired(fired.screen());
            case Stopped(String reason, boolean scriptsFault) ->
                    step.breakOff(new DialogPhase.Broken(reason, true, scriptsFault));
            case DialogEvent.Left left -> step.leave();
        }
        return step.done();
    }

    /** Whether the far side has begun it, or has answered what begins it. */
    public boolean isConfirmed() {
        return confirmed;
    }

    /**
     * Whether the script can still say something: what is sent now would reach the far side, or
     * begin the dialog.
     */
    public boolean isOpen() {
        return switch (phase) {
            case DialogPhase.Busy b -> true;
            case DialogPhase.Waiting w -> true;
            case DialogPhase.Broken broken -> broken.isOpen();
            case DialogPhase.Leaving l -> true;
            case DialogPhase.Left l -> true;
            case DialogPhase.Over o -> false;
            case DialogPhase.Gone g -> false;
            case DialogPhase.Parted p -> false;
        };
    }

    /** Whether it goes on without its script, which is over: its last text waits. */
    public boolean isLeaving() {
        return phase instanceof DialogPhase.Leaving;
    }
}
