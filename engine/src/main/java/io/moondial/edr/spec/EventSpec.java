package io.moondial.edr.spec;

import io.moondial.edr.Edr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one event type is: the content of its file.
 *
 * @param event its name
 * @param meaning when such a record is written
 * @param source where that is stated, and what was made of its inconsistencies
 * @param sourceExample the source's example, verbatim; null if it has none of this type
 * @param example a record that conforms
 * @param fields in alphabetical order
 */
record EventSpec(
        String event,
        String meaning,
        String source,
        @Nullable String sourceExample,
        String example,
        List<FieldSpec> fields) {

    EventSpec {
        fields = List.copyOf(fields);
    }

    /** What is wrong with a record of this type, each in one sentence that names the field. */
    List<String> check(Edr edr) {
        var faults = new ArrayList<String>();
        for (var field : edr.fields()) {
            if (fields.stream().noneMatch(known -> known.name().equals(field.name()))) {
                faults.add("%s has no field %s; it has %s".formatted(event, field.name(), names()));
            }
        }
        fields.forEach(field -> faults.addAll(field.check(edr)));
        return faults;
    }

    private String names() {
        return fields.stream().map(FieldSpec::name).collect(Collectors.joining(", "));
    }

    /**
     * What one field of an event type is.
     *
     * @param name its name
     * @param type what its values can be
     * @param list whether it can have several values; each is of the type then
     * @param always whether every record has it
     * @param requiredIf if one of these is true, the record has it
     * @param forbiddenIf if one of these is true, the record does not have it
     * @param when in words, when it is there; null if it always is
     * @param meaning what it says
     * @param note where its source is unclear or Moondial differs from it; null if there is nothing
     *     to say
     */
    record FieldSpec(
            String name,
            FieldType type,
            boolean list,
            boolean always,
            List<Condition> requiredIf,
            List<Condition> forbiddenIf,
            @Nullable String when,
            String meaning,
            @Nullable String note) {

        FieldSpec {
            requiredIf = List.copyOf(requiredIf);
            forbiddenIf = List.copyOf(forbiddenIf);
        }

        /** What is wrong with this field in a record of its type, each in one sentence. */
        List<String> check(Edr edr) {
            return edr.fields().stream()
                    .filter(field -> field.name().equals(name))
                    .findFirst()
                    .map(field -> checkPresent(edr, field.values()))
                    .orElseGet(() -> checkAbsent(edr));
        }

        /** What its values can be, in words that end a sentence. */
        String words() {
            return list ? "a list, each of it " + type.words() : type.words();
        }

        private String named() {
            return list ? "a value of " + name : name;
        }

        private List<String> checkAbsent(Edr edr) {
            if (always) {
                return List.of(name + " is missing; it is always there");
            }
            return firstOf(requiredIf, edr)
                    .map(why -> List.of(name + " is missing; it is there when " + why))
                    .orElse(List.of());
        }

        private List<String> checkPresent(Edr edr, List<String> values) {
            var faults = new ArrayList<String>();
            firstOf(forbiddenIf, edr)
                    .ifPresent(why -> faults.add(name + " is there; it is not when " + why));
            if (values.size() > 1 && !list) {
                faults.add(
                        "%s has %d values; it has one, and a comma in that is written %%2C"
                                .formatted(name, values.size()));
                return faults;
            }
            for (String value : values) {
                if (!type.allows(value)) {
                    faults.add(
                            "%s is \"%s\"; it can be %s".formatted(named(), value, type.words()));
                }
            }
            return faults;
        }

        private static Optional<Condition> firstOf(List<Condition> conditions, Edr edr) {
            return conditions.stream().filter(condition -> condition.holds(edr)).findFirst();
        }
    }

    /** What the values of a field can be. */
    sealed interface FieldType {
        /** Whether a decoded value is one of this type. */
        boolean allows(String value);

        /** What is allowed, in words that end a sentence. */
        String words();

        private static String count(long min, long max) {
            if (min == max) {
                return String.valueOf(min);
            }
            return max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
        }

        /** Any text. */
        record Text() implements FieldType {
            @Override
            public boolean allows(String value) {
                return true;
            }

            @Override
            public String words() {
                return "text";
            }
        }

        /** A whole number without leading zeros. */
        record Whole(long min, long max) implements FieldType {
            private static final Pattern FORM = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

            @Override
            public boolean allows(String value) {
                if (!FORM.matcher(value).matches()) {
                    return false;
                }
                long number = Long.parseLong(value);
                return number >= min && number <= max;
            }

            @Override
            public String words() {
                if (min == Long.MIN_VALUE && max == Long.MAX_VALUE) {
                    return "a whole number";
                }
                return max == Long.MAX_VALUE
                        ? "a whole number from " + min
                        : "a whole number, " + min + " to " + max;
            }
        }

        /** Lower-case hex digits, this many. */
        record Hex(long min, long max) implements FieldType {
            private static final Pattern FORM = Pattern.compile("[0-9a-f]*");

            @Override
            public boolean allows(String value) {
                return value.length() >= min
                        && value.length() <= max
                        && FORM.matcher(value).matches();
            }

            @Override
            public String words() {
                return count(min, max) + " lower-case hex digits";
            }
        }

        /** Octets as two lower-case hex digits each, this many. */
        record Octets(long min, long max) implements FieldType {
            private static final Pattern FORM = Pattern.compile("([0-9a-f]{2})*");

            @Override
            public boolean allows(String value) {
                long count = value.length() / 2;
                return count >= min && count <= max && FORM.matcher(value).matches();
            }

            @Override
            public String words() {
                return count(min, max) + " octets, each as two lower-case hex digits";
            }
        }

        /** The digits of an address, its nature and its numbering plan (3GPP TS 29.002, 17.7.8). */
        record Address() implements FieldType {
            private static final Pattern FORM =
                    Pattern.compile("[0-9*#a-cA-C]*:[0-7]:([0-9]|1[0-5])");

            @Override
            public boolean allows(String value) {
                return FORM.matcher(value).matches();
            }

            @Override
            public String words() {
                return "digits:noa:npi, the nature of address 0 to 7, the numbering plan 0 to 15";
            }
        }

        /** One of a few words. */
        record Choice(List<String> values) implements FieldType {
            public Choice {
                values = List.copyOf(values);
            }

            @Override
            public boolean allows(String value) {
                return values.contains(value);
            }

            @Override
            public String words() {
                return String.join(" or ", values);
            }
        }
    }

    /**
     * Something that holds of a record or does not: {@code FIELD}, the record has it; {@code
     * !FIELD}, it has not; {@code FIELD=VALUE}, it has it with this value.
     */
    record Condition(String field, @Nullable String value, boolean negated) {
        static Condition parse(String text) {
            if (text.startsWith("!")) {
                return new Condition(text.substring(1), null, true);
            }
            int equals = text.indexOf('=');
            return equals < 0
                    ? new Condition(text, null, false)
                    : new Condition(text.substring(0, equals), text.substring(equals + 1), false);
        }

        boolean holds(Edr edr) {
            String found = edr.text(field);
            if (negated) {
                return found == null;
            }
            return found != null && (value == null || value.equals(found));
        }

        /** In words that follow "when". */
        @Override
        public String toString() {
            if (negated) {
                return "there is no " + field;
            }
            return value == null ? "there is " + field : field + " is " + value;
        }
    }
}
