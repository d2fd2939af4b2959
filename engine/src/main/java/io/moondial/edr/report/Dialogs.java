package io.moondial.edr.report;

import io.moondial.edr.Edr;
import io.moondial.edr.report.Dialogs.DialogSummary.Choice;
import io.moondial.edr.report.Dialogs.DialogSummary.Counts;
import io.moondial.edr.report.EdrInput.RecordSink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The dialogs that records are of, in the order of the first that was added of each.
 *
 * <p>A record can come after a dialog's end, so each is kept, though not its records.
 */
public final class Dialogs {
    private final RecordFilter filter;
    private final Map<String, DialogStory> stories = new LinkedHashMap<>();
    private final Set<String> wanted = new HashSet<>();

    /** None yet; a dialog counts if it is wanted and has a record of a wanted event. */
    public Dialogs(RecordFilter filter) {
        this.filter = filter;
    }

    /** Adds a record. */
    public void add(RecordSink.PlacedRecord found) {
        Edr edr = found.edr();
        filter.learn(edr);
        if (!Edr.isOfPush(edr.event()) && filter.isOfDialog(edr)) {
            String instance = edr.instanceId();
            stories.computeIfAbsent(instance, it -> new DialogStory(edr)).add(found);
            if (filter.isOfEvent(edr)) {
                wanted.add(instance);
            }
        }
    }

    /** What is known of each so far. */
    public Stream<DialogSummary> summaries() {
        return stories.entrySet().stream()
                .filter(entry -> wanted.contains(entry.getKey()))
                .map(entry -> entry.getValue().summary(filter.numbersOfPushes()));
    }

    /**
     * A dialog while its records come in. It can be described at any time, whatever is missing.
     *
     * <p>Source: {@code edr-spec/README.md}, "Order" and "Outcomes".
     */
    private static final class DialogStory {
        private final String instance;
        private final List<Choice> choices = new ArrayList<>();
        private Instant first;
        private Instant last;

        /** The time of the record that opened the dialog; null while it has not come. */
        private @Nullable Instant opened;

        /** Where the engine's previous record is; null before the first. */
        private RecordSink.@Nullable PlacedRecord before;

        private boolean clockWentBack;
        private Counts counts = Counts.NONE;
        private @Nullable Instant ended;
        private DialogSummary.Outcome outcome = DialogSummary.Outcome.UNFINISHED;
        private @Nullable String msisdn;
        private @Nullable String code;
        private @Nullable String notification;
        private @Nullable String resumes;
        private @Nullable String menu;
        private @Nullable String finalText;
        private @Nullable String exception;

        /** The push that it is for; null: none. */
        private @Nullable String pushId;

        /** Whether a screen of it was answered. */
        private boolean reached;

        /** When the last screen turned out not to be answered; null: it was. */
        private @Nullable Instant missed;

        /** A dialog; this will be its first record. */
        DialogStory(Edr edr) {
            instance = edr.instanceId();
            first = edr.at();
            last = edr.at();
        }

        /** Adds the next record. */
        void add(RecordSink.PlacedRecord found) {
            Edr edr = found.edr();
            if (edr.event().startsWith(Edr.ENGINE_PREFIX)) {
                clockWentBack |= isEarlier(found, before);
                before = found;
            }
            pushId = pushId == null ? edr.text("PUSH_ID") : pushId;
            first = edr.at().isBefore(first) ? edr.at() : first;
            last = edr.at().isAfter(last) ? edr.at() : last;
            if (isOfOtherNode(edr)) {
                return;
            }
            switch (edr.event()) {
                case "USSD-PROCESS" -> dialled(edr);
                case "USSD-PROCESS-R" -> responded(edr);
                case "USSD-PROCESS-E" -> end(DialogSummary.Outcome.DECLINED, edr);
                case "USSD-REQUEST" -> menu(edr);
                case "USSD-REQUEST-R" -> menuResult(edr);
                case "USSD-REQUEST-E" -> received(edr, true);
                case "USSD-NOTIFY" -> notify(edr);
                case "USSD-NOTIFY-R" -> notifyResult(edr);
                case "USSD-NOTIFY-E" -> notifyError(edr);
                case "USSD-END" -> gone(edr, closed());
                case "USSD-ABORT" -> gone(edr, DialogSummary.Outcome.ABORTED);
                case "USSD-SHUTDOWN" -> failed(edr);
                default -> {
                    // The script's own event says nothing about the dialog.
                }
            }
        }

        /**
         * Whether it is of a dialog that the script has begun with another node: that says nothing
         * of this one. Such records have a transaction id of ours.
         */
        private static boolean isOfOtherNode(Edr edr) {
            return switch (edr.event()) {
                case "USSD-PROCESS" -> "out".equals(edr.text("DIRECTION"));
                case "USSD-PROCESS-R", "USSD-PROCESS-E", "USSD-END", "USSD-ABORT" ->
                        edr.text("LTID") != null;
                default -> false;
            };
        }

