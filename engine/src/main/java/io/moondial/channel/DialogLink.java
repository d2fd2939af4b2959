package io.moondial.channel;

import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import java.util.Optional;

/** Our end of one dialog. */
public interface DialogLink {
    /** What the dialog is called on our side of the network: lower-case hex. */
    String localTid();

    /**
     * Sends a message; from any thread.
     *
     * @return why no link took it; empty if one did, or it waits for one. What becomes of it after
     *     that nobody can know here
     * @throws DialogGoneException if the dialog has ended meanwhile
     * @throws IllegalStateException if the stack refuses to send; the dialog is still open
     */
    Optional<String> send(Outgoing message) throws DialogGoneException;

    /**
     * Lets go of the dialog without a word, as a far side that lost power: it is unknown here from
     * now on.
     */
    void forget();

    /** What comes in this dialog, in order, on a network thread: it must not wait. */
    @FunctionalInterface
    interface Receiver {
        void arrived(Incoming message);
    }

    /**
     * The dialog has already ended: nothing more can be sent in it. What ended it was, or will be,
     * received.
     */
    final class DialogGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        public DialogGoneException(String message) {
            super(message, null, false, false);
        }
    }
}
