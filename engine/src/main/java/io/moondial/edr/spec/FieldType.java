package io.moondial.edr.spec;

import java.util.List;
import java.util.regex.Pattern;

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

    /** Lower-case hex digits, so many. */
    record Hex(long min, long max) implements FieldType {
        private static final Pattern FORM = Pattern.compile("[0-9a-f]*");

        @Override
        public boolean allows(String value) {
            return value.length() >= min && value.length() <= max && FORM.matcher(value).matches();
        }

        @Override
        public String words() {
            return count(min, max) + " lower-case hex digits";
        }
    }

    /** Octets as two lower-case hex digits each, so many. */
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
        private static final Pattern FORM = Pattern.compile("[0-9*#a-cA-C]*:[0-7]:([0-9]|1[0-5])");

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
