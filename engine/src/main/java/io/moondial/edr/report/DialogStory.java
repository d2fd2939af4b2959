package io.moondial.edr.report;

import io.moondial.edr.Edr;
import io.moondial.edr.report.DialogSummary.Choice;
import io.moondial.edr.report.DialogSummary.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A dialog while its records come in. It can be told of at any time, whatever is missing of it.
 *
 * <p>Source: {@code edr-spec/README.md}, "Order" and "Outcomes".
 */
final class DialogStory {
    private final String instance;
    private final List<Choice> choices = new ArrayList<>();
    private Instant first;
    private Instant last;

    /** The time of the record that opened the dialog; null while it has not come. */
    private @Nullable Instant opened;

    /** Where the engine's own record before stands; null before the first. */
    private @Nullable PlacedRecord before;

    private boolean clockWentBack;
    private Counts counts = Counts.NONE;
    private @Nullable Instant ended;
    private DialogOutcome outcome = DialogOutcome.UNFINISHED;
    private @Nullable String msisdn;
    private @Nullable String code;
    private @Nullable String notification;
    private @Nullable String menu;
    private @Nullable String finalText;
    private @Nullable String exception;

    /** A dialog of which this will be the first record added. */
    DialogStory(Edr edr) {
        instance = edr.instanceId();
        first = edr.at();
        last = edr.at();
    }

    /** Adds the next record. */
    void add(PlacedRecord found) {
        Edr edr = found.edr();
        if (edr.event().startsWith(Edr.ENGINE_PREFIX)) {
            clockWentBack |= isEarlier(found, before);
            before = found;
        }
        first = edr.at().isBefore(first) ? edr.at() : first;
        last = edr.at().isAfter(last) ? edr.at() : last;
        switch (edr.event()) {
            case "USSD-PROCESS" -> dialled(edr);
            case "USSD-PROCESS-R" -> responded(edr);
            case "USSD-PROCESS-E" -> end(DialogOutcome.DECLINED, edr);
            case "USSD-REQUEST" -> menu(edr);
            case "USSD-REQUEST-R" -> menuResult(edr);
            case "USSD-REQUEST-E" -> received(edr, true);
            case "USSD-NOTIFY" -> notify(edr);
            case "USSD-NOTIFY-R" -> notifyResult(edr);
            case "USSD-NOTIFY-E" -> notifyError(edr);
            case "USSD-END" -> gone(edr, DialogOutcome.CLOSED);
            case "USSD-ABORT" -> gone(edr, DialogOutcome.ABORTED);
            case "USSD-SHUTDOWN" -> failed(edr);
            default -> {
                // An event of the script's own tells nothing of the dialog.
            }
        }
    }

    /** Within a file a dialog's records stand in the order in which things happened. */
    private static boolean isEarlier(PlacedRecord found, @Nullable PlacedRecord before) {
        return before != null
                && found.file().equals(before.file())
                && found.edr().at().isBefore(before.edr().at());
    }

    /** Null where the clock was set back between the two: the times do not tell it. */
    private @Nullable Duration duration(Instant started, Instant until) {
        return clockWentBack || until.isBefore(started) ? null : Duration.between(started, until);
    }

    DialogSummary summary() {
        var started = Objects.requireNonNullElse(opened, first);
        var until = Objects.requireNonNullElse(ended, last);
        return new DialogSummary(
                instance,
                msisdn,
                code,
                notification,
                started,
                duration(started, until),
                outcome,
                finalText,
                choices,
                counts,
                exception);
    }

    private void dialled(Edr edr) {
        opened = edr.at();
        msisdn = Msisdn.digits(edr);
        code = edr.text("TEXT");
    }

    private void responded(Edr edr) {
        finalText = edr.text("TEXT");
        end(DialogOutcome.RESPONDED, edr);
    }

    private void menu(Edr edr) {
        menu = edr.text("TEXT");
        counts = counts.menu();
    }

    private void menuResult(Edr edr) {
        String answer = edr.text("TEXT");
        if ("Input".equals(edr.text("REASON")) && answer != null) {
            choices.add(new Choice(menu, answer));
        } else if ("Timeout".equals(edr.text("REASON"))) {
            counts = counts.timeout();
        }
        received(edr, false);
    }

    private void notify(Edr edr) {
        if ("in".equals(edr.text("DIRECTION"))) {
            opened = edr.at();
            notification = edr.text("TEXT");
        } else {
            counts = counts.notified();
        }
    }

    private void notifyResult(Edr edr) {
        if (isSent(edr)) {
            end(DialogOutcome.ACKNOWLEDGED, edr);
        } else {
            received(edr, false);
        }
    }

    private void notifyError(Edr edr) {
        if (isSent(edr)) {
            end(DialogOutcome.DECLINED, edr);
        } else {
            received(edr, true);
        }
    }

    /** A component from the far side; with CONTROLLED=0 it came in TC-END. */
    private void received(Edr edr, boolean error) {
        if ("1".equals(edr.text("DISCARDED"))) {
            counts = counts.lateOne();
        } else if (error) {
            counts = counts.error();
        }
        if ("0".equals(edr.text("CONTROLLED"))) {
            end(DialogOutcome.ABANDONED, edr);
        }
    }

    private void gone(Edr edr, DialogOutcome ours) {
        end("in".equals(edr.text("DIRECTION")) ? DialogOutcome.ABANDONED : ours, edr);
    }

    private void failed(Edr edr) {
        exception = edr.text("EXCEPTION");
        end(DialogOutcome.FAILED, edr);
    }

    /**
     * The first end is the end: an error after it, or the abort after an error, changes nothing.
     */
    private void end(DialogOutcome how, Edr edr) {
        if (outcome == DialogOutcome.UNFINISHED) {
            outcome = how;
            ended = edr.at();
        }
    }

    /** Only what was received says how it came. */
    private static boolean isSent(Edr edr) {
        return edr.text("CONTROLLED") == null;
    }
}
