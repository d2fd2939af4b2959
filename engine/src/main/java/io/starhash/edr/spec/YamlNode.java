package io.starhash.edr.spec;

import java.util.List;
import java.util.Map;

/** A node of a YAML document that knows where it stands. */
sealed interface YamlNode {
    /** From 1. */
    int line();

    /** From 1. */
    int column();

    /** A plain or quoted text; a number and a truth value too are taken as they are written. */
    record Scalar(int line, int column, String text) implements YamlNode {}

    record Sequence(int line, int column, List<YamlNode> items) implements YamlNode {}

    /** Keys in the order of the document, each once. */
    record Mapping(int line, int column, Map<String, Entry> entries) implements YamlNode {}

    /**
     * A key with its value.
     *
     * @param line the key's
     * @param column the key's
     */
    record Entry(int line, int column, YamlNode value) {}
}
