package io.moondial.logic;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Observes dialogs. What happens in a dialog is told once to the listener that each observer has
 * for it, in the order of the observers, on the dialog's thread.
 */
@FunctionalInterface
public interface DialogObserver {
    /** Somebody who does not care. */
    DialogObserver NOBODY = always(DialogListener.NOBODY);

    /**
     * A service has claimed this dialog. This comes on a network thread, so it must not wait.
     *
     * @return who is told what happens in it, beginning with {@code Begun}; nothing is told if the
     *     dialog is refused after all, because there are too many or the engine stops
     */
    DialogListener begun(DialogIdentity dialog);

    /** An observer that has nothing to remember of a dialog: one listener serves all. */
    static DialogObserver always(DialogListener listener) {
        return dialog -> listener;
    }

    /** An observer that reports to these, each in turn. */
    static DialogObserver all(List<DialogObserver> observers) {
        return new Several(
                observers.stream()
                        .flatMap(Several::those)
                        .filter(observer -> !observer.equals(NOBODY))
                        .toArray(DialogObserver[]::new));
    }

    /** Several as one. */
    @SuppressWarnings("ArrayRecordComponent") // gone through for each dialog
    record Several(DialogObserver[] observers) implements DialogObserver {
        /** Those that stand behind an observer: a dialog has one list of listeners. */
        private static Stream<DialogObserver> those(DialogObserver observer) {
            return observer instanceof Several(DialogObserver[] observers)
                    ? Arrays.stream(observers)
                    : Stream.of(observer);
        }

        @Override
        public DialogListener begun(DialogIdentity dialog) {
            return DialogListener.each(dialog, observers);
        }
    }
}
