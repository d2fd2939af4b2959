package io.moondial.admin;

import io.moondial.config.Measure;
import io.moondial.config.Nearest;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.push.Orders;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Content;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes.Submission.Refused;
import io.moondial.push.Pushes.Why;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads a body that orders a push, and finds all that is wrong with it. What can be read is for
 * {@link io.moondial.push.Pushes} to take or to refuse: a repeated order may be too late, or of a
 * script that may be pushed no more, and is answered all the same.
 */
final class OrderedPush {
    static final String MSISDN = "msisdn";
    static final String TEXT = "text";
    static final String SCRIPT = "script";
    static final String EXPIRES = "expires";
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private static final String KIND = "kind";
    private static final String ARGS = "args";
    private static final String PRIORITY = "priority";
    private static final String AT_LEAST_ONCE = "at_least_once";
    private static final String CALLBACK = "callback";
    private static final String ALERTING_PATTERN = "alerting_pattern";
    private static final List<String> FIELDS =
            List.of(
                    MSISDN,
                    TEXT,
                    KIND,
                    SCRIPT,
                    ARGS,
                    EXPIRES,
                    PRIORITY,
                    AT_LEAST_ONCE,
                    CALLBACK,
                    ALERTING_PATTERN);

    /** What {@code push.send} calls otherwise, by its names there. */
    private static final Map<String, String> OF_SCRIPTS =
            Map.of("script_key", SCRIPT, "idempotency_key", "the header " + IDEMPOTENCY_KEY);

    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private final JsonNode body;
    private final Instant now;
    private final PushSettings settings;
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable Content content;
    private PushOrder.@Nullable Expiry expires;
    private boolean callback;

    /** What is wrong with a field, or with the header of this name; a sentence. */
    record Problem(String field, String text) {}

    /**
     * One that is read.
     *
     * @param now from when a duration counts
     * @param settings the rules that are in force
     */
    OrderedPush(JsonNode body, Instant now, PushSettings settings) {
        this.body = body;
        this.now = now;
        this.settings = settings;
    }

