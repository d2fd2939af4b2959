package io.moondial.logic;

import static java.util.stream.Collectors.joining;

import io.moondial.config.Measure;
import io.moondial.dialog.Outcome;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrSink;
import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.script.Script;
import io.moondial.script.ScriptFault;
import io.moondial.script.ScriptServices;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.Backends;
import io.moondial.script.api.ScriptDialog.Refused;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Everything that one dialog leaves behind, from the engine or from its script: EDRs, log lines,
 * counts.
 */
final class DialogJournal implements ScriptServices {
    private final DialogIdentity identity;
    private final String stream;
    private final EdrSink edrs;
    private final Counters counters;
    private final Time time;
    private final Logger log;
    private final Logger scriptLog;
    private final OptionalLong seed;
    private final DialogWatch watch;
    private final Backends backends;
    private final RateLimitedLog limited;
    private final ScriptShares.Share share;
    private final ScriptSettings.Shares limits;
    private boolean faultLogged;
    private String place = "";

    DialogJournal(
            DialogIdentity identity,
            String stream,
            EdrSink edrs,
            Counters counters,
            Surroundings around,
            RateLimitedLog limited,
            ScriptShares.Share share,
            ScriptSettings.Shares limits) {
        this.identity = identity;
        this.stream = stream;
        this.edrs = edrs;
        this.counters = counters;
        this.time = around.time();
        this.log = around.loggers().getLogger("dialog");
        this.scriptLog = around.loggers().getLogger("script");
        this.seed = around.seeds().get();
        this.watch = around.watch();
        this.backends = around.backends();
        this.limited = limited;
        this.share = share;
        this.limits = limits;
    }

    // ---- the engine's part

    String instanceId() {
        return identity.instanceId();
    }

    void write(String event, Map<String, String> fields) {
        Edr.Builder record = Edr.builder(time.now(), identity.instanceId(), event);
        fields.forEach(record::text);
        edrs.write(stream, record.build());
    }

    /** A message is about to be sent. */
    void sending(DialogWatch.Secrecy secrecy) {
        watch.sending(identity.instanceId(), place, secrecy);
    }

    /** No link took a message, for this reason: the far side gets nothing of it. */
    void undelivered(String why) {
        counters.increment("dialogs.undelivered");
        limited.write(Level.WARN, "undelivered", "{} undelivered: {}", identity, why);
    }

    void note(String text) {
        counters.increment("dialogs.notes");
        limited.write(Level.INFO, "notes", "{} {}", identity, LogText.of(text));
    }

    void failed(ScriptFault fault) {
        faultLogged = true;
        counters.increment("scripts.errors");
        if (mayLogError()) {
            log.warn(
                    "{} {}{}{}",
                    identity,
                    LogText.of(fault.text()),
                    indented(fault.luaStack().stream()),
                    trace(fault.cause()));
        }
    }

    /** What a script's author should know of. */
    void warn(String text) {
        counters.increment("scripts.warnings");
        if (mayLogError()) {
            log.warn("{} {}: {}", identity, place, text);
        }
    }

    private boolean mayLogError() {
        return limited.mayWrite(Level.WARN, share.errors(), RateLimitedLog.FULL_LINES);
    }

    /** A limit ended the script. */
    void killed() {
        counters.increment("scripts.killed");
    }

    void switchedOff(Script script, ScriptSettings.Breaker rule) {
        counters.increment("scripts.switched_off");
        log.error(
                "{} {} version {} is switched off: limits have ended it {} times within {}; its"
                        + " dialogs get error_message (notifies ReturnError 34) for {}, or until a"
                        + " reload",
                identity,
                script.fileName(),
                script.version(),
                rule.maxKills(),
                Measure.DURATION.format(rule.maxKillsTime().toMillis()),
                Measure.DURATION.format(rule.switchOffTime().toMillis()));
    }

    void switchedOnAgain(Script script) {
        log.warn(
                "{} {} version {} is switched on again after its pause",
                identity,
                script.fileName(),
                script.version());
    }

    /** The dialog is answered without its script, which is switched off. */
    void metSwitchedOff() {
        counters.increment("dialogs.switched_off");
        log.debug("{} the script is switched off", identity);
    }

    void broken(Throwable fault) {
        faultLogged = true;
        if (limited.mayWrite(Level.ERROR, "internal faults", RateLimitedLog.FULL_LINES)) {
            log.error(
                    "{} internal fault: this dialog fails, the others are not affected{}",
                    identity,
                    trace(fault));
        }
    }

    void finished(Outcome outcome) {
        counters.increment(ServiceDesk.FINISHED + outcome.word());
        if (outcome instanceof Outcome.Failed(String exception) && !faultLogged) {
            limited.write(
                    Level.WARN, "failures of dialogs", "{} {}", identity, LogText.of(exception));
        } else {
            log.debug("{} {}", identity, outcome.word());
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

    // ---- the script's part

    @Override
    public void log(Level level, String message) {
        if (share.mayLog(level, limits)) {
            scriptLog.atLevel(level).log("{} {}", identity, LogText.of(message));
        }
    }

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String into) {
        try {
            Edr record =
                    Edr.custom(time.now(), identity.instanceId(), event, new TreeMap<>(fields));
            edrs.write(Objects.requireNonNullElse(into, stream), record);
        } catch (IllegalArgumentException e) {
            throw new Refused("edr.write: " + e.getMessage());
        }
    }

    @Override
    public void increment(String name) {
        share.increment(name, limits);
    }

    @Override
    public Backends backends() {
        return backends;
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public OptionalLong seed() {
        return seed;
    }

    @Override
    public void comesFrom(String file, int line) {
        place = file + ':' + line;
    }

    @Override
    public ZoneId zone() {
        return time.zone();
    }

    @Override
    public long nanoTime() {
        return time.nanos();
    }
}
