package io.moondial.dialog;

import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.Set;

/**
 * What we say to the far side of a dialog.
 *
 * <p>If a text is {@code hidden}, it is a secret itself, and is masked wherever the signalling is
 * shown.
 */
public sealed interface Outgoing {

    /** A text that the far side answers or acknowledges. */
    sealed interface Screen extends Outgoing permits Ask, Show {
        /** The dialog's own number of it, from 1; what comes back names it. */
        int screen();

        /** What is shown. */
        UssdString text();

        /** Whether the text is a secret itself. */
        boolean hidden();
    }

    /**
     * A menu: the far side is to answer it.
     *
     * @param screen the dialog's own number of it, from 1; what comes back names it
     * @param secret whether the answer is one, and masked for whoever looks at the signalling
     * @param keys the answers that are no secret nevertheless; the signalling shows them masked
     */
    record Ask(int screen, UssdString text, boolean hidden, boolean secret, Set<String> keys)
            implements Screen {
        /** One that offers no key. */
        public Ask(int screen, UssdString text, boolean hidden, boolean secret) {
            this(screen, text, hidden, secret, Set.of());
        }
    }

    /**
     * A text that the far side is to acknowledge.
     *
     * @param screen as {@link Ask#screen}
     */
    record Show(int screen, UssdString text, boolean hidden) implements Screen {}

    /**
     * The first screen of a dialog of ours, which begins it. Whoever takes it tells {@link
     * Incoming.Begun} for each message that leaves, and then what comes in the end: an answer, or
     * that there is none.
     *
     * @param answerWithin how long the first message back may take, in each attempt
     */
    record Begin(Screen first, Duration answerWithin) implements Outgoing {}

    /** The final text, which ends a dialog that was dialled. */
    record Finish(UssdString text, boolean hidden) implements Outgoing {}

    /** A pushed text is acknowledged, which ends its dialog. */
    record Acknowledge() implements Outgoing {}

    /** What began the dialog is refused with this error code (3GPP TS 29.002 17.6.6). */
    record Refuse(int code) implements Outgoing {}

    /** The dialog ends without a word. */
    record End() implements Outgoing {}

    /** The dialog is broken off; {@code reason} is for people here. */
    record Abort(String reason) implements Outgoing {}

    /** Whether the dialog is over with it. */
    default boolean isLast() {
        return !(this instanceof Screen || this instanceof Begin);
    }
}
