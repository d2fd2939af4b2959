package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.Opening;
import io.moondial.channel.ss7.Message.Operation;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom a signalling point asks when a peer begins a dialog; on a network thread, so it must not
 * wait. {@link UssdDesk} is the one of an engine.
 */
public interface MessageDesk {
    /** Whether dialogs with it begin with this operation; others are rejected. */
    default boolean serves(int operation) {
        return operation == Operation.PROCESS_UNSTRUCTURED_SS_REQUEST
                || operation == Operation.UNSTRUCTURED_SS_NOTIFY;
    }

    /** Who answers for an HLR that is asked where a subscriber is; null: nobody may ask. */
    default FarSide.@Nullable Locator hlr() {
        return null;
    }

    /** A TC-BEGIN of this kind; the desk answers with who is to receive the rest of the dialog. */
    MessageLink.Receiver begun(Begin begin, MessageLink link);

    /**
     * Which part of the text that begins a dialog must not be shown where the signalling is shown.
     *
     * @param operation its code
     * @param text null if it cannot be read; then any index hides all of it
     * @param msisdn the digits of the subscriber's number; null if the request has none
     * @return the indices of the characters
     */
    default BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn) {
        return new BitSet();
    }

    /** How many dialogs it runs at once; with more it refuses. */
    default int maxDialogs() {
        return Integer.MAX_VALUE;
    }

    /** What the point has answered or dropped without the desk, and why. */
    void refused(Refusal refusal);

    /**
     * A TC-BEGIN with exactly one well-formed Invoke.
     *
     * @param invokeId of that Invoke
     * @param operation its code: one that the desk {@link #serves}
     */
    record Begin(int invokeId, int operation, Opening opening) {}
}
