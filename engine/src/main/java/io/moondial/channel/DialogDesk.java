package io.moondial.channel;

import io.moondial.dialog.DialogKind;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom the network asks when the far side begins a dialog; on a network thread, so it must not
 * wait.
 */
public interface DialogDesk {
    /** A dialog that begins so; the desk answers with who is to receive the rest of it. */
    DialogLink.Receiver begun(Opening opening, DialogLink link);

    /**
     * Which part of the text that begins a dialog must not be shown where the signalling is shown.
     *
     * @param kind what it would begin
     * @param text null if it cannot be read; then any index hides all of it
     * @param msisdn the digits of the subscriber's number; null if the request has none
     * @return the indices of the characters
     */
    default BitSet hidden(DialogKind kind, @Nullable String text, @Nullable String msisdn) {
        return new BitSet();
    }

    /** How many dialogs it runs at once; with more it refuses. */
    default int maxDialogs() {
        return Integer.MAX_VALUE;
    }

    /** What the network has answered or dropped without the desk, and why. */
    void refused(Refusal refusal);

    /**
     * A TC-BEGIN that is not a USSD dialog, or a message that cannot be read.
     *
     * @param localTid the dialog's identity; empty if there was none yet
     * @param remoteTid the far side's transaction id
     * @param cause for a counter
     * @param text what was found and how it was answered, for the log
     * @param fault of the engine's own; null: the message was at fault
     */
    record Refusal(
            String localTid,
            String remoteTid,
            Cause cause,
            String text,
            @Nullable Throwable fault) {

        /** One whose message was at fault. */
        public Refusal(String localTid, String remoteTid, Cause cause, String text) {
            this(localTid, remoteTid, cause, text, null);
        }
    }

    /** Why a message was refused below the services. */
    enum Cause {
        MALFORMED_ARGUMENT,
        UNKNOWN_OPERATION,
        UNKNOWN_ALPHABET,
        NOT_ONE_INVOKE,
        /**
         * A dialog that was begun without an Invoke has ended without one, or one too many waits.
         */
        NO_INVOKE,
        /** The application context is missing (MAP version 1) or not one of ours. */
        OTHER_CONTEXT,
        /** Not TCAP, not MAP, or broken: answered with an ABORT if possible, otherwise dropped. */
        UNREADABLE,
        /** The engine has failed on it: answered with P-ABORT, and its dialog is released. */
        FAULT;

        /** As part of a counter's name. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
