package io.moondial.config;

import java.nio.file.Path;
import java.util.Map;

/** Takes settings, key by key, in the order and the structure that a file has. */
public interface SettingsWriter {
    /** A word of letters, digits and units, which needs no quotes on a line of its own. */
    record Word(String text) {}

    /** A section with what the body writes. */
    void section(String key, Runnable body);

    /**
     * A key with its value.
     *
     * @param value a String or {@link Word}, a Duration, a number, a Boolean, or a list or a map of
     *     them
     */
    void entry(String key, Object value);

    /** An item of a list, in the section of the list. */
    void item(Map<String, ?> item);

    /** A path as the file says it: relative, if it is in the file's folder. */
    String relative(Path path);
}