    /**
     * All that is wrong with one that is not accepted: first what cannot be read, then what the
     * rules do not allow; empty: nothing of both.
     */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>(problems);
        Content read = content;
        if (read != null) {
            Refused refused = Orders.refusal(read, settings);
            boolean isKey = refused != null && refused.why() == Why.SCRIPT;
            add(all, isKey ? SCRIPT : read instanceof PushOrder.Text ? TEXT : ARGS, refused);
        }
        add(all, EXPIRES, Orders.refusal(expires, settings, now));
        add(all, CALLBACK, Orders.refusal(callback, settings));
        return all;
    }

    private static void add(List<Problem> all, String field, @Nullable Refused refused) {
        if (refused != null) {
            all.add(new Problem(field, refused.detail()));
        }
    }

    /**
     * The order; empty: something is wrong with it.
     *
     * @param by who orders it
     * @param key of its idempotency; null: none
     */
    Optional<PushOrder> read(String by, @Nullable String key) {
        for (String name : body.propertyNames()) {
            if (!FIELDS.contains(name)) {
                String inScripts = OF_SCRIPTS.get(name);
                wrong(
                        name,
                        "there is no '%s'%s; there are %s"
                                .formatted(
                                        name,
                                        inScripts == null
                                                ? Nearest.suggestion(name, FIELDS)
                                                : "; did you mean " + inScripts + "?",
                                        String.join(", ", FIELDS)));
            }
        }
        String msisdn = number();
        content = content();
        Priority priority =
                word(PRIORITY, PRIORITIES.stream().map(Priority::word).toList())
                        .map(PRIORITIES::get)
                        .orElse(Priority.NORMAL);
        expires = expires();
        boolean atLeastOnce = truth(AT_LEAST_ONCE);
        callback = truth(CALLBACK);
        Integer alertingPattern = alertingPattern();
        if (key != null && !Orders.isIdempotencyKey(key)) {
            wrong(
                    IDEMPOTENCY_KEY,
                    "the header Idempotency-Key is not allowed; allowed are "
                            + Orders.IDEMPOTENCY_KEY);
        }
        Content wanted = content;
        if (!problems.isEmpty() || msisdn == null || wanted == null) {
            return Optional.empty();
        }
        return Optional.of(
                new PushOrder(
                        msisdn,
                        wanted,
                        priority,
                        by,
                        expires,
                        key,
                        atLeastOnce,
                        callback,
                        alertingPattern));
    }

    private void wrong(String field, String text) {
        problems.add(new Problem(field, text));
    }

    private @Nullable String number() {
        String msisdn = text(MSISDN);
        if (msisdn == null) {
            if (!body.hasNonNull(MSISDN)) {
                wrong(MSISDN, "msisdn is missing");
            }
            return null;
        }
        if (!Orders.isNumber(msisdn)) {
            wrong(MSISDN, "msisdn is '%s'; allowed are %s".formatted(msisdn, Orders.NUMBER));
        }
        return msisdn;
    }

    private @Nullable Content content() {
        boolean isText = body.hasNonNull(TEXT);
        boolean isScript = body.hasNonNull(SCRIPT);
        if (isText == isScript) {
            wrong(
                    TEXT,
                    isText
                            ? "there are text and script; give one of them"
                            : "give text, what the subscriber reads, or script, the key of a script");
        }
        Optional<Integer> kind = word(KIND, List.of("notify", "menu"));
        if (isScript && body.hasNonNull(KIND)) {
            wrong(KIND, "kind is for a text; a script has screens of its own");
        }
        if (isText && body.hasNonNull(ARGS)) {
            wrong(ARGS, "args is for a script");
        }
        String text = text(TEXT);
        String script = text(SCRIPT);
        String args = args();
        if (text != null) {
            return new PushOrder.Text(kind.orElse(0) == 0 ? Screen.NOTIFY : Screen.MENU, text);
        }
        return script == null ? null : new PushOrder.Script(script, args);
    }

    private @Nullable String args() {
        JsonNode args = body.path(ARGS);
        if (!body.hasNonNull(ARGS)) {
            return null;
        }
        if (!args.isObject()) {
            wrong(ARGS, "args must be a JSON object, such as {\"amount\": 50}");
            return null;
        }
        return args.toString();
    }

    private PushOrder.@Nullable Expiry expires() {
        String text = text(EXPIRES);
        if (text == null) {
            return null;
        }
        Optional<Long> millis = Measure.DURATION.parse(text);
        try {
            if (millis.isEmpty()) {
                return new PushOrder.At(OffsetDateTime.parse(text).toInstant());
            }
            if (millis.get() > 0) {
                return new PushOrder.After(Duration.ofMillis(millis.get()));
            }
        } catch (DateTimeException e) {
            // told below, with what is allowed
        }
        wrong(
                EXPIRES,
                "expires is '%s'; allowed is a duration longer than 0s, such as 10m, or a time to come with its offset, such as 2026-01-31T18:00:00Z, at most %s from now (push: max_expires)"
                        .formatted(
                                text, Measure.DURATION.format(settings.maxExpires().toMillis())));
        return null;
    }

    private @Nullable Integer alertingPattern() {
        if (!body.hasNonNull(ALERTING_PATTERN)) {
            return null;
        }
        JsonNode value = body.path(ALERTING_PATTERN);
        if (value.isInt() && value.asInt() >= 0 && value.asInt() <= Orders.MAX_ALERTING_PATTERN) {
            return value.asInt();
        }
        wrong(
                ALERTING_PATTERN,
                "alerting_pattern must be a whole number from 0 to %d"
                        .formatted(Orders.MAX_ALERTING_PATTERN));
        return null;
    }

    /** The index of one of these words; empty: it is not given, or is another. */
    private Optional<Integer> word(String name, List<String> words) {
        String given = text(name);
        if (given == null) {
            return Optional.empty();
        }
        int index = words.indexOf(given);
        if (index < 0) {
            wrong(
                    name,
                    "%s is '%s'%s; allowed are %s"
                            .formatted(
                                    name,
                                    given,
                                    Nearest.suggestion(given, words),
                                    String.join(", ", words)));
            return Optional.empty();
        }
        return Optional.of(index);
    }

    private boolean truth(String name) {
        JsonNode value = body.path(name);
        if (body.hasNonNull(name) && !value.isBoolean()) {
            wrong(name, name + " must be true or false");
        }
        return value.isBoolean() && value.asBoolean();
    }

    private @Nullable String text(String name) {
        if (!body.hasNonNull(name)) {
            return null;
        }
        JsonNode value = body.path(name);
        if (!value.isString()) {
            wrong(name, name + " must be a string");
            return null;
        }
        return value.asString();
    }
}
