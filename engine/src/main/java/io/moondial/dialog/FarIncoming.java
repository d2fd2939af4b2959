package io.moondial.dialog;

import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What another USSD node says in a dialog that we have begun with it. */
public sealed interface FarIncoming {

    /**
     * A message of it.
     *
     * @param last whether the dialog is over with it
     */
    record Said(List<Word> words, boolean last) implements FarIncoming {
        public Said {
            words = List.copyOf(words);
        }
    }

    /** The dialog was broken off; {@code how} is for people. */
    record Aborted(Incoming.Aborted.Cause cause, String how) implements FarIncoming {}

    /** One of the things that it says at once. */
    sealed interface Word {

        /**
         * A text for the subscriber.
         *
         * @param screen names it in the answer to it
         * @param asks whether it is a menu, which asks for an answer; otherwise it is a notify,
         *     which is acknowledged
         */
        record Shows(int screen, boolean asks, UssdString text) implements Word {}

        /**
         * The final text.
         *
         * @param text null: it has none
         */
        record Finishes(@Nullable UssdString text) implements Word {}

        /** What began the dialog has this error (3GPP TS 29.002 17.6.6). */
        record Fails(int code) implements Word {}

        /** It does not know what began the dialog, or an answer; {@code problem} is its reason. */
        record Rejects(String problem) implements Word {}

        /** Something that no USSD node says here; {@code what} is for people. */
        record Wrong(String what) implements Word {}

        /** Something that belongs to nothing and changes nothing; {@code what} is for people. */
        record Stray(String what) implements Word {}
    }
}
