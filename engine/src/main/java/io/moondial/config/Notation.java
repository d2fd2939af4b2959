package io.moondial.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How values of one kind are written in a file.
 *
 * @param type what may be written, and what it means
 * @param printed a value as {@link SettingsWriter#entry} takes it
 * @param json the JSON schema of what may be written
 */
public record Notation<T>(
        ValueType<T> type, Function<T, Object> printed, Map<String, Object> json) {
    /** Null, if a word stands for it. */
    static final Object NULL = new Object();

    /** Numbers are texts too, in quotes or not. */
    private static final List<String> ANY_TEXT = List.of("string", "number");

    private static final String ONE_UNIT = "^[0-9]+(%s)$";

    /** A notation that the type of a component implies; the default of {@link Key#as}. */
    static final class OfType implements Supplier<Notation<?>> {
        @Override
        public Notation<?> get() {
            throw new IllegalStateException("the type of the component implies its notation");
        }
    }

    /** A word without quotes, for values of a type that is written in one way. */
    public static <T> Notation<T> ofWords(
            ValueType<T> type, Function<T, String> word, String pattern) {
        return new Notation<>(
                type, value -> new SettingsWriter.Word(word.apply(value)), text(pattern));
    }

    /** The same, with a word for null, which is {@link #NULL} then. */
    Notation<Object> orNull(String word) {
        List<String> choices = new ArrayList<>(type.choices());
        choices.add(word);
        return new Notation<>(
                new ValueType<>(
                        word + ", or " + type.allowed(),
                        choices,
                        scalar ->
                                scalar.text().equals(word)
                                        ? Optional.of(NULL)
                                        : type.parser().apply(scalar).map(it -> it)),
                it -> it == NULL ? new SettingsWriter.Word(word) : print(it),
                Map.of("anyOf", List.of(Map.of("const", word), json)));
    }

    @SuppressWarnings("unchecked") // whoever prints has a value of the type
    private Object print(Object value) {
        return printed.apply((T) value);
    }

    /** The notation of a type, in the range that a key declares. */
    static Notation<?> of(Class<?> type, Key key) {
        if (type == int.class || type == Integer.class) {
            return number(key, Math::toIntExact);
        }
        if (type == long.class || type == Long.class) {
            return number(key, Function.identity());
        }
        if (type == Duration.class) {
            return new Notation<>(
                    ValueType.duration(duration(key.from()), duration(key.to())),
                    it -> it,
                    measure(ONE_UNIT.formatted("ms|s|m|h|d")));
        }
        if (type == boolean.class) {
            return new Notation<>(ValueType.flag(), it -> it, Map.of("type", "boolean"));
        }
        if (type == String.class) {
            return text(key);
        }
        if (type == ZoneId.class) {
            return ofWords(ValueType.timeZone(), ZoneId::getId, "^[A-Za-z][-+A-Za-z0-9_/]*$");
        }
        if (type.isEnum()) {
            return choice(type.getEnumConstants());
        }
        throw new IllegalArgumentException("no key can be a " + type + ": say how it is written");
    }

    private static <T extends Number> Notation<T> number(Key key, Function<Long, T> narrow) {
        if (key.to().endsWith("%")) {
            return new Notation<>(
                    ValueType.percentage(percent(key.from()), percent(key.to()))
                            .map(it -> narrow.apply(it.longValue())),
                    it -> new SettingsWriter.Word(it + "%"),
                    measure("^[0-9]{1,3}%$"));
        }
        if (Measure.SIZE.parse(key.to()).isPresent()) {
            return new Notation<>(
                    ValueType.size(size(key.from()), size(key.to())).map(narrow),
                    it -> new SettingsWriter.Word(Measure.SIZE.format(it.longValue())),
                    measure(ONE_UNIT.formatted("B|KiB|MiB|GiB")));
        }
        long from = Long.parseLong(key.from());
        long to = Long.parseLong(key.to());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "integer");
        json.put("minimum", from);
        json.put("maximum", to);
        return new Notation<>(ValueType.wholeNumber(from, to).map(narrow), it -> it, json);
    }

    private static Notation<String> text(Key key) {
        return key.matches().isEmpty()
                ? new Notation<>(ValueType.text(), it -> it, Map.of("type", ANY_TEXT))
                : new Notation<>(
                        ValueType.text(key.allowed(), Pattern.compile(key.matches())),
                        it -> it,
                        text("^(?:" + key.matches() + ")$"));
    }

    private static Notation<Object> choice(Object[] constants) {
        List<String> words = Stream.of(constants).map(Notation::word).toList();
        return new Notation<>(
                ValueType.choice(words).map(word -> constants[words.indexOf(word)]),
                it -> new SettingsWriter.Word(word(it)),
                Map.of("enum", words));
    }

    /** A choice as it is written: the name of its constant, in small letters. */
    private static String word(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    /** A number with its unit; a number alone is none. */
    private static Map<String, Object> measure(String pattern) {
        return json("string", pattern);
    }

    private static Map<String, Object> text(String pattern) {
        return json(ANY_TEXT, pattern);
    }

    private static Map<String, Object> json(Object type, String pattern) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type);
        json.put("pattern", pattern);
        return json;
    }

    private static Duration duration(String text) {
        return Measure.DURATION
                .parse(text)
                .map(Duration::ofMillis)
                .orElseThrow(() -> new IllegalArgumentException("no duration: " + text));
    }

    private static long size(String text) {
        return Measure.SIZE
                .parse(text)
                .orElseThrow(() -> new IllegalArgumentException("no size: " + text));
    }

    private static int percent(String text) {
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }
}
