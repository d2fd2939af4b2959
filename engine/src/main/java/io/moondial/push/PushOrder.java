package io.moondial.push;

import io.moondial.dialog.DialogFact.Screen;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be pushed to a subscriber.
 *
 * @param msisdn the subscriber: digits of an international number; {@link Pushes#submit} refuses
 *     what is none
 * @param content what he gets
 * @param by who orders it, such as {@code script money} or {@code api crm}: idempotency keys of one
 *     have nothing to do with those of another
 * @param expires when it is too late to begin; null: after the time that the rules say
 * @param idempotencyKey the same key of the same {@code by} is the same push, and an order that is
 *     not equal to the first one is then refused; null: every order is a new one. At most 128
 *     characters
 * @param atLeastOnce whether it is sent again if the engine was killed while it may have been sent.
 *     Otherwise it is then reported as {@link PushReport.State#UNKNOWN}
 * @param callback whether the upstream of the rules is told how it ended
 * @param alertingPattern as of {@link io.moondial.channel.OutgoingDialog}; null: none
 */
public record PushOrder(
        String msisdn,
        Content content,
        Priority priority,
        String by,
        @Nullable Expiry expires,
        @Nullable String idempotencyKey,
        boolean atLeastOnce,
        boolean callback,
        @Nullable Integer alertingPattern) {

    /** An order of normal priority, without anything that may be left out. */
    public static PushOrder of(String msisdn, Content content, String by) {
        return new PushOrder(msisdn, content, Priority.NORMAL, by, null, null, false, false, null);
    }

    /** When it is too late to begin, as it was said: an order that is repeated says the same. */
    public sealed interface Expiry {
        /** When that is, if the order comes now. */
        Instant from(Instant now);
    }

    /** So long after the order. */
    public record After(Duration duration) implements Expiry {
        @Override
        public Instant from(Instant now) {
            return now.plus(duration);
        }
    }

    /** At this time, whenever the order comes. */
    public record At(Instant time) implements Expiry {
        @Override
        public Instant from(Instant now) {
            return time;
        }
    }

    /** What the subscriber gets. */
    public sealed interface Content {}

    /**
     * One screen.
     *
     * @param screen a notify, or a menu whose answer is in the report
     */
    public record Text(Screen screen, String text) implements Content {}

    /**
     * A script that begins the dialog.
     *
     * @param key one of {@code push: scripts}
     * @param args a JSON object that it finds in {@code request.args}; null: nothing
     */
    public record Script(String key, @Nullable String args) implements Content {}

    /** Which of those that wait is next. */
    public enum Priority {
        /** Before all others, in quiet hours too. */
        URGENT,
        NORMAL,
        /** After all others. */
        LOW;

        /** As people write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
