package io.moondial.push;

import io.moondial.channel.Address;
import io.moondial.edr.Edr;
import io.moondial.edr.EdrSink;
import io.moondial.edr.InstanceIds;
import io.moondial.time.Time;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the EDRs of pushes, as {@code edr-spec/} says: PUSH where an attempt begins, PUSH-R where
 * a push has come to its end well, PUSH-E where it has not, or where an attempt has failed and
 * another one is due. What happens in the dialog is written as that of any dialog.
 *
 * <p>It finds out what a change was by what the push was before, which it remembers of those that
 * have begun and not ended: of each push, one change after the other. The instance id is that of
 * the dialog, once the push has one; until then it is one of the push's own.
 */
public final class PushRecords implements Pushes.Listener {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final EdrSink edrs;
    private final Supplier<String> stream;
    private final InstanceIds ids;
    private final Time time;
    private final Map<String, Begun> begun = new ConcurrentHashMap<>();

    /**
     * A push that has begun and not ended.
     *
     * @param id of its records, as long as it has no dialog; null: none was needed yet
     */
    private record Begun(int attempts, @Nullable Instant nextAttempt, @Nullable String id) {}

    /**
     * Writes into a stream.
     *
     * @param stream its name, as it is in force
     * @param ids the source of the ids of dialogs
     */
    public PushRecords(EdrSink edrs, Supplier<String> stream, InstanceIds ids, Time time) {
        this.edrs = edrs;
        this.stream = stream;
        this.ids = ids;
        this.time = time;
    }

    @Override
    public void changed(PushReport report) {
        Begun before = begun.get(report.id());
        if (report.state().isLast()) {
            begun.remove(report.id());
            write(ended(report, before));
            return;
        }
        Instant next = report.nextAttempt();
        if (before == null
                ? report.attempts() == 0
                : before.attempts() == report.attempts()
                        && Objects.equals(before.nextAttempt(), next)) {
            return; // it waits for its turn, or nothing of this has changed
        }
        Begun now =
                new Begun(
                        report.attempts(),
                        next,
                        before != null
                                ? before.id()
                                : report.instanceId() == null ? ids.next() : null);
        begun.put(report.id(), now);
        if (next != null) {
            // one that is not known has failed before the engine was started
            if (before != null) {
                write(failed(report, now));
            }
        } else if (before == null
                ? report.state() == PushReport.State.ROUTING
                : report.attempts() > before.attempts()) {
            write(attempt(report, now));
        }
    }

    private void write(Edr.Builder record) {
        edrs.write(stream.get(), record.build());
    }

    private Edr.Builder attempt(PushReport report, Begun now) {
        PushSettings.RouteKind route = report.route();
        boolean isText = report.what().equals("notify") || report.what().equals("menu");
        return record("PUSH", report, now)
                .text("BY", report.by())
                .text("KIND", isText ? report.what() : "script")
                .text("ROUTE", route == null ? null : route.name().toLowerCase(Locale.ROOT))
                .text("SCRIPT", isText ? null : report.what());
    }

    private Edr.Builder ended(PushReport report, @Nullable Begun now) {
        return report.state() == PushReport.State.COMPLETED
                ? record("PUSH-R", report, now).text("STATE", report.state().word())
                : failed(report, now);
    }

    private Edr.Builder failed(PushReport report, @Nullable Begun now) {
        PushReport.Reason reason = report.reason();
        Instant next = report.nextAttempt();
        return record("PUSH-E", report, now)
                .number("ERROR_CODE", report.errorCode())
                .text("REASON", reason == null ? null : reason.word())
                .text("RETRY", next == null ? null : TIME.format(next))
                .text("STATE", report.state().word());
    }

    private Edr.Builder record(String event, PushReport report, @Nullable Begun begun) {
        String id = report.instanceId();
        if (id == null) {
            id = begun == null ? null : begun.id();
        }
        return Edr.builder(time.now(), id == null ? ids.next() : id, event)
                .number("ATTEMPT", report.attempts())
                .text("MSISDN", Address.international(report.msisdn()).toString())
                .text("PUSH_ID", report.id());
    }
}
