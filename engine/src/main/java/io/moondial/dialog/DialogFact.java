package io.moondial.dialog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in a dialog. Records, log lines and counters are made of facts. A fact
 * never holds what is secret: its texts are as they may be written.
 */
public sealed interface DialogFact {

    /** What can be on a handset's screen and be answered. */
    enum Screen {
        MENU,
        NOTIFY
    }

    /**
     * A text of the dialog.
     *
     * @param written as it may be written: a secret one is masked
     */
    record Text(String written, boolean secret) {
        /** A text, secret if there is a mask for it. */
        static Text of(String text, @Nullable String mask) {
            return new Text(mask == null ? text : mask, mask != null);
        }
    }

    // ---- the conversation

    /** A service has claimed the dialog, which begins. */
    record Begun() implements DialogFact {}

    /**
     * A message that begins a pushed dialog has left; the first screen, of which {@link Shown} was
     * told before, is in it.
     *
     * @param attempt the number of the try, from 1
     * @param localTid our transaction id of it: lower-case hex of its octets
     */
    record BegunTowards(int attempt, String localTid) implements DialogFact {}

    /**
     * A screen was sent.
     *
     * @param resumes the instance id of the dialog whose flow goes on with it; null: none does
     */
    record Shown(Screen screen, Text text, @Nullable String resumes) implements DialogFact {
        /** One with which no flow of another dialog goes on. */
        public Shown(Screen screen, Text text) {
            this(screen, text, null);
        }
    }

    /**
     * A menu was answered.
     *
     * @param late whether its time had run out before: then the answer changed nothing
     * @param last whether the far side has ended the dialog with it
     */
    record Answered(Text answer, boolean late, boolean last) implements DialogFact {}

    /** A notify was acknowledged; {@code late} and {@code last} as for {@link Answered}. */
    record Acknowledged(boolean late, boolean last) implements DialogFact {}

    /** A screen was answered with an error; {@code late} and {@code last} as for an answer. */
    record Errored(Screen screen, int code, boolean late, boolean last) implements DialogFact {}

    /** The time for the answer to a screen ran out. */
    record TimedOut(Screen screen) implements DialogFact {}

    /** The far side has ended the dialog while a screen waited for its answer. */
    record Abandoned(Screen screen) implements DialogFact {}

    /** The far side has ended the dialog; {@code silent}: without anything that was handled. */
    record FarSideEnded(boolean silent) implements DialogFact {}

    /** The dialog was broken off by the far side, or on the way there. */
    record FarSideAborted(String how) implements DialogFact {}

    /**
     * The final text was sent.
     *
     * @param resumes as of {@link Shown}, if no screen came before it
     */
    record Responded(Text text, @Nullable String resumes) implements DialogFact {
        /** One with which no flow of another dialog goes on. */
        public Responded(Text text) {
            this(text, null);
        }
    }

    /** The notify that began the dialog was acknowledged. */
    record NotifyAcknowledged() implements DialogFact {}

    /** What began the dialog was refused with this error code. */
    record Declined(int code) implements DialogFact {}

    /** We ended the dialog without a word. */
    record Closed() implements DialogFact {}

    /** We broke the dialog off. */
    record Aborted() implements DialogFact {}

    /** The service logic failed; {@code exception} says how in one line. */
    record Failed(String exception) implements DialogFact {}

    /**
     * The dialog is over; this comes exactly once.
     *
     * @param explained whether a fact before has said why it failed
     */
    record Finished(Outcome outcome, boolean explained) implements DialogFact {}

    // ---- what goes with it

    /**
     * A message is about to be sent.
     *
     * @param place {@code file:line} of the primitive, the return or the fault that it comes from;
     *     empty if no script has got that far
     * @param secretText whether its own text is secret
     * @param secretAnswer whether the answer to it is
     * @param keys the answers that are no secret nevertheless
     */
    record Sending(String place, boolean secretText, boolean secretAnswer, Set<String> keys)
            implements DialogFact {
        /** That of a message that offers no key. */
        public Sending(String place, boolean secretText, boolean secretAnswer) {
            this(place, secretText, secretAnswer, Set.of());
        }

        /** Whether this answer to it is a secret one. */
        public boolean isSecret(String answer) {
            return secretAnswer && !keys.contains(answer);
        }

        /** That of a message. */
        public static Sending of(String place, Outgoing message) {
            return switch (message) {
                case Outgoing.Ask ask -> new Sending(place, ask.hidden(), ask.secret(), ask.keys());
                case Outgoing.Show show -> new Sending(place, show.hidden(), false);
                case Outgoing.Begin(var first, var within) -> of(place, first);
                case Outgoing.Finish last -> new Sending(place, last.hidden(), false);
                case Outgoing.Acknowledge a -> new Sending(place, false, false);
                case Outgoing.Refuse r -> new Sending(place, false, false);
                case Outgoing.End e -> new Sending(place, false, false);
                case Outgoing.Abort a -> new Sending(place, false, false);
            };
        }
    }

    /** No link took a message, for this reason: the far side gets nothing of it. */
    record Undelivered(String why) implements DialogFact {}

    /** Something that changed nothing. */
    record Noted(String what) implements DialogFact {}

    // ---- dialogs with other nodes

    /** One end of a dialog as SCCP names it: what is absent is null (ITU-T Q.713 3.4). */
    record End(
            @Nullable Integer pointCode,
            @Nullable Integer ssn,
            @Nullable String globalTitle,
            int routingIndicator) {}

    /**
     * The script has begun a dialog with another node.
     *
     * @param tid our transaction id of it, lower-case hex
     * @param local how we showed ourselves
     * @param remote the node
     * @param destination the destination reference as records have it; null: none
     * @param origination the origination reference; null: none
     * @param msisdn the subscriber's number; null: none
     * @param text what was asked for
     */
    record FarOpened(
            String tid,
            End local,
            End remote,
            @Nullable String destination,
            @Nullable String origination,
            @Nullable String msisdn,
            Text text)
            implements DialogFact {}

