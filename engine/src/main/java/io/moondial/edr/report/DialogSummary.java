package io.moondial.edr.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One dialog, as its records describe it.
 *
 * @param instance its instance id
 * @param msisdn the digits of the user's number; null if the network gave none
 * @param code what was dialled; null if nothing was
 * @param notification the text of the notification that opened it; null if none did
 * @param started the time of the record that opened it; if that is missing, of the earliest
 * @param duration from then to the record that decided the outcome, or the latest; null if the
 *     clock was set back meanwhile
 * @param outcome how it ended
 * @param finalText the text of the final result; null if none was sent
 * @param choices what the user answered, in order; late answers are none
 * @param counts how often the rest happened
 * @param exception the error that the script ended with; null if it ended with none
 */
public record DialogSummary(
        String instance,
        @Nullable String msisdn,
        @Nullable String code,
        @Nullable String notification,
        Instant started,
        @Nullable Duration duration,
        Outcome outcome,
        @Nullable String finalText,
        List<Choice> choices,
        Counts counts,
        @Nullable String exception) {

    public DialogSummary {
        choices = List.copyOf(choices);
    }

    /**
     * An answer to a menu.
     *
     * @param menu the menu's text; null if its record is not there
     * @param answer asterisks if the menu was secret
     */
    public record Choice(@Nullable String menu, String answer) {}

    /**
     * How often things happened.
     *
     * @param menus menus that were sent
     * @param timeouts menus that nobody answered in time
     * @param late results and ReturnErrors that came after their timer and changed nothing
     * @param notifies notifications that were sent
     * @param errors ReturnErrors that came in time
     */
    public record Counts(int menus, int timeouts, int late, int notifies, int errors) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        Counts menu() {
            return new Counts(menus + 1, timeouts, late, notifies, errors);
        }

        Counts timeout() {
            return new Counts(menus, timeouts + 1, late, notifies, errors);
        }

        Counts lateOne() {
            return new Counts(menus, timeouts, late + 1, notifies, errors);
        }

        Counts notified() {
            return new Counts(menus, timeouts, late, notifies + 1, errors);
        }

        Counts error() {
            return new Counts(menus, timeouts, late, notifies, errors + 1);
        }
    }

    /** How a dialog ended, as {@code edr-spec/README.md} derives it from the records. */
    public enum Outcome {
        /** The final result was sent. */
        RESPONDED,
        /** A ReturnError was sent. */
        DECLINED,
        /** The result of a notification that was received was sent. */
        ACKNOWLEDGED,
        /** The script closed it. */
        CLOSED,
        /** The script aborted it. */
        ABORTED,
        /** The far side ended or aborted it. */
        ABANDONED,
        /** The script came to an error before any of these. */
        FAILED,
        /** The records end before. */
        UNFINISHED;

        /** In one word. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
