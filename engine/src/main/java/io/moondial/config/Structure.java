package io.moondial.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a key is written if its value is neither a single one nor a section that a record declares.
 *
 * @param <T> the type of the component
 */
public interface Structure<T> {
    /**
     * What the section says of the key.
     *
     * @param before the components of the record before this one, by their names
     */
    @Nullable T read(Section section, String key, Map<String, @Nullable Object> before);

    /** Writes the key. */
    void print(SettingsWriter out, String key, T value);

    /**
     * Writes what the keys of its sections are where they are left out, and those around them are
     * as they are now.
     *
     * @param file whose folder paths are relative to
     * @param present as it is now
     */
    default void printUnset(SettingsWriter out, Path file, T present) {}

    /** What may be written, in words. */
    String allowed();

    /** The keys of each item or section below it; none if they are free. */
    default List<Schema.Description> keys() {
        return List.of();
    }

    /**
     * The sections that it stands for, by their keys, if it is not one key but sections among the
     * others; null: it is one key.
     */
    default @Nullable Map<String, Schema<?>> sections() {
        return null;
    }

    /** No structure; the default of {@link Key#structure}. */
    abstract class None implements Structure<Object> {}
}
