package io.moondial.dialog;

import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import org.jspecify.annotations.Nullable;

/**
 * A dialog that we have begun with another USSD node, as a value: what the node says, what is said
 * to it, and what its caller learns. The node and the caller take turns: the node shows one screen,
 * the caller answers it, and so on until either ends it. A node that does not keep to that is
 * broken off.
 */
public final class FarDialog {
    private final Phase phase;

    private FarDialog(Phase phase) {
        this.phase = phase;
    }

    /** Whose turn it is. */
    private sealed interface Phase {
        /** The node's: it was asked or answered. */
        record Waiting() implements Phase {}

        /** The caller's: he has been told of this screen. */
        record Answering(Outcome.Shown screen) implements Phase {}

        /**
         * Nobody's.
         *
         * @param untold how it ended, if nobody has been told; null: somebody was
         */
        record Over(@Nullable Outcome untold) implements Phase {}
    }

    /** How one turn of the node comes out. */
    public sealed interface Outcome {
        /**
         * A screen, and the node waits.
         *
         * @param screen names it
         * @param asks whether it asks for an answer; otherwise it is to be acknowledged
         * @param ussd as it came
         * @param text the same, decoded
         */
        record Shown(int screen, boolean asks, UssdString ussd, String text) implements Outcome {}

        /**
         * The final text: the dialog is over.
         *
         * @param ussd as it came; null: the node ended with a result without a text
         * @param text the same, decoded; empty if there is none
         */
        record Finished(@Nullable UssdString ussd, String text) implements Outcome {}

        /** What was asked for has this error (3GPP TS 29.002 17.6.6): the dialog is over. */
        record Errored(int code) implements Outcome {}

        /** It did not come to that, and the dialog is over; {@code detail} is for people. */
        record Broken(Why why, String detail) implements Outcome {}

        /** One word for it. */
        default String word() {
            return switch (this) {
                case Shown(int screen, boolean asks, var ussd, var text) ->
                        asks ? "menu" : "notify";
                case Finished finished -> "final";
                case Errored errored -> "error";
                case Broken(Why why, String detail) -> why.word();
            };
        }
    }

    /** Why a node has not said what it was to say. */
    public enum Why {
        /** Nothing came in time. */
        TIMEOUT,
        /** The node, or the network, has broken the dialog off. */
        ABORT,
        /** The node does not take such dialogs. */
        REFUSED,
        /** The request, or an answer, has not reached it. */
        UNREACHABLE,
        /** It has ended the dialog without a word. */
        CLOSED,
        /** It has said something that no node says there. */
        PROTOCOL,
        /** Its text cannot be read. */
        UNDECODABLE,
        /** The engine or its stack has as many dialogs as it may. */
        BUSY,
        /** The subscriber, whose dialog it carries on, has gone. */
        ABANDON;

        /** As scripts, records and counters have it. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * What an event comes to.
     *
     * @param send to be sent to the node; null: nothing
     * @param outcome what the caller learns who waits for the node; null: nothing, he goes on
     *     waiting, or does not wait
     */
    public record Turn(FarDialog next, @Nullable FarOutgoing send, @Nullable Outcome outcome) {}

    /** One whose request has been sent. */
    public static FarDialog asked() {
        return new FarDialog(new Phase.Waiting());
    }

    /** Whether the node still holds its end. */
    public boolean isOpen() {
        return !(phase instanceof Phase.Over);
    }

    /** How it has ended, if the caller has not learnt it; null: it has not, or he has. */
    public @Nullable Outcome untold() {
        return phase instanceof Phase.Over(var untold) ? untold : null;
    }

    /** The screen that the caller is to answer; null: it is not his turn. */
    public Outcome.@Nullable Shown screen() {
        return phase instanceof Phase.Answering(var screen) ? screen : null;
    }

    // ---- what the node says

    /** The node has said this. What comes after its end changes nothing. */
    public Turn heard(FarIncoming message) {
        return switch (phase) {
            case Phase.Over over -> stays();
            case Phase.Waiting waiting -> waiting(message);
            case Phase.Answering answering -> answering(message);
        };
    }

    private Turn waiting(FarIncoming message) {
        return switch (message) {
            case FarIncoming.Aborted aborted -> over(null, broken(aborted));
            case FarIncoming.Said said -> {
                Word word = onlyWord(said);
                if (word == null) {
                    yield said.last()
                            ? over(
                                    null,
                                    new Outcome.Broken(Why.CLOSED, "the node has ended the dialog"))
                            : stays();
                }
                yield turn(word, said.last());
            }
        };
    }

    /** What a message says; null: nothing. Of two words, the second one is wrong. */
    private static @Nullable Word onlyWord(FarIncoming.Said said) {
        Word only = null;
        for (Word word : said.words()) {
            if (word instanceof Word.Stray) {
                continue;
            }
            if (only != null) {
                return new Word.Wrong("two components at once");
            }
            only = word;
        }
        return only;
    }

