package io.moondial.push;

import io.moondial.config.Measure;
import io.moondial.config.Nearest;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.push.Pushes.Submission;
import io.moondial.push.Pushes.Why;
import io.moondial.text.Dcs;
import io.moondial.text.Sha256;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an order must be like, which push it is, and which order it is the same as. */
public final class Orders {
    /** What a digest and an id have of their SHA-256, in octets. */
    private static final int ID_OCTETS = 12;

    /** What {@link #isNumber} takes, for people. */
    public static final String NUMBER = "5 to 15 digits, country code first, without + or 00";

    /** What {@link #isIdempotencyKey} takes, for people. */
    public static final String IDEMPOTENCY_KEY =
            "1 to 128 printable characters of ASCII, without blanks";

    /** The alerting pattern is one octet (3GPP TS 29.002 17.7.1); the least is 0. */
    public static final int MAX_ALERTING_PATTERN = 255;

    private static final Pattern NUMBERS = Pattern.compile("[1-9][0-9]{4,14}");
    private static final Pattern IDEMPOTENCY_KEYS = Pattern.compile("[!-~]{1,128}");
    private static final int MAX_ARGS = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Orders() {}

    /** Whether a subscriber can have this number. */
    public static boolean isNumber(String msisdn) {
        return NUMBERS.matcher(msisdn).matches();
    }

    /** Whether an order can have this idempotency key. */
    public static boolean isIdempotencyKey(String key) {
        return IDEMPOTENCY_KEYS.matcher(key).matches();
    }

    /**
     * Why an order cannot be carried out, by itself and by the rules; null: it can.
     *
     * @param settings with a route
     */
    public static Submission.@Nullable Refused refusal(
            PushOrder order, PushSettings settings, Instant now) {
        if (!isNumber(order.msisdn())) {
            return new Submission.Refused(Why.NUMBER, "msisdn is no number; allowed are " + NUMBER);
        }
        Submission.Refused wrong = refusal(order.content(), settings);
        if (wrong != null) {
            return wrong;
        }
        Submission.Refused late = refusal(order.expires(), settings, now);
        if (late != null) {
            return late;
        }
        String key = order.idempotencyKey();
        if (key != null && !isIdempotencyKey(key)) {
            return new Submission.Refused(
                    Why.ORDER,
                    "the idempotency key is not allowed; allowed are " + IDEMPOTENCY_KEY);
        }
        Integer pattern = order.alertingPattern();
        if (pattern != null && (pattern < 0 || pattern > MAX_ALERTING_PATTERN)) {
            return new Submission.Refused(
                    Why.ORDER,
                    "the alerting pattern is %d; allowed is 0 to %d"
                            .formatted(pattern, MAX_ALERTING_PATTERN));
        }
        return refusal(order.callback(), settings);
    }

    /**
     * Why a push cannot begin until then; null: it can.
     *
     * @param expiry null: the order does not say
     */
    public static Submission.@Nullable Refused refusal(
            PushOrder.@Nullable Expiry expiry, PushSettings settings, Instant now) {
        if (expiry == null) {
            return null;
        }
        Instant expires = expiry.from(now);
        boolean isPast = !expires.isAfter(now);
        if (isPast || expires.isAfter(now.plus(settings.maxExpires()))) {
            return new Submission.Refused(
                    Why.EXPIRES,
                    "it %s %s, and it is %s now; allowed is a later time, at most %s after the order (push: max_expires)"
                            .formatted(
                                    isPast ? "expired at" : "would expire at",
                                    expires,
                                    now.truncatedTo(ChronoUnit.MILLIS),
                                    Measure.DURATION.format(settings.maxExpires().toMillis())));
        }
        return null;
    }

    /** Why nobody can be told how it ends, if that is asked for; null: somebody can. */
    public static Submission.@Nullable Refused refusal(boolean callback, PushSettings settings) {
        return callback && settings.callback() == null
                ? new Submission.Refused(
                        Why.ORDER,
                        "it asks for a callback, and the rules name none (push: callback)")
                : null;
    }

    /** Why this cannot be pushed; null: it can. */
    public static Submission.@Nullable Refused refusal(
            PushOrder.Content content, PushSettings settings) {
        return switch (content) {
            case PushOrder.Text(var _, String text) -> {
                if (text.isEmpty()) {
                    yield new Submission.Refused(Why.TEXT, "the text is empty");
                }
                try {
                    UssdString.encode(text, Dcs.UNSPECIFIED);
                    yield null;
                } catch (UnsendableText e) {
                    yield new Submission.Refused(Why.TEXT, String.valueOf(e.getMessage()));
                }
            }
            case PushOrder.Script(String key, var args) -> {
                String unlisted = unlisted(key, settings);
                if (unlisted != null) {
                    yield new Submission.Refused(Why.SCRIPT, unlisted);
                }
                yield args != null && args.length() > MAX_ARGS
                        ? new Submission.Refused(
                                Why.ORDER,
                                "args has %d characters of JSON; allowed are %d"
                                        .formatted(args.length(), MAX_ARGS))
                        : null;
            }
        };
    }

    /** What is wrong with the key of a script; null: it may be pushed. */
    public static @Nullable String unlisted(String key, PushSettings settings) {
        List<String> keys = settings.scripts();
        if (keys.contains(key)) {
            return null;
        }
        String near = Nearest.suggestion(key, keys);
        return "'%s' is none of push: scripts%s"
                .formatted(
                        key,
                        keys.isEmpty()
                                ? ", which lists none"
                                : near.isEmpty() ? "; it lists " + String.join(", ", keys) : near);
    }

    /** The id of the push that an order is: the same for the same key of the same orderer. */
    static String id(PushOrder order) {
        String key = order.idempotencyKey();
        if (key != null) {
            return new Sha256().addPart(order.by()).addPart(key).hex(ID_OCTETS);
        }
        byte[] octets = new byte[ID_OCTETS];
        RANDOM.nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /** Of all that an order says; empty: it has no key, and is never compared. */
    static String digest(PushOrder order) {
        if (order.idempotencyKey() == null) {
            return "";
        }
        Sha256 digest =
                content(order)
                        .addPart(order.priority().name())
                        .addPart(Boolean.toString(order.atLeastOnce()))
                        .addPart(Boolean.toString(order.callback()))
                        .addPart(String.valueOf(order.alertingPattern()));
        switch (order.expires()) {
            case null -> digest.addPart("");
            case PushOrder.After(Duration duration) -> digest.addPart(duration.toString());
            case PushOrder.At(Instant time) -> digest.addPart(time.toString());
        }
        return digest.hex(ID_OCTETS);
    }

    private static Sha256 content(PushOrder order) {
        Sha256 digest = new Sha256().addPart(order.msisdn());
        return switch (order.content()) {
            case PushOrder.Text(Screen screen, String text) ->
                    digest.addPart(screen.name()).addPart(text);
            case PushOrder.Script(String key, var args) ->
                    digest.addPart("SCRIPT").addPart(key).addPart(args == null ? "" : args);
        };
    }

    /**
     * Whether an order says what the one said that a digest in the store is of. Builds before this
     * comparison have kept the digest of number and content alone: their pushes are compared by it,
     * so that an order can be repeated after an upgrade.
     */
    static boolean isSame(String digest, PushOrder order) {
        return digest.equals(digest(order)) || digest.equals(content(order).hex(ID_OCTETS));
    }
}