        /** Within a file, a dialog's records are in the order in which things happened. */
        private static boolean isEarlier(
                RecordSink.PlacedRecord found, RecordSink.@Nullable PlacedRecord before) {
            return before != null
                    && found.file().equals(before.file())
                    && found.edr().at().isBefore(before.edr().at());
        }

        /** Null if the clock was set back between the two: then it is not known. */
        private @Nullable Duration duration(Instant started, Instant until) {
            return clockWentBack || until.isBefore(started)
                    ? null
                    : Duration.between(started, until);
        }

        /** {@code pushed}: the number of each push. */
        DialogSummary summary(Map<String, String> pushed) {
            if (outcome == DialogSummary.Outcome.UNFINISHED
                    && pushId != null
                    && !reached
                    && missed != null) {
                outcome = DialogSummary.Outcome.UNREACHED;
                ended = missed;
            }
            var started = Objects.requireNonNullElse(opened, first);
            var until = Objects.requireNonNullElse(ended, last);
            return new DialogSummary(
                    instance,
                    pushId,
                    pushId == null ? msisdn : pushed.get(pushId),
                    code,
                    notification,
                    resumes,
                    started,
                    duration(started, until),
                    outcome,
                    finalText,
                    choices,
                    counts,
                    exception);
        }

        private void dialled(Edr edr) {
            opened = edr.at();
            msisdn = RecordFilter.msisdn(edr);
            code = edr.text("TEXT");
        }

        private void responded(Edr edr) {
            finalText = edr.text("TEXT");
            resumed(edr);
            end(DialogSummary.Outcome.RESPONDED, edr);
        }

        private void resumed(Edr edr) {
            resumes = resumes == null ? edr.text("RESUMES") : resumes;
        }

        private void menu(Edr edr) {
            missed = null;
            menu = edr.text("TEXT");
            resumed(edr);
            counts = counts.menu();
        }

        private void menuResult(Edr edr) {
            String answer = edr.text("TEXT");
            if ("Input".equals(edr.text("REASON")) && answer != null) {
                choices.add(new Choice(menu, answer));
            } else if ("Timeout".equals(edr.text("REASON"))) {
                counts = counts.timeout();
                missed = edr.at();
            }
            if (edr.text("CONTROLLED") != null) {
                shown(edr);
                received(edr, false);
            }
        }

        private void shown(Edr edr) {
            reached = true;
            missed = edr.text("DISCARDED") == null ? null : missed;
        }

        private void notify(Edr edr) {
            if ("in".equals(edr.text("DIRECTION"))) {
                opened = edr.at();
                notification = edr.text("TEXT");
            } else {
                missed = null;
                counts = counts.notified();
                resumed(edr);
            }
        }

        private void notifyResult(Edr edr) {
            if ("Timeout".equals(edr.text("REASON"))) {
                missed = edr.at();
            } else if (isSent(edr)) {
                end(DialogSummary.Outcome.ACKNOWLEDGED, edr);
            } else {
                shown(edr);
                received(edr, false);
            }
        }

        private void notifyError(Edr edr) {
            if (isSent(edr)) {
                end(DialogSummary.Outcome.DECLINED, edr);
            } else {
                received(edr, true);
            }
        }

        /** A component from the far side; with CONTROLLED=0 it came in TC-END. */
        private void received(Edr edr, boolean error) {
            if ("1".equals(edr.text("DISCARDED"))) {
                counts = counts.lateOne();
            } else if (error) {
                counts = counts.error();
                missed = edr.at();
            }
            if ("0".equals(edr.text("CONTROLLED"))) {
                boolean all = pushId != null && !error && edr.text("DISCARDED") == null;
                end(all ? DialogSummary.Outcome.COMPLETED : abandoned(), edr);
            }
        }

        private void gone(Edr edr, DialogSummary.Outcome ours) {
            end("in".equals(edr.text("DIRECTION")) ? abandoned() : ours, edr);
        }

        /** How it ends if the far side does not take any more. */
        private DialogSummary.Outcome abandoned() {
            return pushId == null || reached
                    ? DialogSummary.Outcome.ABANDONED
                    : DialogSummary.Outcome.UNREACHED;
        }

        /** How it ends with an empty TC-END of ours. */
        private DialogSummary.Outcome closed() {
            if (pushId == null) {
                return DialogSummary.Outcome.CLOSED;
            }
            return reached && missed == null ? DialogSummary.Outcome.COMPLETED : abandoned();
        }

        private void failed(Edr edr) {
            exception = edr.text("EXCEPTION");
            end(DialogSummary.Outcome.FAILED, edr);
        }

