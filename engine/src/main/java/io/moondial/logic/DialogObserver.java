package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import java.util.List;

/**
 * Who looks on at dialogs. What happens in a dialog is told once to all of them, in their order, on
 * the dialog's thread.
 */
@FunctionalInterface
public interface DialogObserver {
    /** Somebody who does not care. */
    DialogObserver NOBODY = (dialog, fact) -> {};

    void told(DialogIdentity dialog, DialogFact fact);

    /** One that tells these, each in turn. */
    static DialogObserver all(List<DialogObserver> observers) {
        List<DialogObserver> these = List.copyOf(observers);
        return (dialog, fact) -> {
            for (DialogObserver observer : these) {
                observer.told(dialog, fact);
            }
        };
    }
}