    private Turn turn(Word word, boolean last) {
        return switch (word) {
            case Word.Shows shows when last ->
                    over(
                            null,
                            new Outcome.Broken(
                                    Why.PROTOCOL, "a screen in the message that ends the dialog"));
            case Word.Shows(int screen, boolean asks, UssdString ussd) -> {
                try {
                    String text = ussd.decode();
                    if (text.isEmpty()) { // a USSD string has one octet at least (TS 29.002 17.7.4)
                        yield ending(
                                new Outcome.Broken(Why.PROTOCOL, "a screen without a text"), last);
                    }
                    Outcome.Shown shown = new Outcome.Shown(screen, asks, ussd, text);
                    yield new Turn(new FarDialog(new Phase.Answering(shown)), null, shown);
                } catch (UndecodableString e) {
                    yield ending(undecodable(e), last);
                }
            }
            case Word.Finishes(var ussd) -> ending(finished(ussd), last);
            case Word.Fails(int code) -> ending(new Outcome.Errored(code), last);
            case Word.Rejects(String problem) ->
                    ending(
                            new Outcome.Broken(Why.REFUSED, "the node rejects it: " + problem),
                            last);
            case Word.Wrong(String what) -> ending(new Outcome.Broken(Why.PROTOCOL, what), last);
            case Word.Stray(String what) -> stays();
        };
    }

    private static Outcome finished(@Nullable UssdString ussd) {
        try {
            return new Outcome.Finished(ussd, ussd == null ? "" : ussd.decode());
        } catch (UndecodableString e) {
            return undecodable(e);
        }
    }

    private static Outcome undecodable(UndecodableString why) {
        return new Outcome.Broken(Why.UNDECODABLE, String.valueOf(why.getMessage()));
    }

    /** It is over with this; if the node does not end it by itself, we do. */
    private static Turn ending(Outcome outcome, boolean last) {
        return over(last ? null : new FarOutgoing.Abort(outcome.word()), outcome);
    }

    private static Turn over(@Nullable FarOutgoing send, Outcome outcome) {
        return new Turn(new FarDialog(new Phase.Over(null)), send, outcome);
    }

    /** It is not the node's turn: whatever it says but an end is wrong. */
    private Turn answering(FarIncoming message) {
        return switch (message) {
            case FarIncoming.Aborted aborted -> untold(null, broken(aborted));
            case FarIncoming.Said said -> {
                Word word = onlyWord(said);
                if (said.last()) {
                    yield untold(
                            null,
                            switch (word) {
                                case Word.Fails(int code) -> new Outcome.Errored(code);
                                case Word.Finishes(var ussd) -> finished(ussd);
                                case null, default ->
                                        new Outcome.Broken(
                                                Why.CLOSED,
                                                "the node has ended the dialog before its screen was answered");
                            });
                }
                if (word == null) {
                    yield stays();
                }
                yield untold(
                        new FarOutgoing.Abort("protocol"),
                        new Outcome.Broken(
                                Why.PROTOCOL,
                                "more from the node before its screen was answered"
                                        + (word instanceof Word.Wrong(String what)
                                                ? ": " + what
                                                : "")));
            }
        };
    }

    private static Turn untold(@Nullable FarOutgoing send, Outcome outcome) {
        return new Turn(new FarDialog(new Phase.Over(outcome)), send, null);
    }

    private Turn stays() {
        return new Turn(this, null, null);
    }

    private static Outcome broken(FarIncoming.Aborted aborted) {
        Why why =
                switch (aborted.cause()) {
                    case USER, PROVIDER, ENGINE -> Why.ABORT;
                    case REFUSED -> Why.REFUSED;
                    case UNDELIVERED -> Why.UNREACHABLE;
                    case UNANSWERED -> Why.TIMEOUT;
                };
        return new Outcome.Broken(why, aborted.how());
    }

    // ---- what the caller does

    /**
     * The caller answers the screen that he was told of; a notify is acknowledged by that.
     *
     * @param text the answer to a menu; null: one without a text
     * @param hidden whether the text is a secret
     * @throws IllegalStateException if it is not his turn
     */
    public Turn answered(@Nullable UssdString text, boolean hidden) {
        Outcome.Shown screen = turnOfCaller();
        return waitingFor(
                screen.asks()
                        ? new FarOutgoing.Answer(screen.screen(), text, hidden)
                        : new FarOutgoing.Acknowledge(screen.screen()));
    }

    /**
     * The caller answers the screen with an error.
     *
     * @throws IllegalStateException if it is not his turn
     */
    public Turn failed(int code) {
        Outcome.Shown screen = turnOfCaller();
        return waitingFor(new FarOutgoing.Fail(screen.screen(), screen.asks(), code));
    }

    private Outcome.Shown turnOfCaller() {
        if (phase instanceof Phase.Answering(var screen)) {
            return screen;
        }
        throw new IllegalStateException("no screen waits for an answer: " + phase);
    }

    private static Turn waitingFor(FarOutgoing sent) {
        return new Turn(new FarDialog(new Phase.Waiting()), sent, null);
    }

    /** The caller has been told how it ended. */
    public FarDialog told() {
        return phase instanceof Phase.Over ? new FarDialog(new Phase.Over(null)) : this;
    }

    /** The caller breaks it off. */
    public Turn closed() {
        return isOpen()
                ? new Turn(
                        new FarDialog(new Phase.Over(null)),
                        new FarOutgoing.Abort("by the script"),
                        null)
                : stays();
    }

    /** The node has not said anything in the time that it had. */
    public Turn timedOut(String within) {
        return phase instanceof Phase.Waiting
                ? over(
                        new FarOutgoing.Abort("timeout"),
                        new Outcome.Broken(Why.TIMEOUT, "nothing came within " + within))
                : stays();
    }

    /** What was sent last has not reached the node; nothing else can be said to it then. */
    public Turn lost(Cause cause, String why) {
        return heard(new FarIncoming.Aborted(cause, why));
    }
}