        /**
         * The first end is the end: an error after it, or the abort after an error, changes
         * nothing.
         */
        private void end(DialogSummary.Outcome how, Edr edr) {
            if (outcome == DialogSummary.Outcome.UNFINISHED) {
                outcome = how;
                ended = edr.at();
            }
        }

        /** Only what was received says how it came. */
        private static boolean isSent(Edr edr) {
            return edr.text("CONTROLLED") == null;
        }
    }

    /**
     * One dialog, as its records describe it.
     *
     * @param instance its instance id
     * @param pushId the push that it is for; null if none is
     * @param msisdn the digits of the user's number; null if the network gave none, or there is no
     *     record of the push itself
     * @param code what was dialled; null if nothing was
     * @param notification the text of the notification that opened it; null if none did
     * @param resumes the instance id of the dialog whose flow went on in this one; null: none did
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
            @Nullable String pushId,
            @Nullable String msisdn,
            @Nullable String code,
            @Nullable String notification,
            @Nullable String resumes,
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
            /** A push has shown all that it was to show. */
            COMPLETED,
            /** The script closed it. */
            CLOSED,
            /** The script aborted it. */
            ABORTED,
            /** The far side ended or aborted it, or did not take the last screen of a push. */
            ABANDONED,
            /** A push has shown nothing. */
            UNREACHED,
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

    /**
     * What somebody wants to see of the records.
     *
     * <p>Only the first record of a dialog has its MSISDN. Of a push its own records have it, and
     * those of its dialog name the push, but for the ones that its script writes. So each record
     * must be shown to {@link #learn} before it is asked about. If a dialog's records are in
     * several streams, all of them must be shown before the first question.
     */
    public static final class RecordFilter {
        private static final Set<String> PUSH_EVENTS = Set.of("PUSH", "PUSH-R", "PUSH-E");

        private final Set<String> events;
        private final @Nullable String msisdn;
        private final @Nullable String instance;
        private final SortedSet<String> metEvents = new TreeSet<>();
        private final Set<String> instancesOfMsisdn = new HashSet<>();
        private final Map<String, String> numbersOfPushes = new HashMap<>();

        /**
         * @param events the names of the events; none: all
         * @param msisdn the digits of the MSISDN; null: any, and none
         * @param instance an instance id; null: any
         */
        public RecordFilter(
                Collection<String> events, @Nullable String msisdn, @Nullable String instance) {
            this.events = Set.copyOf(events);
            this.msisdn = msisdn;
            this.instance = instance;
        }

        /** Whether it must learn from all records before it can judge the first. */
        public boolean needsAll() {
            return msisdn != null;
        }

        /** Learns whose dialog a record begins, and which events there are. */
        public void learn(Edr edr) {
            metEvents.add(edr.event());
            String pushId = edr.text("PUSH_ID");
            String number = PUSH_EVENTS.contains(edr.event()) ? digits(edr) : null;
            if (pushId != null && number != null) {
                numbersOfPushes.put(pushId, number);
            }
            if (msisdn != null
                    && (msisdn.equals(msisdn(edr)) || msisdn.equals(numberOfPush(edr)))) {
                instancesOfMsisdn.add(edr.instanceId());
            }
        }

        /** Whether the dialog that a record is of is wanted. */
        public boolean isOfDialog(Edr edr) {
            return (instance == null || instance.equals(edr.instanceId()))
                    && (msisdn == null
                            || instancesOfMsisdn.contains(edr.instanceId())
                            || msisdn.equals(numberOfPush(edr)));
        }

        private @Nullable String numberOfPush(Edr edr) {
            String pushId = edr.text("PUSH_ID");
            return pushId == null ? null : numbersOfPushes.get(pushId);
        }

        /** The digits of the subscribers of pushes, by their ids. */
        Map<String, String> numbersOfPushes() {
            return numbersOfPushes;
        }

        /** Whether the event that a record is of is wanted. */
        public boolean isOfEvent(Edr edr) {
            return events.isEmpty() || events.contains(edr.event());
        }

        /** The events of the records that were shown to it, wanted or not. */
        public SortedSet<String> metEvents() {
            return Collections.unmodifiableSortedSet(metEvents);
        }

        /** The wanted events that no record was of so far. */
        public SortedSet<String> unmetEvents() {
            var unmet = new TreeSet<>(events);
            unmet.removeAll(metEvents);
            return unmet;
        }

        /**
         * The number of the user whose dialog a record begins: its digits, without the nature and
         * the plan; null if the record has none.
         */
        static @Nullable String msisdn(Edr edr) {
            return edr.event().equals("USSD-PROCESS") ? digits(edr) : null;
        }

        private static @Nullable String digits(Edr edr) {
            String address = edr.text("MSISDN");
            if (address == null) {
                return null;
            }
            int colon = address.indexOf(':');
            return colon < 0 ? address : address.substring(0, colon);
        }
    }
}
