package io.moondial.dialog;

import io.moondial.dialog.DialogFact.Outcome;
import java.time.Duration;

/**
 * What a dialog asks for. A {@link Send} comes first; the others count only after it has succeeded.
 */
public sealed interface DialogAction {

    /** Sends a message to the far side. */
    record Send(Outgoing message) implements DialogAction {}

    /** Publishes what has happened. */
    record Tell(DialogFact fact) implements DialogAction {}

    /** Wakes the dialog with {@link DialogEvent.TimerFired} after this time. */
    record StartTimer(int screen, Duration after) implements DialogAction {}

    /** The timer is needed no more. */
    record StopTimer() implements DialogAction {}

    /** The primitive that the script called returns this. */
    record Reply(PrimitiveResult result) implements DialogAction {}

    /** The primitive that the script called is refused: a Lua error at its line. */
    record Refuse(String message) implements DialogAction {}

    /** The script is stopped where it is, for this reason; it cannot catch that. */
    record Kill(String reason) implements DialogAction {}

    /** The script did something that its author should know of. */
    record Warn(String text) implements DialogAction {}

    /** This event comes next, before any other; it is the last action. */
    record Then(DialogEvent event) implements DialogAction {}

    /** The dialog is over; this comes exactly once. */
    record Finish(Outcome outcome) implements DialogAction {}
}
