package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import java.time.Instant;

/**
 * Is told what happens in one dialog. All of it comes on the dialog's thread, in order: what a
 * listener has to remember of the dialog stands in fields of its own, and nothing is locked. It
 * must not wait.
 */
@FunctionalInterface
public interface DialogListener {
    /** Does not care. */
    DialogListener NOBODY = (dialog, at, fact) -> {};

    /**
     * Something has happened.
     *
     * @param at when: the time of its record too
     */
    void told(DialogIdentity dialog, Instant at, DialogFact fact);

    /** That of a dialog with these observers: it tells each in turn. */
    static DialogListener each(DialogIdentity dialog, DialogObserver[] observers) {
        DialogListener[] listeners = new DialogListener[observers.length];
        for (int i = 0; i < observers.length; i++) {
            listeners[i] = observers[i].begun(dialog);
        }
        return (whose, at, fact) -> {
            for (DialogListener listener : listeners) {
                listener.told(whose, at, fact);
            }
        };
    }
}
