package io.moondial.history;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.edr.Edr;
import io.moondial.history.KeptDialog.Told;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What happened in a dialog up to a moment. */
public final class History {
    private final KeptDialog dialog;
    private final List<Told> told;
    private final int leftOut;

    History(KeptDialog dialog, List<Told> told, int leftOut) {
        this.dialog = dialog;
        this.told = List.copyOf(told);
        this.leftOut = leftOut;
    }

    /** What an entry tells. */
    public enum Kind {
        /** A dialog begins: somebody dialled or notified us. */
        DIALLED,
        /** A dialog begins: that of a push. */
        PUSHED,
        SCREEN,
        ANSWER,
        CALL,
        LOG,
        RECORD,
        PROBLEM,
        END,
        NOTE
    }

    /**
     * One entry. What does not apply to its kind is null.
     *
     * @param screen menu, notify or respond
     * @param text what was shown, answered, logged or said; secrets are asterisks
     * @param place the line of the script, {@code file:line}
     * @param took of a screen the time since the answer before it, or since the beginning; of an
     *     answer since its screen; of a call how long it took
     * @param called of a call: a module, a dot, and what the rules name
     * @param outcome of a call, of the end, and of an answer that is no text
     * @param level of a log line
     * @param stream where a record went
     */
    public record Entry(
            Instant at,
            Kind kind,
            @Nullable String screen,
            @Nullable String text,
            boolean secret,
            @Nullable String place,
            @Nullable Duration took,
            @Nullable String called,
            @Nullable String outcome,
            DialogFact.@Nullable Level level,
            @Nullable String stream,
            @Nullable Edr record) {}

    /** The dialog. */
    public KeptDialog dialog() {
        return dialog;
    }

    /** How many more things happened that were not kept, because there were too many. */
    public int leftOut() {
        return leftOut;
    }

    /** What happened, in order; more comes behind these as the dialog goes on. */
    public List<Entry> entries() {
        Reading reading = new Reading(dialog.identity());
        told.forEach(reading::read);
        return List.copyOf(reading.entries);
    }

    /**
     * A dialog test that holds this conversation again; what was secret in it is asterisks, or
     * digits that stand for it.
     *
     * @throws IllegalStateException if it is not over, or not all of it was kept
     */
    public String test() {
        if (dialog.outcome() == null || leftOut > 0) {
            throw new IllegalStateException("only a whole dialog can be a test");
        }
        return DialogAsTest.of(this);
    }

    /** The facts, in order. */
    List<Told> told() {
        return told;
    }

    /** Makes entries of facts. */
    private static final class Reading {
        private static final Pattern PLACE =
                Pattern.compile("([^\\s:]+:\\d+): ?(.*)", Pattern.DOTALL);

        private final DialogIdentity dialog;
        private final List<Entry> entries = new ArrayList<>();
        private final Set<String> problems = new HashSet<>();
        private @Nullable String sentFrom;
        private Instant turn = Instant.EPOCH;
        private Instant shown = Instant.EPOCH;

        Reading(DialogIdentity dialog) {
            this.dialog = dialog;
        }

        void read(Told told) {
            Instant at = told.at();
            DialogFact fact = told.fact();
            read(at, fact);
            Edr edr = DialogRecords.record(dialog, at, fact);
            if (edr != null) {
                record(at, DialogRecords.stream(dialog, fact), edr);
            }
        }

        private void resumes(Instant at, @Nullable String dialog) {
            if (dialog != null) {
                note(at, "the flow of dialog " + dialog + " goes on");
            }
        }

        private void read(Instant at, DialogFact fact) {
            switch (fact) {
                case DialogFact.Begun begun -> begun(at);
                case DialogFact.BegunTowards(int attempt, String localTid) ->
                        note(at, "attempt %d has left, as %s".formatted(attempt, localTid));
                case DialogFact.Sending sending -> sentFrom = sending.place();
                case DialogFact.Shown(Screen screen, Text text, String resumes) -> {
                    resumes(at, resumes);
                    screen(at, screen == Screen.MENU ? "menu" : "notify", text);
                    shown = at;
                }
                case DialogFact.Responded(Text text, String resumes) -> {
                    resumes(at, resumes);
                    screen(at, "respond", text);
                }
                case DialogFact.Answered(Text answer, boolean late, boolean last) ->
                        answer(at, answer, late ? "late" : null);
                case DialogFact.Acknowledged(boolean late, boolean last) ->
                        answer(at, null, late ? "late" : "acknowledged");
                case DialogFact.Errored(var screen, int code, boolean late, boolean last) ->
                        answer(at, null, "error " + code);
                case DialogFact.TimedOut timedOut -> answer(at, null, "timeout");
                case DialogFact.Abandoned abandoned -> answer(at, null, "abandoned");
                case DialogFact.FarSideEnded ended -> note(at, "the far side has ended the dialog");
                case DialogFact.FarSideAborted(String how) ->
                        note(at, "the far side has broken the dialog off: " + how);
                case DialogFact.Failed(String exception) -> problem(at, exception);
                case DialogFact.Undelivered(String why) -> problem(at, "undelivered: " + why);
                case DialogFact.Noted(String what) -> note(at, what);
                case DialogFact.FarOpened opened ->
                        note(
                                at,
                                "asks %s for %s"
                                        .formatted(node(opened.remote()), opened.text().written()));
                case DialogFact.FarShown(String tid, Screen screen, Text text) ->
                        note(
                                at,
                                "the other node shows a %s: %s"
                                        .formatted(
                                                screen == Screen.MENU ? "menu" : "notify",
                                                text.written()));
                case DialogFact.FarAnswered answered ->
                        note(at, "the other node gets " + got(answered));
                case DialogFact.FarEnded ended -> note(at, ended(ended));
                case DialogFact.ScriptCalled called -> call(at, called);
                case DialogFact.ScriptLogged(var level, String place, String text) ->
                        entries.add(
                                new Entry(
                                        at,
                                        Kind.LOG,
                                        null,
                                        text,
                                        false,
                                        empty(place),
                                        null,
                                        null,
                                        null,
                                        level,
                                        null,
                                        null));
                case DialogFact.ScriptWarned(String place, String text) ->
                        problem(at, empty(place), text);
                case DialogFact.ScriptFailed failed -> problem(at, failed.text());
                case DialogFact.ScriptSwitchedOff off ->
                        problem(
                                at,
                                "%s is switched off: limits have ended it %d times"
                                        .formatted(off.file(), off.kills()));
                case DialogFact.ScriptSwitchedOn(String file, String version) ->
                        note(at, file + " is switched on again after its pause");
                case DialogFact.ScriptSkipped skipped -> problem(at, "the script is switched off");
                case DialogFact.Finished(Outcome outcome, boolean explained) -> end(at, outcome);
                case DialogFact.NotifyAcknowledged it -> {}
                case DialogFact.Declined it -> {}
                case DialogFact.Closed it -> {}
                case DialogFact.Aborted it -> {}
                case DialogFact.ScriptRecorded it -> {}
                case DialogFact.ScriptKilled it -> {}
                case DialogFact.Broken it -> {}
                case DialogFact.LetGo it -> {}
            }
        }

