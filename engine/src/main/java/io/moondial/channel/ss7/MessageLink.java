package io.moondial.channel.ss7;

import io.moondial.channel.DialogLink.DialogGoneException;
import java.util.Optional;

/** Our end of one TCAP dialog, as messages of components. */
public interface MessageLink {
    /** Our transaction id, lower-case hex of its octets. */
    String localTid();

    /**
     * Sends a message; from any thread.
     *
     * @return why no link took it; empty if one did, or it waits for one. What becomes of it after
     *     that nobody can know here
     * @throws DialogGoneException if the dialog has ended meanwhile
     * @throws IllegalStateException if the stack refuses to send; the dialog is still open
     */
    Optional<String> send(Message message) throws DialogGoneException;

    /**
     * The answer to this invoke, which is sent next, is secret: it is masked for whoever looks at
     * the signalling.
     */
    void keepSecret(int invokeId);

    /**
     * The text of the message that is sent next is a secret itself: it is masked for whoever looks
     * at the signalling. A network that nobody looks at has nothing to do.
     */
    default void hideTexts() {}

    /**
     * Lets go of the dialog without a word, as a far side that lost power: it is unknown here from
     * now on.
     */
    void forget();

    /** What comes in this dialog, in order, on a network thread: it must not wait. */
    @FunctionalInterface
    interface Receiver {
        void arrived(Message message);
    }
}
