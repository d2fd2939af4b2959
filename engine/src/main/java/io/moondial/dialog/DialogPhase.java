package io.moondial.dialog;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogFact.Outcome;
import org.jspecify.annotations.Nullable;

/** The state of a dialog. */
sealed interface DialogPhase {
    /** The script runs; nothing is awaited. */
    record Busy() implements DialogPhase {}

    /** A primitive waits for the answer to this screen. */
    record Waiting(int screen, boolean isMenu, ScreenOptions options) implements DialogPhase {
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
    record Broken(String reason, boolean isOpen, boolean scriptsFault) implements DialogPhase {
        Broken closed() {
            return new Broken(reason, false, scriptsFault);
        }
    }

    /** We ended the dialog with this primitive. */
    record Over(String primitive) implements DialogPhase {}

    /** The far side ended the dialog. */
    record Gone() implements DialogPhase {}

    // ---- only in dialogs that we begin

    /**
     * The script is over, and its last text waits to be acknowledged.
     *
     * @param failure how the script failed; null: it has not
     */
    record Leaving(Waiting last, @Nullable String failure) implements DialogPhase {}

    /** The script is over and nothing is awaited: the dialog is to be ended. */
    record Left(Outcome outcome) implements DialogPhase {}

    /**
     * The far side ended the dialog with the answer that the script waited for. Whether that was
     * all that it wanted to show, its end tells.
     */
    record Parted() implements DialogPhase {}
}
