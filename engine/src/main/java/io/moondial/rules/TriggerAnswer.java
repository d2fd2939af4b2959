package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.rules.Trigger.Conditions;
import io.moondial.text.Mask;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which trigger answers a request, and why the others do not, for people.
 *
 * <p>Of a long table only those are listed that come near: the trigger that answers, then those of
 * which the fewest conditions fail, and among equals those whose value the request meets longest.
 *
 * @param answers null: none
 * @param triggers those that are listed, in the order of the file
 * @param leftOut how many are not listed
 */
public record TriggerAnswer(@Nullable Trigger answers, List<Judged> triggers, int leftOut) {
    /** What came of a trigger. */
    public enum Verdict {
        ANSWERS,
        NO_MATCH,

        /** One before it answers. */
        NOT_ASKED
    }

    /**
     * One trigger.
     *
     * @param why in words, without what a mask hides
     */
    public record Judged(Trigger trigger, Verdict verdict, String why) {}

    public TriggerAnswer {
        triggers = List.copyOf(triggers);
    }

    /**
     * What a table says to a request.
     *
     * @param most how many triggers are listed, at least 1
     */
    public static TriggerAnswer of(TriggerTable table, TriggerRequest request, int most) {
        return new Question(table, request).answer(most);
    }

    private static final class Question {
        private final List<Trigger> triggers;
        private final TriggerRequest request;
        private final int found;
        private final String shownText;

        Question(TriggerTable table, TriggerRequest request) {
            this.triggers = table.triggers();
            this.request = request;
            this.found = table.search(request).found();
            this.shownText = Mask.of(request.ussdString(), hidden(table));
        }

        private boolean isAnswered() {
            return found != TriggerIndex.Search.NONE;
        }

        private BitSet hidden(TriggerTable table) {
            if (!isAnswered()) {
                return table.hidden(request.ussdString(), request.msisdn());
            }
            DialledMask mask = triggers.get(found).mask();
            return mask == null ? new BitSet() : mask.hidden(request.ussdString());
        }

        TriggerAnswer answer(int most) {
            List<Judged> listed = new ArrayList<>();
            for (int position : nearest(most)) {
                listed.add(judged(position));
            }
            return new TriggerAnswer(
                    isAnswered() ? triggers.get(found) : null,
                    listed,
                    triggers.size() - listed.size());
        }

        /** The positions of those that are listed, in their order. */
        private List<Integer> nearest(int most) {
            List<Distance> all = new ArrayList<>(triggers.size());
            for (int i = 0; i < triggers.size(); i++) {
                all.add(i == found ? new Distance(i, -1, 0) : distance(i));
            }
            all.sort(Distance.NEAREST);
            return all.stream().limit(most).map(Distance::position).sorted().toList();
        }

        private Distance distance(int position) {
            Conditions conditions = triggers.get(position).conditions();
            int failed = 0;
            int met = 0;
            for (Attribute attribute : Attribute.values()) {
                String value = attribute.valueIn(request);
                if (!attribute.holds(conditions, value)) {
                    failed++;
                    met += met(attribute.exactIn(conditions), value);
                    met += met(attribute.prefixIn(conditions), value);
                }
            }
            return new Distance(position, failed, met);
        }

        /** How many characters a value has in common with what is wanted, from the first on. */
        private static int met(@Nullable String wanted, @Nullable String value) {
            if (wanted == null || value == null) {
                return 0;
            }
            int i = 0;
            while (i < Math.min(wanted.length(), value.length())
                    && wanted.charAt(i) == value.charAt(i)) {
                i++;
            }
            return i;
        }

        private Judged judged(int position) {
            Trigger trigger = triggers.get(position);
            String objections = String.join("; ", objections(trigger.conditions()));
            if (position == found) {
                return new Judged(
                        trigger,
                        Verdict.ANSWERS,
                        trigger.conditions().equals(Conditions.NONE)
                                ? "it has no condition"
                                : "every condition is true");
            }
            if (position < found) {
                return new Judged(trigger, Verdict.NO_MATCH, objections);
            }
            return new Judged(
                    trigger,
                    Verdict.NOT_ASKED,
                    "the trigger on line %d comes first; %s"
                            .formatted(
                                    triggers.get(found).line(),
                                    objections.isEmpty()
                                            ? "this one would match too"
                                            : "this one would not match: " + objections));
        }

        /** What keeps a trigger from matching; empty: nothing. */
        private List<String> objections(Conditions conditions) {
            List<String> objections = new ArrayList<>();
            for (Attribute attribute : Attribute.values()) {
                String key = attribute.name().toLowerCase(Locale.ROOT);
                String value = attribute.valueIn(request);
                String whole = attribute.exactIn(conditions);
                if (whole != null && !whole.equals(value)) {
                    objections.add(
                            "%s is to be %s; %s"
                                    .formatted(
                                            key,
                                            quoted(attribute, whole),
                                            value == null
                                                    ? missing(attribute)
                                                    : shown(attribute) + " is not"));
                }
                String beginning = attribute.prefixIn(conditions);
                if (beginning != null && (value == null || !value.startsWith(beginning))) {
                    objections.add(
                            "%s is to begin with %s; %s"
                                    .formatted(
                                            key,
                                            quoted(attribute, beginning),
                                            value == null
                                                    ? missing(attribute)
                                                    : shown(attribute) + " does not"));
                }
            }
            return objections;
        }

        private static String missing(Attribute attribute) {
            return attribute == Attribute.IMSI
                    ? "the request has none: its destination is no IMSI"
                    : "the request has none";
        }

        /** Only what is dialled can be any text; the others are digits. */
        private static String quoted(Attribute attribute, String text) {
            return attribute == Attribute.USSD_STRING ? '"' + text + '"' : text;
        }

        private String shown(Attribute attribute) {
            return quoted(
                    attribute,
                    attribute == Attribute.USSD_STRING
                            ? shownText
                            : requireNonNull(attribute.valueIn(request)));
        }
    }

    /**
     * How far a trigger is from a request.
     *
     * @param failed on how many attributes; -1: it is the one that answers
     * @param met how many characters of what fails are as they are to be
     */
    private record Distance(int position, int failed, int met) {
        static final Comparator<Distance> NEAREST =
                Comparator.comparingInt(Distance::failed)
                        .thenComparing(Comparator.comparingInt(Distance::met).reversed())
                        .thenComparingInt(Distance::position);
    }
}
