package io.moondial.channel;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarOutgoing;
import java.util.Optional;

/** Our end of a dialog that we have begun with another USSD node. */
public interface NodeLink {
    /** What the dialog is called on our side of the network: lower-case hex. */
    String localTid();

    /** How we show ourselves there. */
    Party local();

    /**
     * Sends a message; from any thread.
     *
     * @return why no link took it; empty if one did, or it waits for one
     * @throws DialogGoneException if the dialog has ended meanwhile
     * @throws IllegalStateException if the stack refuses to send; the dialog is still open
     */
    Optional<String> send(FarOutgoing message) throws DialogGoneException;

    /** Lets go of the dialog without a word: it is unknown here from now on. */
    void forget();

    /** What comes in this dialog, in order, on a network thread: it must not wait. */
    @FunctionalInterface
    interface Receiver {
        void arrived(FarIncoming message);
    }
}
