package io.moondial.dialog;

import io.moondial.dialog.DialogEvent.Arrived;
import io.moondial.dialog.DialogEvent.Failed;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScriptCall;
import io.moondial.dialog.DialogEvent.Stopped;
import io.moondial.dialog.DialogEvent.SwitchedOff;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.text.Dcs;

/**
 * A USSD dialog with one script, as a value: an event gives the next dialog and the actions that it
 * asks for. The records it writes are those of {@code edr-spec/}, in the order given there.
 */
public final class Dialog {
    private final DialogSetup setup;
    private final Phase phase;
    private final LateScreens late;
    private final Dcs dcs;

    Dialog(DialogSetup setup, Phase phase, LateScreens late, Dcs dcs) {
        this.setup = setup;
        this.phase = phase;
        this.late = late;
        this.dcs = dcs;
    }

    /** A dialog that a service has claimed; its first record says so. */
    public static Transition begin(DialogSetup setup) {
        Step step = new Step(setup, new Phase.Busy(), new LateScreens(), setup.dcs());
        OpeningRecord.write(step);
        return step.done();
    }

    /** What this event comes to. */
    public Transition on(DialogEvent event) {
        Step step = new Step(setup, phase, late, dcs);
        switch (event) {
            case ScriptCall call -> ScriptCalls.on(step, call);
            case Returned returned -> ScriptEnd.returned(step, returned);
            case SwitchedOff off -> ScriptEnd.switchedOff(step);
            case Failed failed -> ScriptEnd.failed(step, failed.exception(), failed.scriptsFault());
            case Arrived arrived -> Arrivals.on(step, arrived.message());
            case TimerFired fired -> timerFired(step, fired.invokeId());
            case Stopped stopped -> Arrivals.stop(step, stopped);
        }
        return step.done();
    }

    private static void timerFired(Step step, int invokeId) {
        if (!(step.phase instanceof Phase.Waiting(Phase.Sent screen))
                || screen.invokeId() != invokeId) {
            return;
        }
        step.late.add(screen);
        step.phase = new Phase.Busy();
        if (screen.isMenu()) {
            step.record("USSD-REQUEST-R", "REASON", "Timeout");
        }
        step.reply(new PrimitiveResult.Timeout());
    }

    /** Whether the far side still holds its end: what is sent now would reach it. */
    public boolean isOpen() {
        return switch (phase) {
            case Phase.Busy b -> true;
            case Phase.Waiting w -> true;
            case Phase.Broken broken -> broken.linkUp();
            case Phase.Ended e -> false;
            case Phase.Gone g -> false;
        };
    }
}
