package io.moondial.push;

import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushSettings.RouteKind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a push is now.
 *
 * @param what {@code notify}, {@code menu}, or the key of its script
 * @param by who ordered it
 * @param accepted when it was ordered
 * @param expires when it is too late to begin
 * @param changed when it came into its state
 * @param attempts how often a message that begins its dialog was to be sent
 * @param nextAttempt when it is tried again; null: nothing is waited for
 * @param errorCode the MAP error of the last attempt (3GPP TS 29.002 17.6.6); null: it had none
 * @param reason one word for why it has failed, or why its last attempt has: {@link Reason#word()};
 *     null: nothing has
 * @param answer to its first menu, as it may be written; null: none
 * @param instanceId of its dialog, as its records have it; null: it has not begun
 * @param callback whether the upstream of the rules is told how it ended
 * @param route how its last attempt reaches the subscriber: those that run finish on the rules that
 *     they began with; null: there was none since the engine was started
 */
public record PushReport(
        String id,
        String msisdn,
        String what,
        Priority priority,
        String by,
        State state,
        Instant accepted,
        Instant expires,
        Instant changed,
        int attempts,
        @Nullable Instant nextAttempt,
        @Nullable Integer errorCode,
        @Nullable Reason reason,
        @Nullable String answer,
        @Nullable String instanceId,
        boolean callback,
        @Nullable RouteKind route) {

    /** Where a push is on its way. */
    public enum State {
        /** It waits for its turn. */
        QUEUED,
        /** Its dialog is about to begin, or to be tried again. */
        ROUTING,
        /** A message that begins its dialog has left. */
        SENT,
        /** Its first screen was answered; the dialog goes on. */
        ANSWERED,
        /** Its dialog has come to its end. */
        COMPLETED,
        /** It was not shown, or its dialog broke off; {@link PushReport#reason} says why. */
        FAILED,
        /** It was too late to begin. */
        EXPIRED,
        /**
         * It was withdrawn. The subscriber has not seen it, unless an attempt before had no answer.
         */
        CANCELLED,
        /** It may have been sent when the engine was killed; it is not sent again. */
        UNKNOWN;

        /** Whether nothing comes after it. */
        public boolean isLast() {
            return switch (this) {
                case QUEUED, ROUTING, SENT, ANSWERED -> false;
                case COMPLETED, FAILED, EXPIRED, CANCELLED, UNKNOWN -> true;
            };
        }

        /** The states that can come after it; itself, if something else of the push can change. */
        public Set<State> next() {
            return switch (this) {
                case QUEUED -> EnumSet.of(QUEUED, ROUTING, EXPIRED, CANCELLED);
                case ROUTING -> EnumSet.of(ROUTING, QUEUED, SENT, FAILED, EXPIRED, CANCELLED);
                case SENT ->
                        EnumSet.of(
                                SENT, ROUTING, ANSWERED, FAILED, EXPIRED, CANCELLED, UNKNOWN,
                                QUEUED);
                case ANSWERED -> EnumSet.of(COMPLETED, FAILED, UNKNOWN, QUEUED);
                case COMPLETED, FAILED, EXPIRED, CANCELLED, UNKNOWN -> EnumSet.noneOf(State.class);
            };
        }

        /** As people and programs read it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a push, or an attempt, has failed. */
    public enum Reason {
        /** The far side is busy with another dialog of the subscriber (MAP error 72). */
        USSD_BUSY,
        /** MAP error 34. */
        SYSTEM_FAILURE,
        /** MAP error 27, be it of the HLR or of the MSC. */
        ABSENT_SUBSCRIBER,
        /** Another MAP error: {@link PushReport#errorCode} has it. */
        ERROR,
        /** Nobody answered what began the dialog within its time. */
        NO_ANSWER,
        /** What begins the dialog has not reached the far side: SCCP gave it back. */
        UNDELIVERED,
        /** No link took what begins the dialog; it is tried again until the push expires. */
        UNTAKEN,
        /** The far side does not take such dialogs. */
        REFUSED,
        /** The far side broke the dialog off. */
        ABORTED,
        /** The HLR named nobody where the subscriber is, or what it said cannot be used. */
        NO_ROUTE,
        /** The script failed, or a fault of the engine kept the dialog from beginning. */
        SCRIPT,
        /** The script ended without having shown anything. */
        NOTHING_SHOWN,
        /** The engine stopped. */
        STOPPED;

        /** As people and programs read it, and as {@code push: retry: on} has it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
