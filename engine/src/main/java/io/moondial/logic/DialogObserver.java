package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import java.util.List;

/**
 * Observes dialogs. What happens in a dialog is reported once to each observer, in their order, on
 * the dialog's thread.
 */
@FunctionalInterface
public interface DialogObserver {
    /** Somebody who does not care. */
    DialogObserver NOBODY = (dialog, fact) -> {};

    void told(DialogIdentity dialog, DialogFact fact);

    /** An observer that reports to these, each in turn. */
    static DialogObserver all(List<DialogObserver> observers) {
        List<DialogObserver> these = List.copyOf(observers);
        return (dialog, fact) -> {
            for (DialogObserver observer : these) {
                observer.told(dialog, fact);
            }
        };
    }
}
