package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import io.moondial.script.ScriptServices;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.Backends;
import io.moondial.script.api.ScriptDialog.Refused;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** What the script of one dialog reaches beside its dialog: log, EDRs of its own, counters. */
final class DialogServices implements ScriptServices {
    private final DialogIdentity identity;
    private final DialogListener listener;
    private final DialogEnvironment around;
    private final OptionalLong seed;
    private final ScriptShares.Share share;
    private final ScriptSettings.Shares limits;
    private final @Nullable ZoneId zone;
    private String place = "";
    private int edrsWritten;

    DialogServices(
            DialogIdentity identity,
            DialogListener listener,
            DialogEnvironment around,
            ScriptShares.Share share,
            ScriptSettings.Shares limits,
            @Nullable ZoneId zone) {
        this.identity = identity;
        this.listener = listener;
        this.around = around;
        this.seed = around.seeds().get();
        this.share = share;
        this.limits = limits;
        this.zone = zone;
    }

    /** {@code file:line} of what the script does or has done last; empty if it has not begun. */
    String place() {
        return place;
    }

    @Override
    public void log(Level level, String message) {
        tell(new DialogFact.ScriptLogged(level(level), place, message));
        if (share.mayLog(level, limits)) {
            share.log()
                    .atLevel(level)
                    .addKeyValue("place", place)
                    .log("{} {}", identity, LogText.of(message));
        }
    }

    private static DialogFact.Level level(Level level) {
        return switch (level) {
            case TRACE, DEBUG -> DialogFact.Level.DEBUG;
            case INFO -> DialogFact.Level.INFO;
            case WARN -> DialogFact.Level.WARN;
            case ERROR -> DialogFact.Level.ERROR;
        };
    }

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String into) {
        if (edrsWritten >= limits.maxEdrs()) {
            share.edrRefused();
            throw new Refused(
                    "edr.write: '%s' is not written: this dialog's script has written %d records (script.max_edrs)"
                            .formatted(event, edrsWritten));
        }
        try {
            tell(
                    new DialogFact.ScriptRecorded(
                            Objects.requireNonNullElse(into, identity.edrStream()),
                            event,
                            new TreeMap<>(fields)));
            edrsWritten++;
        } catch (IllegalArgumentException e) {
            throw new Refused("edr.write: " + e.getMessage());
        }
    }

    private void tell(DialogFact fact) {
        listener.told(identity, now(), fact);
    }

    @Override
    public void increment(String name) {
        share.increment(name, limits);
    }

    @Override
    public void called(
            String called, String outcome, Duration took, Supplier<@Nullable String> given) {
        tell(new DialogFact.ScriptCalled(called, outcome, took, given));
    }

    @Override
    public Backends backends() {
        return around.backends();
    }

    @Override
    public CompletableFuture<?> after(Duration time) {
        CompletableFuture<@Nullable Void> passed = new CompletableFuture<>();
        Time.Alarm alarm = around.time().after(time, () -> passed.complete(null));
        var _ = passed.whenComplete((_, _) -> alarm.cancel());
        return passed;
    }

    @Override
    public Instant now() {
        return around.time().now();
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
        return zone == null ? around.time().zone() : zone;
    }

    @Override
    public long nanoTime() {
        return around.time().nanos();
    }
}
