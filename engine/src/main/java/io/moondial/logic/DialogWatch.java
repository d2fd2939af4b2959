package io.moondial.logic;

import io.moondial.dialog.Opening;
import io.moondial.dialog.Outgoing;

/** Who wants to know which dialogs begin, and from which line of a script each message comes. */
public interface DialogWatch {
    /** Nobody does. */
    DialogWatch NOBODY =
            new DialogWatch() {
                @Override
                public void begun(String instanceId, Opening opening) {}

                @Override
                public void sending(String instanceId, String place, Secrecy secrecy) {}
            };

    /** A dialog is claimed by a service, under this instance id; on a network thread. */
    void begun(String instanceId, Opening opening);

    /**
     * A message of a dialog is about to be sent; on the dialog's thread.
     *
     * @param place {@code file:line} of the primitive, the return or the fault that it comes from;
     *     empty where no script has got that far
     */
    void sending(String instanceId, String place, Secrecy secrecy);

    /** What of a message must be recorded nowhere. */
    enum Secrecy {
        /** Nothing of it, nor of the answer to it. */
        NONE,
        /** The answer to it. */
        ANSWER,
        /** Its own text. */
        TEXT,
        /** Its text, and the answer to it. */
        BOTH;

        /** Whether the answer is. */
        public boolean ofAnswer() {
            return this == ANSWER || this == BOTH;
        }

        /** Whether its text is. */
        public boolean ofText() {
            return this == TEXT || this == BOTH;
        }

        static Secrecy of(Outgoing message) {
            return switch (message) {
                case Outgoing.Ask ask -> of(ask.hidden(), ask.secret());
                case Outgoing.Show show -> of(show.hidden(), false);
                case Outgoing.Finish last -> of(last.hidden(), false);
                case Outgoing.Acknowledge a -> NONE;
                case Outgoing.Refuse r -> NONE;
                case Outgoing.End e -> NONE;
                case Outgoing.Abort a -> NONE;
            };
        }

        private static Secrecy of(boolean text, boolean answer) {
            if (text) {
                return answer ? BOTH : TEXT;
            }
            return answer ? ANSWER : NONE;
        }
    }
}
