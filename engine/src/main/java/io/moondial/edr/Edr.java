package io.moondial.edr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Event Data Record: one thing that happened to one instance of a script.
 *
 * <p>A record is a value: it can be handed to another thread, and two with the same content are
 * equal. Values are text; a text that is not well-formed Unicode is written with U+FFFD instead of
 * what is not.
 *
 * @param at when it happened, in whole milliseconds (what is finer is cut off), years 0000 to 9999
 * @param instanceId the dialog's instance id, as {@link InstanceIds} makes them: printable ASCII
 *     without {@code < > |} and blanks
 * @param event the event's name, {@code [a-zA-Z][a-zA-Z0-9_-]*}
 * @param fields in the alphabetical order of their names, each name once
 */
public record Edr(Instant at, String instanceId, String event, List<Field> fields) {
    /**
     * How long a custom record's fields can be: the characters of names and values together, and
     * one more for each value after the first of its field, so that an empty one counts too.
     */
    public static final int MAX_CUSTOM_CHARS = 65_536;

    /** What the names of the events of dialogs begin with: the engine's own. */
    public static final String ENGINE_PREFIX = "USSD-";

    /** The engine's own events of pushes. */
    private static final Set<String> OF_PUSHES = Set.of("PUSH", "PUSH-E", "PUSH-R");

    private static final Comparator<Field> BY_NAME = Comparator.comparing(Field::name);
    private static final long FIRST_SECOND = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final int NANOS_A_MILLI = 1_000_000;

    /**
     * One field of a record.
     *
     * @param name {@code [a-zA-Z][a-zA-Z0-9_]*}
     * @param values one for a plain field, several for a list; never none
     */
    public record Field(String name, List<String> values) {
        public Field {
            Names.requireField(name);
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException(
                        "The EDR field " + name + " has no value; leave the field out instead.");
            }
        }

