package io.moondial.config;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings as a rules file gives them. A test names the keys that it is about; every other key,
 * also one that is added later, has its default.
 */
public final class WrittenSettings {
    private WrittenSettings() {}

    /**
     * The section with these keys.
     *
     * @param lines of YAML, such as {@code max_kills: 3}; paths must be absolute
     */
    public static <R extends Record> R settings(Class<R> type, String... lines) {
        return settings(Schema.of(type), lines);
    }

    /** The same, of a section whose record alone does not say how it is read. */
    public static <R extends Record> R settings(Schema<R> schema, String... lines) {
        return read(lines, schema::read);
    }

    /** The settings with these keys changed. */
    @SuppressWarnings("unchecked") // a record is of its own class
    public static <R extends Record> R changed(R settings, String... lines) {
        Schema<R> schema = Schema.of((Class<R>) settings.getClass());
        return read(lines, section -> schema.readOver(section, settings));
    }

    /**
     * The settings with one component that is what no text of a test can be, such as a path of
     * another file system, or a value that a rules file is not allowed.
     */
    public static <R extends Record> R with(R settings, String component, @Nullable Object value) {
        RecordComponent[] components = settings.getClass().getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                boolean it = components[i].getName().equals(component);
                found |= it;
                components[i].getAccessor().setAccessible(true);
                values[i] = it ? value : components[i].getAccessor().invoke(settings);
            }
            if (!found) {
                throw new AssertionError(settings.getClass() + " has no " + component);
            }
            return made(settings, components, values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked") // a record is of its own class
    private static <R extends Record> R made(
            R like, RecordComponent[] components, @Nullable Object[] values)
            throws ReflectiveOperationException {
        Class<?>[] types =
                Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?> constructor = like.getClass().getDeclaredConstructor(types);
        constructor.setAccessible(true);
        try {
            return (R) constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    private static <R> R read(String[] lines, Function<Section, R> read) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        var problems = new Problems(Path.of("/settings of a test"));
        R settings =
                LocatedYaml.read(new ByteArrayInputStream(text), problems)
                        .map(root -> new Section(root, problems))
                        .map(
                                section -> {
                                    R it = read.apply(section);
                                    section.refuseUnknownKeys();
                                    return it;
                                })
                        .orElse(null);
        if (settings == null || !problems.isEmpty()) {
            throw new AssertionError(problems.inFileOrder().toString());
        }
        return settings;
    }
}
