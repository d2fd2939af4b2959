package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import java.time.Instant;

/**
 * Is told what happens in one dialog. All facts come on the dialog's thread, in order: what a
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

    /**
     * A message of the far side has arrived for the dialog; what it is, facts tell later. Unlike
     * them, this comes on a network thread.
     */
    default void arrived() {}

    /** That of a dialog with these observers: it tells each in turn. */
    static DialogListener each(DialogIdentity dialog, DialogObserver[] observers) {
        DialogListener[] listeners = new DialogListener[observers.length];
        for (int i = 0; i < observers.length; i++) {
            listeners[i] = observers[i].begun(dialog);
        }
        return new Several(listeners);
    }

    /** This one, and then the other. */
    default DialogListener and(DialogListener other) {
        return other.equals(NOBODY) ? this : new Several(new DialogListener[] {this, other});
    }

    /** Several as one. */
    @SuppressWarnings("ArrayRecordComponent") // one for each dialog: it must be small
    record Several(DialogListener[] listeners) implements DialogListener {
        @Override
        public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
            for (DialogListener listener : listeners) {
                listener.told(dialog, at, fact);
            }
        }

        @Override
        public void arrived() {
            for (DialogListener listener : listeners) {
                listener.arrived();
            }
        }
    }
}
