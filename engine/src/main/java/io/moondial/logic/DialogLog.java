package io.moondial.logic;

import static java.util.stream.Collectors.joining;

import io.moondial.config.Measure;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.text.LogText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Writes the log lines of dialogs. */
final class DialogLog implements DialogListener {
    private final Logger log;
    private final RateLimitedLog limited;
    private final ScriptShares shares;

    /**
     * A log of dialogs.
     *
     * @param limited of the same logger
     * @param shares how many lines the errors of a script may take
     */
    DialogLog(Logger log, RateLimitedLog limited, ScriptShares shares) {
        this.log = log;
        this.limited = limited;
        this.shares = shares;
    }

    @Override
    public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        switch (fact) {
            case DialogFact.Undelivered(String why) ->
                    limited.write(Level.WARN, "undelivered", "{} undelivered: {}", dialog, why);
            case DialogFact.Noted(String what) ->
                    limited.write(Level.INFO, "notes", "{} {}", dialog, LogText.of(what));
            case DialogFact.ScriptWarned(String place, String text) -> warned(dialog, place, text);
            case DialogFact.ScriptFailed failed -> failed(dialog, failed);
            case DialogFact.ScriptSwitchedOff off -> switchedOff(dialog, off);
            case DialogFact.ScriptSwitchedOn(String file, String version) ->
                    log.warn(
                            "{} {} version {} is switched on again after its pause",
                            dialog,
                            file,
                            version);
            case DialogFact.ScriptSkipped skipped ->
                    log.debug("{} the script is switched off", dialog);
            case DialogFact.Broken(Throwable fault) -> broken(dialog, fault);
            case DialogFact.LetGo(Throwable fault) -> broken(dialog, fault);
            case DialogFact.Finished(Outcome outcome, boolean explained) ->
                    finished(dialog, outcome, explained);
            default -> {}
        }
    }

    private void failed(DialogIdentity dialog, DialogFact.ScriptFailed failed) {
        ScriptErrors errors = shares.of(dialog.script()).errors();
        boolean first = errors.isNew(dialog, "failed", failed.place(), failed.text());
        if (first || log.isDebugEnabled()) {
            log.atLevel(first ? Level.WARN : Level.DEBUG)
                    .addKeyValue("place", failed.place())
                    .log(
                            "{} {}{}{}",
                            dialog,
                            LogText.of(failed.text()),
                            indented(failed.luaStack().stream()),
                            trace(failed.cause()));
        }
    }

    private void warned(DialogIdentity dialog, String place, String text) {
        ScriptErrors errors = shares.of(dialog.script()).errors();
        boolean first = errors.isNew(dialog, "gave a warning", place, text);
        if (first || log.isDebugEnabled()) {
            log.atLevel(first ? Level.WARN : Level.DEBUG)
                    .addKeyValue("place", place)
                    .log("{} {}: {}", dialog, place, text);
        }
    }

    private void switchedOff(DialogIdentity dialog, DialogFact.ScriptSwitchedOff off) {
        log.error(
                "{} {} version {} is switched off: limits have ended it {} times within {}; its"
                        + " dialogs get error_message (notifies ReturnError 34, pushes wait) for {}, or until a"
                        + " reload",
                dialog,
                off.file(),
                off.version(),
                off.kills(),
                Measure.DURATION.format(off.within().toMillis()),
                Measure.DURATION.format(off.pause().toMillis()));
    }

    private void broken(DialogIdentity dialog, Throwable fault) {
        if (limited.mayWrite(Level.ERROR, "internal faults", RateLimitedLog.FULL_LINES)) {
            log.error(
                    "{} internal fault: this dialog fails, the others are not affected{}",
                    dialog,
                    trace(fault));
        }
    }

    private void finished(DialogIdentity dialog, Outcome outcome, boolean explained) {
        if (outcome instanceof Outcome.Failed(String exception) && !explained) {
            limited.write(
                    Level.WARN, "failures of dialogs", "{} {}", dialog, LogText.of(exception));
        } else {
            log.debug("{} {}", dialog, outcome.word());
        }
    }

    private static String trace(@Nullable Throwable fault) {
        if (fault == null) {
            return "";
        }
        StringWriter trace = new StringWriter();
        fault.printStackTrace(new PrintWriter(trace));
        return indented(trace.toString().lines());
    }

    private static String indented(Stream<String> lines) {
        return lines.map(line -> "\n    " + LogText.of(line)).collect(joining());
    }
}