    /** The node has shown a screen in the dialog of this transaction id of ours. */
    record FarShown(String tid, Screen screen, Text text) implements DialogFact {}

    /**
     * That screen was answered.
     *
     * @param answer to a menu; null: there is none
     * @param code the error that it was answered with; null: it was not
     */
    record FarAnswered(String tid, Screen screen, @Nullable Text answer, @Nullable Integer code)
            implements DialogFact {}

    /**
     * A dialog with another node has ended.
     *
     * @param how one of the words of {@link FarDialog.Outcome}, or {@code script}: by the script
     * @param text the final text; null: there is none
     * @param code the error that it ended with; null: none
     */
    record FarEnded(String tid, String how, @Nullable Text text, @Nullable Integer code)
            implements DialogFact {
        /** One that ended by itself, or that was broken off. */
        public static FarEnded of(String tid, FarDialog.Outcome outcome) {
            return switch (outcome) {
                case FarDialog.Outcome.Finished finished ->
                        new FarEnded(tid, outcome.word(), new Text(finished.text(), false), null);
                case FarDialog.Outcome.Errored(int code) ->
                        new FarEnded(tid, outcome.word(), null, code);
                case FarDialog.Outcome.Broken broken ->
                        new FarEnded(tid, outcome.word(), null, null);
                case FarDialog.Outcome.Shown shown ->
                        throw new IllegalArgumentException("it goes on: " + shown);
            };
        }

        /** One that the script has broken off, or left open. */
        public static FarEnded byScript(String tid) {
            return new FarEnded(tid, "script", null, null);
        }
    }

    // ---- the script

    /**
     * The script has waited for something outside the engine.
     *
     * @param called a module, a dot, and what the rules name: an upstream, a database, a store
     * @param outcome a word of the module's for what came back; {@code left} if the script ended
     *     before; {@code fault} if the engine failed
     * @param took from the call to its answer
     * @param given what {@code given MODULE} would be followed by to answer the same in a dialog
     *     test; gives null if nothing would. It is asked at once or never
     */
    record ScriptCalled(
            String called, String outcome, Duration took, Supplier<@Nullable String> given)
            implements DialogFact {}

    /** How much a line of a script's log matters. */
    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /**
     * The script has logged a line. This is reported whether or not the line is in the engine's
     * log, which has its level and its limits.
     *
     * @param place {@code file:line} of the call
     * @param text as the script wrote it, with secret answers masked; it may hold any character,
     *     line breaks too
     */
    record ScriptLogged(Level level, String place, String text) implements DialogFact {}

    /**
     * The script writes a record of its own.
     *
     * @param stream where it goes
     * @param fields values by name, several for a list; a field without a value is not in the
     *     record
     */
    record ScriptRecorded(String stream, String event, Map<String, List<String>> fields)
            implements DialogFact {}

    /** The script did something that its author should know of, at this place. */
    record ScriptWarned(String place, String text) implements DialogFact {}

    /**
     * The script ended before its end.
     *
     * @param place {@code file:line} of what was running; empty if nothing was
     * @param text place and reason, in one line
     * @param luaStack the calls that were running, the innermost first
     * @param cause what Java threw, if it was that; otherwise null
     */
    record ScriptFailed(String place, String text, List<String> luaStack, @Nullable Throwable cause)
            implements DialogFact {}

    /** A limit ended the script. */
    record ScriptKilled() implements DialogFact {}

    /**
     * Limits have ended a version of the script too often: it does not run for a while.
     *
     * @param kills how often, within {@code within}
     */
    record ScriptSwitchedOff(
            String file, String version, int kills, Duration within, Duration pause)
            implements DialogFact {}

    /** A version of the script that was switched off is tried again. */
    record ScriptSwitchedOn(String file, String version) implements DialogFact {}

    /** The dialog is answered without its script, which is switched off. */
    record ScriptSkipped() implements DialogFact {}

    // ---- faults of the engine

    /** A fault of the engine's own ends the dialog. */
    record Broken(Throwable fault) implements DialogFact {}

    /** Not even the end of a broken dialog could be sent: the channel releases it. */
    record LetGo(Throwable fault) implements DialogFact {}

    /** How a dialog ended; every dialog has exactly one. */
    sealed interface Outcome {
        /** A final text was sent. */
        record Responded() implements Outcome {}

        /** A ReturnError was sent. */
        record Declined(int code) implements Outcome {}

        /** An inbound notify was acknowledged. */
        record Acknowledged() implements Outcome {}

        /** A pushed dialog has shown all that it was to show. */
        record Completed() implements Outcome {}

        /** A pushed dialog has shown nothing; {@code how} is for people. */
        record Unreached(String how) implements Outcome {}

        /** The script sent an empty TC-END. */
        record Closed() implements Outcome {}

        /** The script sent TC-U-ABORT. */
        record Aborted() implements Outcome {}

        /** The far side ended it, or did not take the last text of a pushed dialog. */
        record Abandoned(String how) implements Outcome {}

        /** The service logic failed. */
        record Failed(String exception) implements Outcome {}

        /** One lower-case word, for counters and logs. */
        default String word() {
            return switch (this) {
                case Responded r -> "responded";
                case Declined d -> "declined";
                case Acknowledged a -> "acknowledged";
                case Closed c -> "closed";
                case Aborted a -> "aborted";
                case Abandoned a -> "abandoned";
                case Completed c -> "completed";
                case Unreached u -> "unreached";
                case Failed f -> "failed";
            };
        }
    }
}
