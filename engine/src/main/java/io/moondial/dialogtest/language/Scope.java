package io.moondial.dialogtest.language;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is known at a step of a test from the steps above it.
 *
 * @param row the values of the table's row
 * @param kept the variables that screens have given
 * @param opened the handsets that have begun a dialog
 */
record Scope(Map<String, String> row, Set<String> kept, Set<String> opened, String handset) {
    /** The handset that is meant where none is named. */
    static final String FIRST = "";

    static Scope start(Map<String, String> row) {
        return new Scope(row, new HashSet<>(), new HashSet<>(), FIRST);
    }

    Scope copy() {
        return new Scope(row, new HashSet<>(kept), new HashSet<>(opened), handset);
    }

    Scope at(String name) {
        return new Scope(row, kept, opened, name);
    }

    boolean hasOpened() {
        return opened.contains(handset);
    }
}
