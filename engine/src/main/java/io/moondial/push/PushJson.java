package io.moondial.push;

import io.moondial.push.PushReport.Reason;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reports as JSON objects, for programs: the interface answers with them, callbacks have them. */
public final class PushJson {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private PushJson() {}

    /**
     * A report. Times are RFC 3339 in UTC, with three digits of milliseconds, as the store has
     * them; a member whose value is null in the report is left out.
     */
    public static ObjectNode of(PushReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("push_id", report.id());
        json.put("msisdn", report.msisdn());
        json.put("what", report.what());
        json.put("priority", report.priority().word());
        json.put("by", report.by());
        json.put("state", report.state().word());
        json.put("accepted", TIME.format(report.accepted()));
        json.put("expires", TIME.format(report.expires()));
        json.put("changed", TIME.format(report.changed()));
        json.put("attempts", report.attempts());
        Instant next = report.nextAttempt();
        putIfThere(json, "next_attempt", next == null ? null : TIME.format(next));
        if (report.errorCode() != null) {
            json.put("error_code", report.errorCode());
        }
        Reason reason = report.reason();
        putIfThere(json, "reason", reason == null ? null : reason.word());
        putIfThere(json, "answer", report.answer());
        putIfThere(json, "instance_id", report.instanceId());
        return json.put("callback", report.callback());
    }

    private static void putIfThere(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
