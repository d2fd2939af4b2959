package io.moondial.logic;

import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.DialogKind;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrSink;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dialog's EDRs: which facts have one, its event and fields as {@code edr-spec/} or as the
 * script says, and the stream. No record of a dialog is made anywhere else.
 */
public final class DialogRecords implements DialogListener {
    private final EdrSink edrs;

    public DialogRecords(EdrSink edrs) {
        this.edrs = edrs;
    }

    /**
     * Writes the record of a fact, if it has one.
     *
     * @throws IllegalArgumentException if a record of a script's own cannot be written as it is, or
     *     into its stream; then it has not happened
     */
    @Override
    public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        Edr record = record(dialog, at, fact);
        if (record != null) {
            edrs.write(stream(dialog, fact), record);
        }
    }

    /**
     * The record of a fact; null if it has none.
     *
     * @throws IllegalArgumentException if a record of a script's own cannot be as it is
     */
    public static @Nullable Edr record(DialogIdentity dialog, Instant at, DialogFact fact) {
        if (fact instanceof DialogFact.ScriptRecorded(var stream, String event, var fields)) {
            return Edr.custom(at, dialog.instanceId(), event, fields);
        }
        Edr.Builder record = new Moment(dialog, at, fact).of();
        return record == null ? null : record.build();
    }

    /** Where the record of a fact goes. */
    public static String stream(DialogIdentity dialog, DialogFact fact) {
        return fact instanceof DialogFact.ScriptRecorded recorded
                ? recorded.stream()
                : dialog.edrStream();
    }

    /** Whether such a fact has a record in any dialog of this kind, without making it. */
    public static boolean isRecorded(DialogKind kind, DialogFact fact) {
        boolean pushed = kind == DialogKind.PUSHED;
        return switch (fact) {
            case DialogFact.Begun begun -> !pushed;
            case DialogFact.Shown shown -> true;
            case DialogFact.Answered answered -> true;
            case DialogFact.Acknowledged acknowledged -> true;
            case DialogFact.Errored errored -> true;
            case DialogFact.TimedOut(Screen screen) -> pushed || screen == Screen.MENU;
            case DialogFact.Abandoned(Screen screen) -> screen == Screen.MENU;
            case DialogFact.FarSideEnded(boolean silent) -> silent;
            case DialogFact.FarSideAborted aborted -> true;
            case DialogFact.Responded responded -> true;
            case DialogFact.NotifyAcknowledged acknowledged -> true;
            case DialogFact.Declined declined -> true;
            case DialogFact.Closed closed -> true;
            case DialogFact.Aborted aborted -> true;
            case DialogFact.Failed failed -> true;
            case DialogFact.ScriptRecorded recorded -> true;
            case DialogFact.FarOpened opened -> true;
            case DialogFact.FarEnded ended -> true;
            default -> false;
        };
    }

    /** A moment of a dialog: it makes the engine's own record of what happened then. */
    private record Moment(DialogIdentity dialog, Instant at, DialogFact fact) {
        private Edr.@Nullable Builder of() {
            return switch (fact) {
                case DialogFact.Begun begun ->
                        switch (kind()) {
                            case DIALLED -> dialled();
                            case NOTIFIED -> notified();
                            case PUSHED -> null;
                        };
                case DialogFact.BegunTowards towards -> null;
                case DialogFact.Shown(Screen screen, Text text, String resumes) ->
                        event(name(screen))
                                .text("DIRECTION", "out")
                                .text("RESUMES", resumes)
                                .text("TEXT", text.written());
                case DialogFact.Answered(Text answer, boolean late, boolean last) ->
                        result(name(Screen.MENU) + "-R", late, last)
                                .text("REASON", late ? null : "Input")
                                .text("TEXT", answer.written());
                case DialogFact.Acknowledged(boolean late, boolean last) ->
                        result(name(Screen.NOTIFY) + "-R", late, last);
                case DialogFact.Errored(Screen screen, int code, boolean late, boolean last) ->
                        result(name(screen) + "-E", late, last).number("ERROR_CODE", code);
                case DialogFact.TimedOut(Screen screen) -> withoutAnswer(screen, "Timeout");
                case DialogFact.Abandoned(Screen screen) -> withoutAnswer(screen, "Abandon");
                case DialogFact.FarSideEnded(boolean silent) ->
                        silent ? event("USSD-END").text("DIRECTION", "in") : null;
                case DialogFact.FarSideAborted aborted ->
                        event("USSD-ABORT").text("DIRECTION", "in");
                case DialogFact.Responded(Text text, String resumes) ->
                        event("USSD-PROCESS-R")
                                .text("RESUMES", resumes)
                                .text("TEXT", text.written());
                case DialogFact.NotifyAcknowledged acknowledged -> event("USSD-NOTIFY-R");
                case DialogFact.Declined(int code) ->
                        event(kind() == DialogKind.DIALLED ? "USSD-PROCESS-E" : "USSD-NOTIFY-E")
                                .number("ERROR_CODE", code);
                case DialogFact.Closed closed -> event("USSD-END").text("DIRECTION", "out");
                case DialogFact.Aborted aborted -> event("USSD-ABORT").text("DIRECTION", "out");
                case DialogFact.Failed(String exception) ->
                        event("USSD-SHUTDOWN").text("EXCEPTION", exception);
                case DialogFact.FarOpened opened -> opened(opened);
                case DialogFact.FarEnded ended -> ended(ended);
                case DialogFact.FarShown shown -> null;
                case DialogFact.FarAnswered answered -> null;
                case DialogFact.Finished finished -> null;
                case DialogFact.Sending sending -> null;
                case DialogFact.Undelivered undelivered -> null;
                case DialogFact.Noted noted -> null;
                case DialogFact.ScriptCalled called -> null;
                case DialogFact.ScriptLogged logged -> null;
                case DialogFact.ScriptRecorded recorded -> null;
                case DialogFact.ScriptWarned warned -> null;
                case DialogFact.ScriptFailed failed -> null;
                case DialogFact.ScriptKilled killed -> null;
                case DialogFact.ScriptSwitchedOff off -> null;
                case DialogFact.ScriptSwitchedOn on -> null;
                case DialogFact.ScriptSkipped skipped -> null;
                case DialogFact.Broken broken -> null;
                case DialogFact.LetGo letGo -> null;
            };
        }

        private Edr.Builder event(String event) {
            return Edr.builder(at, dialog.instanceId(), event)
                    .text("PUSH_ID", dialog.opening().pushId());
        }

        private DialogKind kind() {
            return dialog.opening().kind();
        }

        private static String name(Screen screen) {
            return screen == Screen.MENU ? "USSD-REQUEST" : "USSD-NOTIFY";
        }

        private Edr.Builder result(String event, boolean late, boolean last) {
            return event(event).flag("CONTROLLED", !last).text("DISCARDED", late ? "1" : null);
        }

        /** A notify without an answer has no record but its own, unless it is pushed. */
        private Edr.@Nullable Builder withoutAnswer(Screen screen, String reason) {
            return isRecorded(kind(), fact)
                    ? event(name(screen) + "-R").text("REASON", reason)
                    : null;
        }

        private Edr.Builder notified() {
            return event("USSD-NOTIFY")
                    .text("DIRECTION", "in")
                    .text("TEXT", dialog.opening().written());
        }

        private Edr.Builder dialled() {
            Opening opening = dialog.opening();
            Party local = opening.local();
            Party remote = opening.remote();
            return event("USSD-PROCESS")
                    .text("DIRECTION", "in")
                    .text("DREF", text(opening.destination()))
                    .text("LGTD", local.globalTitle())
                    .number("LPC", local.pointCode())
                    .number("LRI", local.routingIndicator())
                    .number("LSSN", local.ssn())
                    .text("LTID", opening.localTid())
                    .text("MSISDN", text(opening.msisdn()))
                    .text("OREF", text(opening.origination()))
                    .text("RGTD", remote.globalTitle())
                    .number("RPC", remote.pointCode())
                    .number("RRI", remote.routingIndicator())
                    .number("RSSN", remote.ssn())
                    .text("RTID", opening.remoteTid())
                    .text("TEXT", opening.written());
        }

        private Edr.Builder opened(DialogFact.FarOpened opened) {
            DialogFact.End local = opened.local();
            DialogFact.End remote = opened.remote();
            return event("USSD-PROCESS")
                    .text("DIRECTION", "out")
                    .text("DREF", opened.destination())
                    .text("LGTD", local.globalTitle())
                    .number("LPC", local.pointCode())
                    .number("LRI", local.routingIndicator())
                    .number("LSSN", local.ssn())
                    .text("LTID", opened.tid())
                    .text("MSISDN", opened.msisdn())
                    .text("OREF", opened.origination())
                    .text("RGTD", remote.globalTitle())
                    .number("RPC", remote.pointCode())
                    .number("RRI", remote.routingIndicator())
                    .number("RSSN", remote.ssn())
                    .text("TEXT", opened.text().written());
        }

        /** A record of a dialog with another node has its transaction id, and no other has. */
        private Edr.Builder ended(DialogFact.FarEnded ended) {
            Text text = ended.text();
            Integer code = ended.code();
            if (text != null) {
                return far("USSD-PROCESS-R", "in", ended).text("TEXT", text.written());
            }
            if (code != null) {
                return far("USSD-PROCESS-E", "in", ended).number("ERROR_CODE", code);
            }
            return switch (ended.how()) {
                case "closed" -> far("USSD-END", "in", ended);
                case "abort", "refused", "unreachable" ->
                        far("USSD-ABORT", "in", ended).text("REASON", ended.how());
                default -> far("USSD-ABORT", "out", ended).text("REASON", ended.how());
            };
        }

        private Edr.Builder far(String event, String direction, DialogFact.FarEnded ended) {
            return event(event).text("DIRECTION", direction).text("LTID", ended.tid());
        }

        private static @Nullable String text(@Nullable Object value) {
            return value == null ? null : value.toString();
        }
    }
}
