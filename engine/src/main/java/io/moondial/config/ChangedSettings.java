package io.moondial.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The keys of settings: those whose values two have different, and those beside the default. */
public final class ChangedSettings {
    private static final int SHORT = 40;

    /** Of words that the rules allow, such as the reasons for which pushes are tried again. */
    private static final int SHORT_LIST = 160;

    private ChangedSettings() {}

    /**
     * One of them.
     *
     * @param key such as {@code process.menu_timeout}
     * @param before the value as a file has it; null if it was not there
     * @param after null if it is no more
     * @param waitsForRestart whether a running engine keeps the value that it started with
     */
    public record Change(
            String key, @Nullable String before, @Nullable String after, boolean waitsForRestart) {
        /** The key, and both values if they exist and can be shown. */
        @Override
        public String toString() {
            if (before == null || after == null) {
                return key + (before == null ? " added" : " removed");
            }
            return isShown(before) && isShown(after) ? key + " " + before + " -> " + after : key;
        }

        /** Long values are not shown, nor those that the writer of the file chose freely. */
        private static boolean isShown(String value) {
            boolean isList = value.startsWith("[");
            return value.length() <= (isList ? SHORT_LIST : SHORT) && !value.contains("{");
        }
    }

    /**
     * All of them, by key.
     *
     * <p>Of a list of sections, such as the triggers, the values are how many there are, if that
     * differs.
     *
     * @param folder that paths are shown relative to; null: none is
     */
    public static <R extends Record> List<Change> between(
            Schema<R> schema, R before, R after, @Nullable Path folder) {
        Map<String, Object> old = Values.of(schema, before, folder);
        Map<String, Object> fresh = Values.of(schema, after, folder);
        Map<String, Schema<?>> sections = schema.sections();
        Set<String> keys = new TreeSet<>(fresh.keySet());
        keys.addAll(old.keySet());
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(old.get(key), fresh.get(key))) {
                int point = key.indexOf('.');
                Schema<?> section = point < 0 ? null : sections.get(key.substring(0, point));
                Object was = old.get(key);
                Object is = fresh.get(key);
                boolean counted =
                        was instanceof List<?> many
                                && is instanceof List<?> others
                                && (Values.isSections(many) || Values.isSections(others))
                                && many.size() != others.size();
                changes.add(
                        new Change(
                                key,
                                counted ? count(was) : shown(was),
                                counted ? count(is) : shown(is),
                                point >= 0 && (section == null || section.waitsForRestart())));
            }
        }
        return changes;
    }

    /**
     * One key of some settings.
     *
     * @param key such as {@code process.menu_timeout}
     * @param value as a file has it, on one line; null: a list of sections
     * @param unset what it is where it is left out and the others are as they are; null: it must be
     *     there, or has no value then
     */
    public record Setting(String key, @Nullable String value, @Nullable String unset) {
        /** Whether it is another than if it was left out. */
        public boolean differs() {
            return !Objects.equals(value, unset);
        }
    }

    /**
     * Every key that has a value, and what it is by default.
     *
     * @param file whose folder paths are shown relative to
     */
    public static <R extends Record> List<Setting> all(Schema<R> schema, R settings, Path file) {
        Values unset = new Values(file.getParent());
        schema.printUnset(unset, file, settings);
        List<Setting> all = new ArrayList<>();
        Values.of(schema, settings, file.getParent())
                .forEach(
                        (key, value) ->
                                all.add(
                                        new Setting(
                                                key,
                                                Values.isSections(value) ? null : shown(value),
                                                shown(unset.values.get(key)))));
        return all;
    }

    /** Of a list of sections. */
    private static String count(@Nullable Object list) {
        return String.valueOf(((List<?>) requireNonNull(list)).size());
    }

    private static @Nullable String shown(@Nullable Object value) {
        return value == null ? null : YamlWriter.plain(value);
    }

    /** Takes settings apart into their values, by their keys. */
    private static final class Values implements SettingsWriter {
        private final Map<String, Object> values = new TreeMap<>();
        private final Deque<String> sections = new ArrayDeque<>();
        private final @Nullable Path folder;

        private Values(@Nullable Path folder) {
            this.folder = folder;
        }

        static <R extends Record> Map<String, Object> of(
                Schema<R> schema, R settings, @Nullable Path folder) {
            var values = new Values(folder);
            schema.print(values, settings);
            return values.values;
        }

        /** Whether a value is a list of items, each with keys of its own. */
        static boolean isSections(Object value) {
            return value instanceof List<?> list
                    && !list.isEmpty()
                    && list.getFirst() instanceof Map<?, ?>;
        }

        @Override
        public void section(String key, Runnable body) {
            sections.addLast(key);
            body.run();
            sections.removeLast();
        }

        @Override
        public void entry(String key, Object value) {
            section(key, () -> values.put(String.join(".", sections), value));
        }

        @Override
        public void item(Map<String, ?> item) {
            Object list =
                    values.computeIfAbsent(
                            String.join(".", sections), it -> new ArrayList<Map<String, ?>>());
            add(list, item);
        }

        @SuppressWarnings("unchecked") // made above
        private static void add(Object list, Map<String, ?> item) {
            ((List<Map<String, ?>>) list).add(item);
        }

        @Override
        public String relative(Path path) {
            return YamlWriter.relative(path, folder);
        }
    }
}
