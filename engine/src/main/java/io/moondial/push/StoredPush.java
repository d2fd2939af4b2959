package io.moondial.push;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.push.PushOrder.Content;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A push as the store has it: a JSON object. What is to be shown goes when the push has ended.
 *
 * @param owner the engine that goes on with it after a start
 * @param digest of the order: another order under the same idempotency key has another one; empty:
 *     it has no key
 * @param screen null: it has ended, or is a script
 * @param text null: likewise
 * @param script null: it is a text
 * @param args null: none, or it has ended
 * @param untaken how many of the attempts no link took; null: none
 */
record StoredPush(
        int format,
        String owner,
        String id,
        String digest,
        String msisdn,
        @Nullable Screen screen,
        @Nullable String text,
        @Nullable String script,
        @Nullable String args,
        String what,
        Priority priority,
        String by,
        boolean atLeastOnce,
        boolean callback,
        @Nullable Integer alertingPattern,
        State state,
        long accepted,
        long expires,
        long changed,
        int attempts,
        @Nullable Integer untaken,
        @Nullable Integer errorCode,
        @Nullable Reason reason,
        @Nullable String answer,
        @Nullable String instanceId) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonFactory WRITTEN = new JsonFactory();
    private static final int FORMAT = 1;

    /** How many characters most of them have at most. */
    private static final int MOST_OF_THEM = 512;

    /** How a push is. */
    static StoredPush of(
            String owner, String digest, PushOrder order, PushReport report, int untaken) {
        Content content = order.content();
        boolean isOver = report.state().isLast();
        return new StoredPush(
                FORMAT,
                owner,
                report.id(),
                digest,
                order.msisdn(),
                content instanceof PushOrder.Text(var screen, var _) && !isOver ? screen : null,
                content instanceof PushOrder.Text(var _, String text) && !isOver ? text : null,
                content instanceof PushOrder.Script(String key, var _) ? key : null,
                content instanceof PushOrder.Script(var _, var args) && !isOver ? args : null,
                report.what(),
                order.priority(),
                order.by(),
                order.atLeastOnce(),
                order.callback(),
                order.alertingPattern(),
                report.state(),
                report.accepted().toEpochMilli(),
                report.expires().toEpochMilli(),
                report.changed().toEpochMilli(),
                report.attempts(),
                untaken == 0 ? null : untaken,
                report.errorCode(),
                report.reason(),
                report.answer(),
                report.instanceId());
    }

    /** Its text; what is absent is left out. */
    String json() {
        StringWriter written = new StringWriter(MOST_OF_THEM);
        // property by property: this is written several times for each push
        try (JsonGenerator json = WRITTEN.createGenerator(ObjectWriteContext.empty(), written)) {
            json.writeStartObject();
            json.writeNumberProperty("format", format);
            json.writeStringProperty("owner", owner);
            json.writeStringProperty("id", id);
            json.writeStringProperty("digest", digest);
            json.writeStringProperty("msisdn", msisdn);
            write(json, "screen", screen);
            write(json, "text", text);
            write(json, "script", script);
            write(json, "args", args);
            json.writeStringProperty("what", what);
            write(json, "priority", priority);
            json.writeStringProperty("by", by);
            json.writeBooleanProperty("atLeastOnce", atLeastOnce);
            json.writeBooleanProperty("callback", callback);
            write(json, "alertingPattern", alertingPattern);
            write(json, "state", state);
            json.writeNumberProperty("accepted", accepted);
            json.writeNumberProperty("expires", expires);
            json.writeNumberProperty("changed", changed);
            json.writeNumberProperty("attempts", attempts);
            write(json, "untaken", untaken);
            write(json, "errorCode", errorCode);
            write(json, "reason", reason);
            write(json, "answer", answer);
            write(json, "instanceId", instanceId);
            json.writeEndObject();
        }
        return written.toString();
    }

    /**
     * What a store has under a key; empty if it is nothing that this engine can read, or lacks what
     * a push has, be it written by a hand or cut off.
     */
    static Optional<StoredPush> read(String json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, StoredPush.class))
                    .filter(it -> it.format() == FORMAT && it.isWhole());
        } catch (JacksonException e) {
            return Optional.empty(); // the caller says so
        }
    }

    /** Whether it has all without which it cannot be gone on with, or told of. */
    private boolean isWhole() {
        boolean isShown = script != null || (screen != null && text != null);
        return Stream.of(owner, id, digest, msisdn, what, priority, by, state)
                        .allMatch(Objects::nonNull)
                && accepted > 0
                && expires > 0
                && changed > 0
                && (state.isLast() || isShown);
    }

    private static void write(JsonGenerator json, String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
    }

    private static void write(JsonGenerator json, String name, @Nullable Integer value) {
        if (value != null) {
            json.writeNumberProperty(name, value);
        }
    }

    private static void write(JsonGenerator json, String name, @Nullable Enum<?> value) {
        if (value != null) {
            json.writeStringProperty(name, value.name());
        }
    }

    /** Whether this engine has to go on with it after a start. */
    boolean isLeft(String engine) {
        return !state.isLast() && owner.equals(engine);
    }

    /** What was ordered; only of one that has not ended. */
    PushOrder order() {
        Content content =
                script == null
                        ? new PushOrder.Text(
                                Objects.requireNonNull(screen), Objects.requireNonNull(text))
                        : new PushOrder.Script(script, args);
        return new PushOrder(
                msisdn,
                content,
                priority,
                by,
                new PushOrder.At(Instant.ofEpochMilli(expires)),
                null,
                atLeastOnce,
                callback,
                alertingPattern);
    }

    /** How it was when this was kept. */
    PushReport report() {
        return new PushReport(
                id,
                msisdn,
                what,
                priority,
                by,
                state,
                Instant.ofEpochMilli(accepted),
                Instant.ofEpochMilli(expires),
                Instant.ofEpochMilli(changed),
                attempts,
                null,
                errorCode,
                reason,
                answer,
                instanceId,
                callback,
                null);
    }

    /** What the report of an order calls its content. */
    static String what(Content content) {
        return switch (content) {
            case PushOrder.Text(Screen screen, var _) -> screen.name().toLowerCase(Locale.ROOT);
            case PushOrder.Script(String key, var _) -> key;
        };
    }
}
