package io.moondial.config;

import io.moondial.config.Node.Scalar;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A kind of single value: which scalars are one, and what they mean.
 *
 * @param allowed what may be written, for people: "found X; allowed is ..."
 * @param choices the names among which a similar one may be, if it is a choice
 * @param parser what a scalar means; empty if it is not allowed
 */
public record ValueType<T>(
        String allowed, List<String> choices, Function<Scalar, Optional<T>> parser) {

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?[0-9]{1,18}");

    private static final String JAVAS_OWN_ZONES = "SystemV/";

    private static final Pattern PERCENTAGE = Pattern.compile("[0-9]{1,3}%");

    public ValueType {
        choices = List.copyOf(choices);
    }

    /** What a scalar means; empty if it is not allowed. */
    Optional<T> parse(Scalar scalar) {
        return scalar.isNull() ? Optional.empty() : parser.apply(scalar);
    }

    /** Any text but the empty one, in quotes or not. */
    public static ValueType<String> text() {
        return text("a text that is not empty", text -> !text.isEmpty());
    }

    /** A text of a pattern. */
    public static ValueType<String> text(String allowed, Pattern pattern) {
        return text(allowed, pattern.asMatchPredicate());
    }

    private static ValueType<String> text(String allowed, Predicate<String> condition) {
        return new ValueType<>(
                allowed, List.of(), scalar -> Optional.of(scalar.text()).filter(condition));
    }

    /** A whole number in a range. */
    public static ValueType<Long> wholeNumber(long min, long max) {
        return new ValueType<>(
                "a whole number from %d to %d".formatted(min, max),
                List.of(),
                scalar ->
                        Optional.of(scalar)
                                .filter(it -> !it.quoted())
                                .map(Scalar::text)
                                .filter(WHOLE_NUMBER.asMatchPredicate())
                                .map(Long::valueOf)
                                .filter(within(min, max)));
    }

    /** A whole number in a range. */
    public static ValueType<Integer> wholeNumber(int min, int max) {
        return wholeNumber((long) min, (long) max).map(Math::toIntExact);
    }

    /** A duration with its unit, in a range. */
    public static ValueType<Duration> duration(Duration min, Duration max) {
        return measure(Measure.DURATION, min.toMillis(), max.toMillis()).map(Duration::ofMillis);
    }

    /** A size with its unit, in a range, in octets. */
    public static ValueType<Long> size(long min, long max) {
        return measure(Measure.SIZE, min, max);
    }

    /** A share in whole percent, in a range. */
    public static ValueType<Integer> percentage(int min, int max) {
        return new ValueType<>(
                "a percentage such as 85%%, from %d%% to %d%%".formatted(min, max),
                List.of(),
                scalar ->
                        Optional.of(scalar.text())
                                .filter(PERCENTAGE.asMatchPredicate())
                                .map(it -> Integer.valueOf(it.substring(0, it.length() - 1)))
                                .filter(it -> min <= it && it <= max));
    }

    private static ValueType<Long> measure(Measure measure, long min, long max) {
        return new ValueType<>(
                measure.describe(min, max),
                List.of(),
                scalar -> measure.parse(scalar.text()).filter(within(min, max)));
    }

    private static Predicate<Long> within(long min, long max) {
        return it -> min <= it && it <= max;
    }

    /** Yes or no. */
    public static ValueType<Boolean> flag() {
        return new ValueType<>(
                "true or false",
                List.of(),
                scalar -> scalar.quoted() ? Optional.empty() : CoreSchema.flag(scalar.text()));
    }

    /** A time zone, by its name in the database of IANA (RFC 6557). */
    public static ValueType<ZoneId> timeZone() {
        List<String> names =
                ZoneId.getAvailableZoneIds().stream()
                        .filter(it -> !it.startsWith(JAVAS_OWN_ZONES))
                        .sorted()
                        .toList();
        return new ValueType<>(
                "the name of a time zone, such as Africa/Nairobi, Europe/Paris or UTC",
                names,
                scalar -> Optional.of(scalar.text()).filter(names::contains).map(ZoneId::of));
    }

    /** One of some names. */
    public static ValueType<String> choice(List<String> names) {
        return new ValueType<>(
                "one of " + String.join(", ", names),
                names,
                scalar -> Optional.of(scalar.text()).filter(names::contains));
    }

    /** This kind, with another meaning. */
    public <U> ValueType<U> map(Function<T, U> meaning) {
        return new ValueType<>(allowed, choices, scalar -> parser.apply(scalar).map(meaning));
    }
}
