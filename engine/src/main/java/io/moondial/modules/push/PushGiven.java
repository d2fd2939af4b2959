package io.moondial.modules.push;

import io.moondial.push.Orders;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Why;
import io.moondial.script.api.DurationOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A line {@code given push} of a dialog test: what becomes of pushes, without a handset.
 *
 * @param text the line, behind the module's name
 * @param msisdn whose; null: every order is refused
 * @param after how long it takes
 * @param end how they end
 */
record PushGiven(String text, @Nullable String msisdn, Duration after, End end) {
    private static final Pattern REFUSED = Pattern.compile("refused\\s+(\\S+)");
    private static final Pattern GIVEN =
            Pattern.compile(
                    "([0-9]+)\\s+(?:after\\s+(\\S+)\\s+)?(\\S+)(?:\\s+(.+))?", Pattern.DOTALL);
    private static final Pattern CHECK =
            Pattern.compile("([0-9]+)(?:\\s+(\\S+)(?:\\s+(.+))?)?", Pattern.DOTALL);

    private static final List<Why> REFUSALS =
            List.of(Why.FULL, Why.CONFLICT, Why.UNAVAILABLE, Why.STOPPING);
    private static final List<State> STATES =
            List.of(State.COMPLETED, State.EXPIRED, State.CANCELLED, State.UNKNOWN);

    /** How pushes end. */
    sealed interface End {
        /**
         * In this state.
         *
         * @param reason null: of none
         * @param answer null: there is none
         */
        record In(State state, @Nullable Reason reason, @Nullable String answer) implements End {}

        /** They do not. */
        record Never() implements End {}

        /** They are not accepted. */
        record Refused(Why why) implements End {}
    }

    /**
     * A line that checks what was pushed.
     *
     * @param word a state, or why one has failed; null: any
     * @param shows what stands in the text; null: anything
     */
    record Check(String msisdn, @Nullable String word, @Nullable String shows) {}

    /** A line that says nothing, and what is wrong with it. */
    static final class NotUnderstood extends Exception {
        private static final long serialVersionUID = 1L;

        NotUnderstood(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads what follows {@code given push}. */
    static PushGiven read(String text) throws NotUnderstood {
        String line = text.strip();
        Matcher refused = REFUSED.matcher(line);
        if (refused.matches()) {
            Why why =
                    REFUSALS.stream()
                            .filter(it -> PushModule.word(it).equals(refused.group(1)))
                            .findFirst()
                            .orElseThrow(() -> new NotUnderstood("refused " + words(refusals())));
            return new PushGiven(line, null, Duration.ZERO, new End.Refused(why));
        }
        Matcher given = GIVEN.matcher(line);
        if (!given.matches() || !Orders.isNumber(given.group(1))) {
            throw new NotUnderstood(allowed());
        }
        Duration after = Duration.ZERO;
        if (given.group(2) != null) {
            after = DurationOption.ofText(given.group(2));
            if (after.isZero()) {
                throw new NotUnderstood(
                        "after: a whole number with a unit: ms, s, m, h or d; found "
                                + given.group(2));
            }
        }
        return new PushGiven(line, given.group(1), after, end(given.group(3), given.group(4)));
    }

    private static End end(String word, @Nullable String rest) throws NotUnderstood {
        return switch (word) {
            case "answers" -> {
                if (rest == null) {
                    throw new NotUnderstood("answers TEXT");
                }
                yield new End.In(State.COMPLETED, null, rest);
            }
            case "failed" ->
                    new End.In(
                            State.FAILED,
                            reason(rest)
                                    .orElseThrow(
                                            () ->
                                                    new NotUnderstood(
                                                            "failed "
                                                                    + words(
                                                                            Arrays.stream(
                                                                                            Reason
                                                                                                    .values())
                                                                                    .map(
                                                                                            Reason
                                                                                                    ::word)))),
                            null);
            case "never" -> {
                if (rest != null) {
                    throw new NotUnderstood(allowed());
                }
                yield new End.Never();
            }
            default -> {
                State state =
                        STATES.stream()
                                .filter(it -> it.word().equals(word) && rest == null)
                                .findFirst()
                                .orElseThrow(() -> new NotUnderstood(allowed()));
                yield new End.In(state, null, null);
            }
        };
    }

    /**
     * The line that has a push end as this one has; null: none has.
     *
     * @param order that was ordered
     */
    static @Nullable String line(PushOrder order, PushWait.Ended ended) {
        return switch (ended) {
            case PushWait.Ended.NotKnown _ -> null;
            case PushWait.Ended.Refused(var refusal) ->
                    REFUSALS.contains(refusal.why())
                            ? "refused " + PushModule.word(refusal.why())
                            : null;
            case PushWait.Ended.Over(PushReport report) -> {
                String answer = report.answer();
                Reason reason = report.reason();
                String end =
                        answer != null
                                ? "answers " + answer
                                : report.state() == State.FAILED
                                        ? "failed "
                                                + (reason == null ? Reason.ERROR : reason).word()
                                        : report.state().word();
                yield order.msisdn() + ' ' + end;
            }
        };
    }

    private static Optional<Reason> reason(@Nullable String word) {
        return Arrays.stream(Reason.values()).filter(it -> it.word().equals(word)).findFirst();
    }

    /** Reads a line that checks what was pushed. */
    static Check check(String text) throws NotUnderstood {
        Matcher check = CHECK.matcher(text.strip());
        if (!check.matches() || !Orders.isNumber(check.group(1))) {
            throw new NotUnderstood(allowedInChecks());
        }
        String word = check.group(2);
        String rest = check.group(3);
        if (word == null) {
            return new Check(check.group(1), null, null);
        }
        if (word.equals("shows") && rest != null) {
            return new Check(check.group(1), null, rest);
        }
        if (word.equals(State.FAILED.word()) && rest != null && reason(rest).isPresent()) {
            return new Check(check.group(1), rest, null); // as 'given push' has it
        }
        boolean known =
                reason(word).isPresent()
                        || Arrays.stream(State.values()).anyMatch(it -> it.word().equals(word));
        if (!known || rest != null) {
            throw new NotUnderstood(allowedInChecks());
        }
        return new Check(check.group(1), word, null);
    }

    private static String allowed() {
        return "MSISDN completed, MSISDN answers TEXT, MSISDN failed absent_subscriber, MSISDN expired, MSISDN never, each with 'after 5s' behind the number if it takes time; or refused full";
    }

    private static String allowedInChecks() {
        return "MSISDN, MSISDN shows TEXT, or MSISDN and a state or reason, such as completed or absent_subscriber";
    }

    private static Stream<String> refusals() {
        return REFUSALS.stream().map(PushModule::word);
    }

    private static String words(Stream<String> words) {
        return words.collect(Collectors.joining(", "));
    }
}
