package io.moondial.script.api;

import io.moondial.channel.NodeAddress;
import io.moondial.channel.NodeOpener;
import io.moondial.dialog.FarDialog.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The dialogs with other USSD nodes that one run of a script has begun. Those that are open at its
 * end are broken off. Called on the script's own thread.
 */
public interface FarDialogs {
    /** How many are open. */
    int open();

    /** How long a node has for its next word if the script does not say. */
    Duration timeout();

    /** The node that the trigger relays this dialog to; null: none. */
    @Nullable NodeAddress relay();

    /**
     * One that is not begun yet.
     *
     * @throws ScriptDialog.Refused if its text cannot be sent
     */
    Leg prepare(Request request);

    /** A dialog with another node. */
    interface Leg {
        /** Whether the node holds its end. */
        boolean isOpen();

        /**
         * Begins it.
         *
         * @return what the node says first; it completes within this time, and never with a failure
         */
        CompletableFuture<Outcome> begin(Duration timeout);

        /**
         * Answers the screen that the node has shown last; a notify is acknowledged.
         *
         * @param text the answer to a menu; null: one without a text
         * @param mask what is written instead of it; null: the text
         * @param dcs the scheme that it is sent under, 0 to 255; null: the usual one
         * @return what the node says next; how it has ended, if it has
         * @throws ScriptDialog.Refused if the text cannot be sent
         */
        CompletableFuture<Outcome> answer(
                @Nullable String text,
                @Nullable String mask,
                @Nullable Integer dcs,
                Duration timeout);

        /** Answers that screen with an error; the result is as of {@link #answer}. */
        CompletableFuture<Outcome> fail(int code, Duration timeout);

        /**
         * How the node has ended it while nothing was waited for; null: it has not, or that is
         * known.
         */
        @Nullable Outcome ended();

        /** What was waited for has come, or the wait is over: what has happened is told. */
        void tell();

        /** Breaks it off, if it is open. */
        void close();
    }

    /**
     * What is asked of another node.
     *
     * @param text what the subscriber would dial there
     * @param mask what is written instead of it; null: the text
     * @param dcs the scheme that it is sent under, 0 to 255; null: as it was dialled if it is the
     *     same text, otherwise the usual one
     * @param msisdn whose request it is, digits; null: that of this dialog
     * @param through what begins it; null: the engine's network
     * @param over runs once it is not open any more, or could not be begun
     */
    record Request(
            NodeAddress to,
            String text,
            @Nullable String mask,
            @Nullable Integer dcs,
            @Nullable String msisdn,
            @Nullable NodeOpener through,
            Runnable over) {}
}
