package io.moondial.rules;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings in which two effective configurations differ, as {@link RulesPrinter} tells them.
 */
public final class ChangedSettings {
    /** What the writer of the file chose freely, and may not want to see in a log. */
    private static final String FREE = ".globals";

    private static final String ITEM = "- ";
    private static final int SHORT = 40;

    private ChangedSettings() {}

    /**
     * One of them.
     *
     * @param key such as {@code process.menu_timeout}
     * @param before null where it was not there
     * @param after null where it is no more
     */
    public record Change(String key, @Nullable String before, @Nullable String after) {
        /** Whether a running engine keeps the value that it started with. */
        public boolean waitsForRestart() {
            return RulesFile.waitsForRestart(key.substring(0, key.indexOf('.')));
        }

        /** The key, and both values where they are short. */
        @Override
        public String toString() {
            if (before == null || after == null) {
                return key + (before == null ? " added" : " removed");
            }
            return isShown(before) && isShown(after) ? key + " " + before + " -> " + after : key;
        }

        private boolean isShown(String value) {
            boolean list = value.startsWith(ITEM);
            return value.length() <= SHORT && !list && !key.endsWith(FREE);
        }
    }

    /** All of them, by key. */
    public static List<Change> between(Rules before, Rules after) {
        if (before.equals(after)) {
            return List.of();
        }
        Map<String, String> old = settings(before);
        Map<String, String> fresh = settings(after);
        Set<String> keys = new LinkedHashSet<>(fresh.keySet());
        keys.addAll(old.keySet());
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(old.get(key), fresh.get(key))) {
                changes.add(new Change(key, old.get(key), fresh.get(key)));
            }
        }
        return changes;
    }

    /**
     * The printed configuration taken apart: a line is a section, a key with its value, an item.
     */
    private static Map<String, String> settings(Rules rules) {
        Map<String, String> settings = new TreeMap<>();
        Deque<String> sections = new ArrayDeque<>();
        for (String line : RulesPrinter.print(rules).lines().toList()) {
            String text = line.strip();
            int depth = (line.length() - text.length()) / 2;
            while (sections.size() > depth) {
                sections.removeLast();
            }
            if (text.startsWith(ITEM)) {
                settings.merge(String.join(".", sections), text, (a, b) -> a + "\n" + b);
            } else if (text.endsWith(":")) {
                sections.addLast(text.substring(0, text.length() - 1));
            } else {
                int colon = text.indexOf(": ");
                sections.addLast(text.substring(0, colon));
                settings.put(String.join(".", sections), text.substring(colon + 2));
                sections.removeLast();
            }
        }
        return settings;
    }
}