        /** The value as one text: a list joined by commas. */
        public String text() {
            return values.size() == 1 ? values.getFirst() : String.join(",", values);
        }
    }

    public Edr {
        Names.requireInstanceId(instanceId);
        Names.requireEvent(event);
        at = wholeMillis(at);
        fields = ordered(fields);
    }

    /** Starts a record without fields. */
    public static Builder builder(Instant at, String instanceId, String event) {
        return new Builder(at, instanceId, event);
    }

    /**
     * A record of a script's own.
     *
     * @param fields values by name, several for a list; a field without a value is left out
     * @throws IllegalArgumentException when a name is malformed, the event's name is one of the
     *     engine's, or names and values are longer than {@link #MAX_CUSTOM_CHARS} together
     */
    public static Edr custom(
            Instant at, String instanceId, String event, Map<String, List<String>> fields) {
        if (event.startsWith(ENGINE_PREFIX)) {
            throw new IllegalArgumentException(
                    "The EDR event %s begins with %s, as only the engine's own do; choose another."
                            .formatted(event, ENGINE_PREFIX));
        }
        if (isOfPush(event)) {
            throw new IllegalArgumentException(
                    "The EDR event %s is one of the engine's own (PUSH, PUSH-R, PUSH-E); choose another."
                            .formatted(event));
        }
        requireFit(event, fields);
        var edr = builder(at, instanceId, event);
        fields.forEach(edr::list);
        return edr.build();
    }

    /** Whether an event is one of the engine's own, which no script writes. */
    public static boolean isOfEngine(String event) {
        return event.startsWith(ENGINE_PREFIX) || isOfPush(event);
    }

    /** Whether an event is one of a push, which is not one of a dialog. */
    public static boolean isOfPush(String event) {
        return OF_PUSHES.contains(event);
    }

    /** The value of a field as one text, a list joined by commas; null if it has no such field. */
    public @Nullable String text(String name) {
        for (var field : fields) {
            if (field.name().equals(name)) {
                return field.text();
            }
        }
        return null;
    }

    /** The record as it is in a file, without the end of the line. */
    @Override
    public String toString() {
        return EdrFormat.encode(this);
    }

    private static void requireFit(String event, Map<String, List<String>> fields) {
        long chars = 0;
        for (var field : fields.entrySet()) {
            chars += field.getKey().length();
            for (var value : field.getValue()) {
                chars += value.length();
            }
            chars += Math.max(0, field.getValue().size() - 1);
        }
        if (chars > MAX_CUSTOM_CHARS) {
            throw new IllegalArgumentException(
                    "The EDR event %s has %d characters in its fields, the commas of lists counted; it can have %d."
                            .formatted(event, chars, MAX_CUSTOM_CHARS));
        }
    }

    private static Instant wholeMillis(Instant at) {
        long second = at.getEpochSecond();
        if (second < FIRST_SECOND || second > LAST_SECOND) {
            throw new IllegalArgumentException(
                    "The time of an EDR is " + at + "; its year can be 0000 to 9999.");
        }
        int finer = at.getNano() % NANOS_A_MILLI;
        return finer == 0 ? at : Instant.ofEpochSecond(second, at.getNano() - finer);
    }

    private static List<Field> ordered(List<Field> fields) {
        if (inOrder(fields)) {
            return List.copyOf(fields);
        }
        List<Field> sorted = new ArrayList<>(fields);
        sorted.sort(BY_NAME);
        if (!inOrder(sorted)) {
            throw new IllegalArgumentException("An EDR names a field twice: " + sorted);
        }
        return List.copyOf(sorted);
    }

    private static boolean inOrder(List<Field> fields) {
        for (int i = 1; i < fields.size(); i++) {
            if (fields.get(i - 1).name().compareTo(fields.get(i).name()) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** A record in the making. */
    public static final class Builder {
        private final Instant at;
        private final String instanceId;
        private final String event;
        private final List<Field> fields = new ArrayList<>();

        private Builder(Instant at, String instanceId, String event) {
            this.at = at;
            this.instanceId = instanceId;
            this.event = event;
        }

        /** Adds a text; null leaves the field out. */
        public Builder text(String name, @Nullable String value) {
            return value == null ? this : list(name, List.of(value));
        }

        /** Adds a whole number; null leaves the field out. */
        public Builder number(String name, @Nullable Integer value) {
            return value == null ? this : text(name, value.toString());
        }

        /** Adds 1 for true and 0 for false. */
        public Builder flag(String name, boolean value) {
            return text(name, value ? "1" : "0");
        }

        /** Adds a list; an empty one leaves the field out. */
        public Builder list(String name, List<String> values) {
            if (!values.isEmpty()) {
                fields.add(new Field(name, values));
            }
            return this;
        }

        /**
         * The record.
         *
         * @throws IllegalArgumentException when a name is malformed or comes twice
         */
        public Edr build() {
            return new Edr(at, instanceId, event, fields);
        }
    }

    /**
     * The names that the record format allows.
     *
     * <p>Source: N-Squared n2svcd Technical Guide, EDR messages ({@code EDR-LOG}); the characters
     * of an instance id are ours: those that every example has, and no separator.
     */
    static final class Names {
        private static final char FIRST_PRINTABLE = '!';
        private static final char LAST_PRINTABLE = '~';

        private Names() {}

        static boolean isEvent(String name) {
            return isName(name, true);
        }

        static boolean isField(String name) {
            return isName(name, false);
        }

        static boolean isInstanceId(String id) {
            for (int i = 0; i < id.length(); i++) {
                if (!isInstanceIdChar(id.charAt(i))) {
                    return false;
                }
            }
            return !id.isEmpty();
        }

        static void requireEvent(String name) {
            if (!isEvent(name)) {
                throw new IllegalArgumentException(
                        "\"%s\" is not an EDR event's name: a letter, then letters, digits, _ and -."
                                .formatted(name));
            }
        }

        static void requireField(String name) {
            if (!isField(name)) {
                throw new IllegalArgumentException(
                        "\"%s\" is not an EDR field's name: a letter, then letters, digits and _."
                                .formatted(name));
            }
        }

        static void requireStream(String name) {
            if (!isField(name)) {
                throw new IllegalArgumentException(
                        "\"%s\" is not an EDR stream's name: a letter, then letters, digits and _."
                                .formatted(name));
            }
        }

        static void requireInstanceId(String id) {
            if (!isInstanceId(id)) {
                throw new IllegalArgumentException(
                        "\"%s\" is not an instance id: printable ASCII without blanks and < > |."
                                .formatted(id));
            }
        }

        private static boolean isInstanceIdChar(char c) {
            return c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE && c != '<' && c != '>' && c != '|';
        }

        private static boolean isName(String name, boolean hyphens) {
            if (name.isEmpty() || !isLetter(name.charAt(0))) {
                return false;
            }
            for (int i = 1; i < name.length(); i++) {
                char c = name.charAt(i);
                if (!isLetter(c) && !isDigit(c) && c != '_' && !(hyphens && c == '-')) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isLetter(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }
}
