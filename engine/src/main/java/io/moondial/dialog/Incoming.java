package io.moondial.dialog;

import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What comes from the far side of a dialog. */
public sealed interface Incoming extends DialogEvent {

    /** The dialog goes on. */
    record Continued(List<Part> parts) implements Incoming {
        public Continued {
            parts = List.copyOf(parts);
        }
    }

    /** The far side has ended the dialog; without parts it said nothing more. */
    record Ended(List<Part> parts) implements Incoming {
        public Ended {
            parts = List.copyOf(parts);
        }
    }

    /** The dialog was broken off; {@code how} is for people. */
    record Aborted(Cause cause, String how) implements Incoming {

        /** What broke it off. */
        public enum Cause {
            /** The far side (TC-U-ABORT). */
            USER,
            /** The network, or the far side's stack (TC-P-ABORT). */
            PROVIDER,
            /** The far side does not take such a dialog: its application context, say. */
            REFUSED,
            /** What was to begin it has not reached the far side. */
            UNDELIVERED,
            /** Nothing answered what began it within its time. */
            UNANSWERED,
            /** The engine itself, or its stack. */
            ENGINE
        }
    }

    /**
     * A message that begins the dialog has left: nothing has come yet.
     *
     * @param attempt the number of the try, from 1
     * @param localTid our transaction id of it, as of {@link DialogFact.BegunTowards}
     */
    record Begun(int attempt, String localTid) implements Incoming {}

    /** Whether the dialog is over with it. */
    default boolean isLast() {
        return switch (this) {
            case Continued continued -> false;
            case Begun begun -> false;
            case Ended ended -> true;
            case Aborted aborted -> true;
        };
    }

    /** What it is, without the texts in it. */
    default String words() {
        return switch (this) {
            case Continued continued -> "a message";
            case Ended ended -> "an end";
            case Aborted(var cause, String how) -> "an abort: " + how;
            case Begun(int attempt, String localTid) -> "a begin";
        };
    }

    /** One of the things that come at once. */
    sealed interface Part {

        /**
         * The answer to a menu.
         *
         * @param text null: it has none
         */
        record Answered(int screen, @Nullable UssdString text) implements Part {}

        /** A text was shown. */
        record Acknowledged(int screen) implements Part {}

        /** A screen was answered with this error code (3GPP TS 29.002 17.6.6). */
        record Errored(int screen, int code) implements Part {}

        /** Something after which the dialog cannot go on; {@code why} is the reason in records. */
        record Unusable(String why) implements Part {}

        /** Something that belongs to no screen and changes nothing; {@code what} is for the log. */
        record Stray(String what) implements Part {}
    }
}
