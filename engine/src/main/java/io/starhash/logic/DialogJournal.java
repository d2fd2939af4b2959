package io.starhash.logic;

import io.starhash.dialog.Outcome;
import io.starhash.edr.Edr;
import io.starhash.edr.EdrSink;
import io.starhash.metrics.Counters;
import io.starhash.script.ScriptDialog.Refused;
import io.starhash.script.ScriptFault;
import io.starhash.script.ScriptServices;
import io.starhash.time.Time;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Everything that one dialog leaves behind, from the engine or from its script: EDRs, log lines,
 * counts.
 */
final class DialogJournal implements ScriptServices {
    private static final Logger log = LoggerFactory.getLogger("dialog");
    private static final Logger scriptLog = LoggerFactory.getLogger("script");

    private final DialogIdentity identity;
    private final String stream;
    private final EdrSink edrs;
    private final Counters counters;
    private final Time time;

    DialogJournal(
            DialogIdentity identity, String stream, EdrSink edrs, Counters counters, Time time) {
        this.identity = identity;
        this.stream = stream;
        this.edrs = edrs;
        this.counters = counters;
        this.time = time;
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

    void note(String text) {
        counters.increment("dialogs.notes");
        log.info("{} {}", identity, text);
    }

    void failed(ScriptFault fault) {
        if (fault.luaStack().isEmpty()) {
            log.warn("{} {}", identity, fault.text(), fault.cause());
        } else {
            String stack = String.join("\n    ", fault.luaStack());
            log.warn("{} {}\n    {}", identity, fault.text(), stack, fault.cause());
        }
    }

    void broken(RuntimeException fault) {
        log.error(
                "{} internal fault: the dialog is aborted, the others are not touched",
                identity,
                fault);
    }

    void finished(Outcome outcome) {
        counters.increment("dialogs.finished." + outcome.word());
        log.debug("{} {}", identity, outcome);
    }

    // ---- the script's part

    @Override
    public void log(Level level, String message) {
        scriptLog.atLevel(level).log("{} {}", identity, message);
    }

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String into) {
        try {
            Edr record = Edr.custom(time.now(), identity.instanceId(), event, fields);
            edrs.write(Objects.requireNonNullElse(into, stream), record);
        } catch (IllegalArgumentException e) {
            throw new Refused("edr.write: " + e.getMessage());
        }
    }

    @Override
    public void increment(String name) {
        counters.increment("script." + name);
    }

    @Override
    public Instant now() {
        return time.now();
    }
}
