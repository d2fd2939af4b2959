package io.moondial.config;

import java.util.List;

/** A part of a YAML document that knows where it is. */
public sealed interface Node {
    /** Where it begins. */
    Place place();

    /**
     * A single value.
     *
     * @param text as it was written, so that {@code 0123} keeps its zero; without quotes, and with
     *     escapes replaced
     * @param quoted whether it stood in quotes or in a block, and so can only be a text
     */
    record Scalar(Place place, String text, boolean quoted) implements Node {
        /**
         * Whether there is nothing: an empty value, {@code ~} or {@code null} (YAML 1.2 10.3.2).
         */
        public boolean isNull() {
            return !quoted
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }
    }

    /** A list. */
    record Sequence(Place place, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Keys with their values, in the order of the file; no key appears twice. */
    record Mapping(Place place, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, Node value) {}
}