        private static String node(DialogFact.End node) {
            return node.globalTitle() == null
                    ? "point code " + node.pointCode()
                    : "global title " + node.globalTitle();
        }

        private static String got(DialogFact.FarAnswered answered) {
            Text answer = answered.answer();
            if (answered.code() != null) {
                return "error " + answered.code();
            }
            return answer == null ? "an acknowledgement" : "the answer " + answer.written();
        }

        private static String ended(DialogFact.FarEnded ended) {
            Text text = ended.text();
            if (text != null) {
                return "the other node ends with " + text.written();
            }
            return ended.code() == null
                    ? "the dialog with the other node is over: " + ended.how()
                    : "the other node ends with error " + ended.code();
        }

        private void begun(Instant at) {
            turn = at;
            String pushId = dialog.opening().pushId();
            String text = dialog.opening().written();
            entries.add(
                    new Entry(
                            at,
                            pushId == null ? Kind.DIALLED : Kind.PUSHED,
                            null,
                            pushId == null ? text : text.isEmpty() ? pushId : pushId + ": " + text,
                            dialog.opening().mask() != null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null));
        }

        private void screen(Instant at, String screen, Text text) {
            entries.add(
                    new Entry(
                            at,
                            Kind.SCREEN,
                            screen,
                            text.written(),
                            text.secret(),
                            place(),
                            Duration.between(turn, at),
                            null,
                            null,
                            null,
                            null,
                            null));
        }

        private void answer(Instant at, @Nullable Text answer, @Nullable String outcome) {
            turn = at;
            entries.add(
                    new Entry(
                            at,
                            Kind.ANSWER,
                            null,
                            answer == null ? null : answer.written(),
                            answer != null && answer.secret(),
                            null,
                            Duration.between(shown, at),
                            null,
                            outcome,
                            null,
                            null,
                            null));
        }

        private void call(Instant at, DialogFact.ScriptCalled called) {
            entries.add(
                    new Entry(
                            at,
                            Kind.CALL,
                            null,
                            null,
                            false,
                            null,
                            called.took(),
                            called.called(),
                            called.outcome(),
                            null,
                            null,
                            null));
        }

        private void note(Instant at, String text) {
            entries.add(
                    new Entry(
                            at, Kind.NOTE, null, text, false, null, null, null, null, null, null,
                            null));
        }

        /** A place at the beginning of its text is its place. */
        private void problem(Instant at, String text) {
            Matcher placed = PLACE.matcher(text);
            if (placed.matches()) {
                problem(at, placed.group(1), placed.group(2));
            } else {
                problem(at, null, text);
            }
        }

        /** The failure of a script is a failure of its dialog too: it is told once. */
        private void problem(Instant at, @Nullable String place, String text) {
            if (problems.add(place + " " + text)) {
                entries.add(
                        new Entry(
                                at,
                                Kind.PROBLEM,
                                null,
                                text,
                                false,
                                place,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null));
            }
        }

        private void end(Instant at, Outcome outcome) {
            String text =
                    switch (outcome) {
                        case Outcome.Declined(int code) -> "error " + code;
                        case Outcome.Abandoned(String how) -> how;
                        case Outcome.Unreached(String how) -> how;
                        case Outcome.Failed(String exception) -> exception;
                        default -> null;
                    };
            entries.add(
                    new Entry(
                            at,
                            Kind.END,
                            null,
                            text,
                            false,
                            place(),
                            null,
                            null,
                            outcome.word(),
                            null,
                            null,
                            null));
        }

        private void record(Instant at, String stream, Edr edr) {
            entries.add(
                    new Entry(
                            at,
                            Kind.RECORD,
                            null,
                            null,
                            false,
                            null,
                            null,
                            null,
                            null,
                            null,
                            stream,
                            edr));
        }

        /** Of what was sent last. */
        private @Nullable String place() {
            return sentFrom == null ? null : empty(sentFrom);
        }

        private static @Nullable String empty(String text) {
            return text.isEmpty() ? null : text;
        }
    }
}
