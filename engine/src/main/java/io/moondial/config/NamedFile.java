package io.moondial.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A setting whose value stands in a file of its own, which the settings name. Another content of
 * that file is another setting.
 */
public interface NamedFile {
    /** Where it is; null if it stands somewhere else than in a file. */
    @Nullable Path file();

    /** The files that settings name, in whatever they consist of. */
    static Set<Path> in(Record settings) {
        Set<Path> files = new TreeSet<>();
        collect(settings, files);
        return files;
    }

    private static void collect(@Nullable Object value, Set<Path> files) {
        switch (value) {
            case NamedFile named -> {
                Path file = named.file();
                if (file != null) {
                    files.add(file);
                }
            }
            case Record section -> {
                for (RecordComponent component : section.getClass().getRecordComponents()) {
                    collect(valueOf(component, section), files);
                }
            }
            case Map<?, ?> sections -> sections.values().forEach(it -> collect(it, files));
            case List<?> items -> items.forEach(it -> collect(it, files));
            case null, default -> {}
        }
    }

    private static @Nullable Object valueOf(RecordComponent component, Record section) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
