package io.moondial.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has been read so far: the components of a record, and those of the records around it. */
final class Scope {
    private final @Nullable Scope around;
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    Scope(@Nullable Scope around) {
        this.around = around;
    }

    void put(String component, @Nullable Object value) {
        values.put(component, value);
    }

    /** The components of the innermost record, by name. */
    Map<String, @Nullable Object> values() {
        return values;
    }

    /**
     * A value.
     *
     * @param path a component of this record or of one around it, then components of what it is,
     *     such as {@code dialogs.max}
     * @throws IllegalArgumentException if nothing of that name has been read
     */
    @Nullable Object get(String path) {
        String[] names = path.split("\\.", -1);
        Object value = find(names[0]);
        for (int i = 1; i < names.length && value != null; i++) {
            value = component((Record) value, names[i]);
        }
        return value;
    }

    private @Nullable Object find(String name) {
        if (values.containsKey(name)) {
            return values.get(name);
        }
        if (around == null) {
            throw new IllegalArgumentException("nothing is read before that is called " + name);
        }
        return around.find(name);
    }

    private static @Nullable Object component(Record record, String name) {
        try {
            var accessor = record.getClass().getDeclaredMethod(name);
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(record.getClass() + " has no " + name, e);
        }
    }
}
