package io.moondial.config;

import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Form;
import io.moondial.config.Schema.Unset;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A key with sections below it. */
abstract class SectionPart extends Part {
    final Key key;
    final Schema<?> schema;

    SectionPart(RecordComponent component, Key key, Schema<?> schema) {
        super(component);
        this.key = key;
        this.schema = schema;
    }

    Stream<Description> describe(Form form, String allowed) {
        return Stream.of(
                new Description(
                        name,
                        form,
                        key.value().isEmpty() ? schema.about() : key.value(),
                        "",
                        allowed,
                        "",
                        unset(),
                        List.of(key.example()),
                        false,
                        Map.of(),
                        schema.keys()));
    }

    private Unset unset() {
        if (!key.oneAtLeast().isEmpty()) {
            return new Unset.Required();
        }
        return isNullable() || !key.unsetIs().isEmpty()
                ? new Unset.None(key.unsetIs())
                : new Unset.Default(key.unset());
    }

    /** A section. */
    static final class Nested extends SectionPart {
        Nested(RecordComponent component, Key key, Schema<?> schema) {
            super(component, key, schema);
        }

        @Override
        @Nullable Object read(Section section, @Nullable Object otherwise, Scope scope) {
            if (isNullable() && !section.has(name)) {
                return otherwise;
            }
            return schema.read(
                    section.section(name),
                    key.inherits().isEmpty()
                            ? (Record) otherwise
                            : (Record) scope.get(key.inherits()),
                    scope);
        }

        @Override
        void print(SettingsWriter out, Object value) {
            out.section(name, () -> schema.printAny(out, (Record) value));
        }

        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {
            if (present != null) {
                Object inherited = key.inherits().isEmpty() ? otherwise : scope.get(key.inherits());
                out.section(
                        name,
                        () ->
                                schema.printUnset(
                                        out, file, (Record) present, (Record) inherited, scope));
            }
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            item.put(name, schema.itemOf((Record) value));
        }

        @Override
        Map<String, Schema<?>> sections() {
            return Map.of(name, schema);
        }

        @Override
        Stream<Description> describe() {
            return describe(Form.SECTION, "a section");
        }
    }

    /** A list of sections; without the key, an empty one. */
    static final class Items extends SectionPart {
        Items(RecordComponent component, Key key, Schema<?> schema) {
            super(component, key, schema);
        }

        @Override
        Object read(Section section, @Nullable Object otherwise, Scope scope) {
            List<Record> items = new ArrayList<>();
            section.sections(name).forEach(it -> items.add(schema.read(it, null, scope)));
            if (items.isEmpty() && !key.oneAtLeast().isEmpty()) {
                section.refuse(name, key.oneAtLeast());
            }
            return items;
        }

        @Override
        boolean isReadLast() {
            return true;
        }

        @Override
        void print(SettingsWriter out, Object value) {
            if (!((List<?>) value).isEmpty()) {
                out.section(name, () -> items(value).forEach(out::item));
            }
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            item.put(name, items(value));
        }

        /** What is in a list has no default. */
        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {}

        private List<Map<String, Object>> items(Object value) {
            return ((List<?>) value).stream().map(it -> schema.itemOf((Record) it)).toList();
        }

        @Override
        Stream<Description> describe() {
            return describe(Form.LIST_OF_SECTIONS, "a list of sections");
        }
    }

    /** Sections under names that the writer of the file chooses. */
    static final class Named extends SectionPart {
        private final ValueType<String> names;

        Named(RecordComponent component, Key key, Schema<?> schema) {
            super(component, key, schema);
            names = ValueType.text(key.allowed(), Pattern.compile(key.matches()));
        }

        @Override
        Object read(Section section, @Nullable Object otherwise, Scope scope) {
            Record inherited = key.inherits().isEmpty() ? null : (Record) scope.get(key.inherits());
            Map<String, Record> named = new LinkedHashMap<>();
            section.namedSections(name, names)
                    .forEach((it, given) -> named.put(it, schema.read(given, inherited, scope)));
            return named;
        }

        @Override
        boolean isReadLast() {
            return true;
        }

        @Override
        void print(SettingsWriter out, Object value) {
            Map<String, Record> named = new TreeMap<>();
            ((Map<?, ?>) value).forEach((it, one) -> named.put((String) it, (Record) one));
            if (named.isEmpty()) {
                out.entry(name, Map.of());
            } else {
                out.section(
                        name,
                        () ->
                                named.forEach(
                                        (it, one) ->
                                                out.section(it, () -> schema.printAny(out, one))));
            }
        }

        @Override
        void printUnset(
                SettingsWriter out,
                Path file,
                @Nullable Object present,
                @Nullable Object otherwise,
                Scope scope) {
            Map<?, ?> named = (Map<?, ?>) present;
            if (named == null || named.isEmpty()) {
                out.entry(name, Map.of());
                return;
            }
            Record inherited = key.inherits().isEmpty() ? null : (Record) scope.get(key.inherits());
            out.section(
                    name,
                    () ->
                            named.forEach(
                                    (it, one) ->
                                            out.section(
                                                    (String) it,
                                                    () ->
                                                            schema.printUnset(
                                                                    out,
                                                                    file,
                                                                    (Record) one,
                                                                    inherited,
                                                                    scope))));
        }

        @Override
        void put(Map<String, Object> item, Object value) {
            throw new IllegalStateException("a list has no named sections: " + name);
        }

        @Override
        Stream<Description> describe() {
            return describe(Form.NAMED_SECTIONS, "sections by name; a name is " + names.allowed());
        }
    }
}
