package io.moondial.config;

import io.moondial.config.Node.Mapping;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A section of a file, as a record declares it: its keys are the components, in their order. A
 * component that is a record without {@link Key} groups keys that are among the others; a {@code
 * Path file} that is no {@link Key} is the file, an {@code int line} the line that the section
 * begins on.
 *
 * <p>What the declaration says is not written anywhere else: the section is read, printed and
 * described by it. A declaration that contradicts itself throws {@link IllegalArgumentException} at
 * once.
 */
public final class Schema<R extends Record> {
    private final Class<R> type;
    private final Constructor<R> constructor;
    private final List<Part> parts;

    /** In the order in which they are read: lists last, whose items inherit from other keys. */
    private final List<Part> inTurn;

    Schema(Class<R> type, List<Structure<?>> structures) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        try {
            constructor =
                    type.getDeclaredConstructor(
                            Stream.of(components)
                                    .map(RecordComponent::getType)
                                    .toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("a record without its constructor: " + type, e);
        }
        constructor.setAccessible(true);
        parts = Stream.of(components).map(it -> Part.of(it, structures)).toList();
        inTurn = parts.stream().sorted(Comparator.comparing(Part::isReadLast)).toList();
    }

    /**
     * The section that the record declares.
     *
     * @param structures one of each class that a {@link Key#structure} names
     */
    public static <R extends Record> Schema<R> of(Class<R> type, Structure<?>... structures) {
        return new Schema<>(type, List.of(structures));
    }

    /** What the section says, and the defaults for what it leaves out. */
    public R read(Section section) {
        return read(section, null, null);
    }

    /** The same with other defaults: what is left out is as in this record. */
    public R readOver(Section section, R otherwise) {
        return read(section, otherwise, null);
    }

    R read(Section section, @Nullable Record otherwise, @Nullable Scope around) {
        keyNames().forEach(section::know);
        Scope scope = new Scope(around);
        for (Part part : inTurn) {
            Object before = otherwise == null ? null : part.valueIn(otherwise);
            scope.put(part.component.getName(), part.read(section, before, scope));
        }
        R settings =
                make(
                        parts.stream()
                                .map(it -> scope.values().get(it.component.getName()))
                                .toArray());
        if (settings instanceof Checked checked) {
            checked.check(section);
        }
        return settings;
    }

    private R make(@Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(
                    type.getSimpleName() + " refuses what its keys allow", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What holds if nothing is said; paths are relative to no folder. */
    public R defaults() {
        return read(new Section(new Mapping(Place.START, List.of()), new Problems(Path.of(""))));
    }

    /** Writes every key, at its value. */
    public void print(SettingsWriter out, R settings) {
        printAny(out, settings);
    }

    void printAny(SettingsWriter out, Record settings) {
        for (Part part : parts) {
            Object value = part.valueIn(settings);
            if (value != null || part.hasWordForNull()) {
                part.print(out, value == null ? Notation.NULL : value);
            }
        }
    }

    /**
     * Writes every key at what it would be if the file left it out and said all the others; without
     * those that must be said, and those that have no value then.
     *
     * @param file whose folder paths are relative to
     */
    public void printUnset(SettingsWriter out, Path file, R settings) {
        printUnset(out, file, settings, null, null);
    }

    void printUnset(
            SettingsWriter out,
            Path file,
            Record settings,
            @Nullable Record otherwise,
            @Nullable Scope around) {
        Scope scope = new Scope(around);
        for (Part part : inTurn) {
            Object present = part.valueIn(settings);
            Object before = otherwise == null ? null : part.valueIn(otherwise);
            part.printUnset(out, file, present, before, scope);
            scope.put(part.component.getName(), present);
        }
    }

    /** Every key with its value, as an item of a list has them; without those that are null. */
    public Map<String, Object> item(R settings) {
        return itemOf(settings);
    }

    Map<String, Object> itemOf(Record settings) {
        Map<String, Object> item = new LinkedHashMap<>();
        for (Part part : parts) {
            Object value = part.valueIn(settings);
            if (value != null) {
                part.put(item, value);
            }
        }
        return item;
    }

    /** Whether a running engine keeps the values that it started with. */
    public boolean waitsForRestart() {
        return settings().map(Settings::restart).orElse(false);
    }

    /** What the section is about; empty if the record does not say. */
    public String about() {
        return settings()
                .map(it -> it.value() + (it.restart() ? " A change waits for a restart." : ""))
                .orElse("");
    }

    private Optional<Settings> settings() {
        return Optional.ofNullable(type.getAnnotation(Settings.class));
    }

    /**
     * One key, described.
     *
     * @param name as it is in the file
     * @param form how often what the rest says stands below it
     * @param about what it is for
     * @param group what it has in common with those beside it; empty: nothing
     * @param allowed what may be written, in words
     * @param range the same for somebody who knows the units, as a sentence; empty if any value of
     *     its kind may be written, or if the rest says so
     * @param unset what it has where it is left out
     * @param examples of what may be written, as it is written
     * @param alike whether it means the same as the key of this name elsewhere
     * @param json the JSON schema of one value; empty for a section
     * @param keys those of the section
     */
    public record Description(
            String name,
            Form form,
            String about,
            String group,
            String allowed,
            String range,
            Unset unset,
            List<String> examples,
            boolean alike,
            Map<String, Object> json,
            List<Description> keys) {
        /**
         * One with a single value, of a kind that says all of it.
         *
         * @param example if the declaration has none; null: there is none
         */
        static Description of(
                String name,
                Key key,
                String allowed,
                @Nullable String example,
                Unset unset,
                Map<String, Object> json) {
            return new Description(
                    name,
                    Form.VALUE,
                    key.value(),
                    "",
                    allowed,
                    "",
                    unset,
                    example != null && key.example().length == 0
                            ? List.of(example)
                            : List.of(key.example()),
                    false,
                    json,
                    List.of());
        }

        /** It among keys that have something in common. */
        Description in(String group) {
            return this.group.isEmpty()
                    ? new Description(
                            name, form, about, group, allowed, range, unset, examples, alike, json,
                            keys)
                    : this;
        }

        /** Whether it must be there. */
        public boolean required() {
            return unset instanceof Unset.Required;
        }
    }

    /** What holds where a key is left out. */
    public sealed interface Unset {
        /** It must be there. */
        record Required() implements Unset {}

        /**
         * Its default.
         *
         * @param written as it is written; empty for a section, whose keys have theirs
         */
        record Default(String written) implements Unset {}

        /**
         * No value that could be written.
         *
         * @param words what holds then; empty: nothing is to be said
         */
        record None(String words) implements Unset {}
    }

    /** What follows a key. */
    public enum Form {
        VALUE,
        LIST_OF_VALUES,
        SECTION,
        LIST_OF_SECTIONS,
        NAMED_SECTIONS
    }

    /** The sections below it, each once, by their keys, in the order of the record. */
    public Map<String, Schema<?>> sections() {
        Map<String, Schema<?>> sections = new LinkedHashMap<>();
        parts.forEach(it -> sections.putAll(it.sections()));
        return sections;
    }

    /** It as a section of a file that may leave it out. */
    Description asKey(String name) {
        return new Description(
                name,
                Form.SECTION,
                about(),
                "",
                "a section",
                "",
                new Unset.Default(""),
                List.of(),
                false,
                Map.of(),
                keys());
    }

    Stream<String> keyNames() {
        return parts.stream().flatMap(Part::keyNames);
    }

    /** Every key, in the order of the record. */
    public List<Description> keys() {
        return parts.stream().flatMap(Part::describe).toList();
    }
}
