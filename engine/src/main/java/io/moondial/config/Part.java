package io.moondial.config;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.moondial.config.Node.Mapping;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Form;
import io.moondial.config.Schema.Unset;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One component of a settings record: a key, or keys that are among the others. */
abstract class Part {
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    /** A default that another key and a number are added up to. */
    private static final Pattern WORKED_OUT =
            Pattern.compile("([A-Za-z]+(?:\\.[A-Za-z]+)*) \\+ ([0-9]+)");

    final RecordComponent component;
    final String name;

    Part(RecordComponent component) {
        this.component = component;
        Key key = component.getAnnotation(Key.class);
        this.name =
                key != null && !key.name().isEmpty()
                        ? key.name()
                        : CAPITAL.matcher(component.getName())
                                .replaceAll(it -> "_" + it.group().toLowerCase(Locale.ROOT));
        component.getAccessor().setAccessible(true);
    }

    /**
     * What the section says of it.
     *
     * @param otherwise the value if it says nothing; null: the default
     * @param scope what is read before it
     */
    abstract @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope);

    abstract void print(SettingsWriter out, Object value);

    abstract void put(Map<String, Object> item, Object value);

    abstract Stream<Description> describe();

    /**
     * Writes what it is if the section does not say it; nothing if that has no value, or must be
     * said.
     *
     * @param present what it is
     * @param otherwise the value if the section says nothing; null: the default
     * @param scope what is read before it, as it is
     */
    void printUnset(
            SettingsWriter out,
            Path file,
            @Nullable Object present,
            @Nullable Object otherwise,
            Scope scope) {
        Section empty = new Section(new Mapping(Place.START, List.of()), new Problems(file));
        Object unset = read(empty, otherwise, scope);
        if (empty.problemsSoFar() == 0 && (unset != null || hasWordForNull())) {
            print(out, unset == null ? Notation.NULL : unset);
        }
    }

    /** The keys of the section that it declares. */
    Stream<String> keyNames() {
        return Stream.of(name);
    }

    /** Those of the keys that are sections, each of which appears once. */
    Map<String, Schema<?>> sections() {
        return Map.of();
    }

    /** Whether it is read once all others of its record are. */
    boolean isReadLast() {
        return false;
    }

    /** Whether null is written in its own way, not left out. */
    boolean hasWordForNull() {
        return false;
    }

    @Nullable Object valueIn(Record settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isNullable() {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    static Part of(RecordComponent component, List<Structure<?>> structures) {
        Key key = component.getAnnotation(Key.class);
        Class<?> type = component.getType();
        if (key != null && key.like() != Record.class) {
            Key alike = alike(component, key.like());
            return new One(component, key, notation(type, alike), alike);
        }
        if (key != null && key.structure() != Structure.None.class) {
            return structures.stream()
                    .filter(it -> it.getClass() == key.structure())
                    .findFirst()
                    .map(it -> new Structured(component, key, it))
                    .orElseThrow(() -> new IllegalArgumentException("none is given: " + key));
        }
        if (key == null && type == Path.class && component.getName().equals("file")) {
            return new Unwritten(component, Section::file);
        }
        if (key == null && type == int.class && component.getName().equals("line")) {
            return new Unwritten(component, it -> it.place().line());
        }
        if (key == null) {
            return new Group(component, schemaOf(type, structures));
        }
        if (type.isRecord() && key.as() == Notation.OfType.class) {
            return new SectionPart.Nested(component, key, schemaOf(type, structures));
        }
        if (type == Map.class) {
            return new SectionPart.Named(
                    component, key, schemaOf(argument(component, 1), structures));
        }
        if (type == List.class) {
            Class<?> item = argument(component, 0);
            return item.isRecord() && key.as() == Notation.OfType.class
                    ? new SectionPart.Items(component, key, schemaOf(item, structures))
                    : new Values(component, key, notation(item, key));
        }
        if (type == Secret.class) {
            return new Secret.OneKey(component, key);
        }
        return type == Path.class
                ? new OnePath(component, key)
                : new One(component, key, notation(type, key), key);
    }

    /** The declaration of the same key elsewhere. */
    private static Key alike(RecordComponent component, Class<? extends Record> other) {
        return Stream.of(other.getRecordComponents())
                .filter(it -> it.getName().equals(component.getName()))
                .map(it -> it.getAnnotation(Key.class))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(other + " has no " + component));
    }

    private static Class<?> argument(RecordComponent component, int index) {
        if (component.getGenericType() instanceof ParameterizedType generic) {
            Type argument = generic.getActualTypeArguments()[index];
            if (argument instanceof Class<?> it) {
                return it;
            }
        }
        throw new IllegalArgumentException("no key can be a " + component.getGenericType());
    }

    private static Schema<?> schemaOf(Class<?> type, List<Structure<?>> structures) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException("neither a key nor a record: " + type);
        }
        return new Schema<>(type.asSubclass(Record.class), structures);
    }

    private static Notation<?> notation(Class<?> type, Key key) {
        Notation<?> notation =
                key.as() == Notation.OfType.class
                        ? Notation.of(type, key)
                        : instance(key.as()).get();
        return key.nullIs().isEmpty() ? notation : notation.orNull(key.nullIs());
    }

    private static <T> T instance(Class<T> type) {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("it must be made from nothing: " + type, e);
        }
    }

    /** Keys that are among the others. */
    private static final class Group extends Part {
        private final Schema<?> schema;

        Group(RecordComponent component, Schema<?> schema) {
            super(component);
            this.schema = schema;
        }

        @Override
        Object read(Section section, @Nullable Object otherwise, Scope scope) {
            return schema.read(section, (Record) otherwise, scope);
        }

        @Override
        Stream<String> keyNames() {
            return schema.keyNames();
        }

        @Override
        void print(SettingsWriter out, Object value) {
            schema.printAny(out, (Record) value);
        }

        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {
            schema.printUnset(
                    out, file, (Record) requireNonNull(present), (Record) otherwise, scope);
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            item.putAll(schema.itemOf((Record) value));
        }

        @Override
        Stream<Description> describe() {
            return schema.keys().stream().map(it -> it.in(schema.about()));
        }
    }

    /** No key, but something of the place where the section is. */
    private static final class Unwritten extends Part {
        private final Function<Section, Object> of;

        Unwritten(RecordComponent component, Function<Section, Object> of) {
            super(component);
            this.of = of;
        }

        @Override
        Object read(Section section, @Nullable Object otherwise, Scope scope) {
            return of.apply(section);
        }

        @Override
        void print(SettingsWriter out, Object value) {}

        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {}

        @Override
        void put(Map<String, Object> item, Object value) {}

        @Override
        Stream<Description> describe() {
            return Stream.empty();
        }

        @Override
        Stream<String> keyNames() {
            return Stream.empty();
        }
    }

    /** A key with one value. */
    private static class One extends Part {
        final Key key;
        final Notation<Object> notation;

        /** The one that says what may be written and what for: its own, or that of its like. */
        private final Key declared;

        @SuppressWarnings("unchecked") // what it makes of a text is what the component takes
        One(RecordComponent component, Key key, Notation<?> notation, Key declared) {
            super(component);
            this.declared = declared;
            this.key = key;
            this.notation = (Notation<Object>) notation;
            if (!key.unset().isEmpty() && !isWorkedOut()) {
                unset();
            }
            examples();
        }

        Object unset() {
            return parse(key.unset());
        }

        private boolean isWorkedOut() {
            return WORKED_OUT.matcher(key.unset()).matches();
        }

        private Object unset(Scope scope) {
            Matcher sum = WORKED_OUT.matcher(key.unset());
            return sum.matches()
                    ? parse(
                            Long.toString(
                                    ((Number) requireNonNull(scope.get(sum.group(1)))).longValue()
                                            + Long.parseLong(sum.group(2))))
                    : unset();
        }

        Object parse(String text) {
            return notation.type()
                    .parse(new Scalar(Place.START, text, false))
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            name + " cannot be " + text + " by itself"));
        }

        @Override
        @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope) {
            Optional<Object> value =
                    isRequired() && otherwise == null
                            ? section.require(name, notation.type())
                            : section.find(name, notation.type());
            Object read = value.orElseGet(() -> absent(otherwise, scope));
            return Notation.NULL.equals(read) ? null : read;
        }

        @Override
        boolean hasWordForNull() {
            return !key.nullIs().isEmpty();
        }

        private @Nullable Object absent(@Nullable Object otherwise, Scope scope) {
            if (otherwise != null || (key.unset().isEmpty() && isNullable())) {
                return otherwise;
            }
            return key.unset().isEmpty() ? stopgap() : unset(scope);
        }

        /** What replaces a missing value: reading goes on to find more problems. */
        private @Nullable Object stopgap() {
            Class<?> type = component.getType();
            if (type == String.class) {
                return "?";
            }
            return type.isEnum() ? type.getEnumConstants()[0] : parse(key.from());
        }

        boolean isRequired() {
            return key.unset().isEmpty() && !isNullable();
        }

        @Override
        void print(SettingsWriter out, Object value) {
            out.entry(name, notation.printed().apply(value));
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            item.put(name, notation.printed().apply(value));
        }

        @Override
        Stream<Description> describe() {
            return Stream.of(
                    new Description(
                            name,
                            form(),
                            declared.value(),
                            "",
                            notation.type().allowed(),
                            range(),
                            unsetOrWords(),
                            examples(),
                            key.like() != Record.class,
                            notation.json(),
                            List.of()));
        }

        Unset unsetOrWords() {
            if (isRequired()) {
                return new Unset.Required();
            }
            if (isWorkedOut()) {
                return new Unset.None(key.unset());
            }
            return key.unset().isEmpty()
                    ? new Unset.None(key.unsetIs())
                    : new Unset.Default(written(unset()));
        }

        private List<String> examples() {
            return Stream.of(declared.example()).map(it -> written(parseAll(it))).toList();
        }

        private String range() {
            String orNull = declared.nullIs().isEmpty() ? "" : declared.nullIs() + ", or ";
            if (!declared.from().isEmpty()) {
                return orNull + "from %s to %s".formatted(declared.from(), declared.to());
            }
            if (!notation.type().choices().isEmpty()) {
                return notation.type().allowed();
            }
            boolean isAny =
                    component.getType() == boolean.class
                            || (component.getType() == String.class
                                    && declared.matches().isEmpty());
            return isAny ? "" : "allowed is " + notation.type().allowed();
        }

        /** What the whole of a value means. */
        Object parseAll(String text) {
            return parse(text);
        }

        String written(Object value) {
            return YamlWriter.plain(notation.printed().apply(value));
        }

        Form form() {
            return Form.VALUE;
        }
    }

    /** A path, relative to the file's folder. */
    private static final class OnePath extends Part {
        private final Key key;

        OnePath(RecordComponent component, Key key) {
            super(component);
            this.key = key;
            if (key.unset().isEmpty() && !isNullable()) {
                throw new IllegalArgumentException(
                        "a path needs a default, or may be null: " + name);
            }
        }

        @Override
        @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope) {
            if (key.unset().isEmpty() && otherwise == null && !section.has(name)) {
                return null;
            }
            return otherwise instanceof Path path
                    ? section.path(name, path)
                    : section.path(name, key.unset());
        }

        @Override
        void print(SettingsWriter out, Object value) {
            out.entry(name, out.relative((Path) value));
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            throw new IllegalStateException("a list has no paths: " + name);
        }

        @Override
        Stream<Description> describe() {
            return Stream.of(
                    Description.of(
                            name,
                            key,
                            "a path",
                            null,
                            key.unset().isEmpty()
                                    ? new Unset.None(key.unsetIs())
                                    : new Unset.Default(YamlWriter.plain(key.unset())),
                            Map.of("type", "string")));
        }
    }

    /** A key with a list of values. */
    private static final class Values extends One {
        Values(RecordComponent component, Key key, Notation<?> notation) {
            super(component, key, notation, key);
        }

        @Override
        Object unset() {
            return parseAll(key.unset());
        }

        @Override
        Object parseAll(String text) {
            String inside = text.substring(1, text.length() - 1);
            return Stream.of(inside.split(","))
                    .map(String::strip)
                    .filter(it -> !it.isEmpty())
                    .map(this::parse)
                    .toList();
        }

        @Override
        Object read(Section section, @Nullable Object otherwise, Scope scope) {
            if (isRequired() && !section.has(name)) {
                section.refuse(
                        name
                                + " is missing; allowed is a list such as [A, B], each of it "
                                + notation.type().allowed());
            }
            List<?> fallback = isRequired() ? List.of() : (List<?>) unset();
            return key.repeats()
                    ? section.repeating(name, notation.type(), List.copyOf(fallback))
                    : section.distinct(name, notation.type(), List.copyOf(fallback));
        }

        @Override
        void print(SettingsWriter out, Object value) {
            if (!((List<?>) value).isEmpty()) {
                out.entry(name, printed(value));
            }
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            if (!((List<?>) value).isEmpty()) {
                item.put(name, printed(value));
            }
        }

        /** An empty list cannot be written. */
        @Override
        Unset unsetOrWords() {
            return !isRequired() && ((List<?>) unset()).isEmpty()
                    ? new Unset.None("none")
                    : super.unsetOrWords();
        }

        @Override
        String written(Object value) {
            return YamlWriter.plain(printed(value));
        }

        private List<Object> printed(Object value) {
            return ((List<?>) value).stream().map(it -> notation.printed().apply(it)).toList();
        }

        @Override
        Form form() {
            return Form.LIST_OF_VALUES;
        }
    }

    /** A key that is written in a way of its own. */
    private static final class Structured extends Part {
        private final Key key;
        private final Structure<Object> structure;

        @SuppressWarnings("unchecked") // what it reads is what the component takes
        Structured(RecordComponent component, Key key, Structure<?> structure) {
            super(component);
            this.key = key;
            this.structure = (Structure<Object>) structure;
        }

        @Override
        @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope) {
            return structure.read(section, name, scope.values());
        }

        @Override
        void print(SettingsWriter out, Object value) {
            structure.print(out, name, value);
        }

        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {
            if (structure.sections() == null) {
                super.printUnset(out, file, present, otherwise, scope);
            } else if (present != null) {
                structure.printUnset(out, file, present);
            }
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            structure.print(new ItemWriter(item), name, value);
        }

        @Override
        Map<String, Schema<?>> sections() {
            return requireNonNullElse(structure.sections(), Map.of());
        }

        @Override
        Stream<String> keyNames() {
            return structure.sections() == null
                    ? super.keyNames()
                    : structure.sections().keySet().stream();
        }

        @Override
        Stream<Description> describe() {
            if (structure.sections() != null) {
                return structure.sections().entrySet().stream()
                        .map(it -> it.getValue().asKey(it.getKey()));
            }
            List<Description> keys = structure.keys();
            return Stream.of(
                    new Description(
                            name,
                            keys.isEmpty() ? Form.VALUE : Form.LIST_OF_SECTIONS,
                            key.value(),
                            "",
                            structure.allowed(),
                            "",
                            key.unset().isEmpty()
                                    ? new Unset.None(key.unsetIs())
                                    : new Unset.Default(key.unset()),
                            List.of(key.example()),
                            false,
                            Map.of(),
                            keys));
        }
    }

    /** Takes keys of an item of a list, which has no sections. */
    private record ItemWriter(Map<String, Object> item) implements SettingsWriter {
        @Override
        public void section(String key, Runnable body) {
            throw new IllegalStateException("no part of an item: " + key);
        }

        @Override
        public void entry(String key, Object value) {
            item.put(key, value);
        }

        @Override
        public void item(Map<String, ?> inner) {
            throw new IllegalStateException("no part of an item: " + inner);
        }

        @Override
        public String relative(Path path) {
            throw new IllegalStateException("an item has no paths: " + path);
        }
    }
}
