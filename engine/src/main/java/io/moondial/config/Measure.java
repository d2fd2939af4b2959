package io.moondial.config;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whole numbers followed by a unit: what may be written, and how much it is. */
public final class Measure {
    /** A time, in milliseconds: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 1h}, {@code 7d}. */
    public static final Measure DURATION =
            new Measure(
                    "a duration",
                    "30s",
                    "0s",
                    List.of(
                            new Unit("ms", 1),
                            new Unit("s", 1_000),
                            new Unit("m", 60_000),
                            new Unit("h", 3_600_000),
                            new Unit("d", 86_400_000)));

    /** A size, in octets: {@code 100B}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB}. */
    public static final Measure SIZE =
            new Measure(
                    "a size",
                    "16MiB",
                    "0B",
                    List.of(
                            new Unit("B", 1),
                            new Unit("KiB", 1L << 10),
                            new Unit("MiB", 1L << 20),
                            new Unit("GiB", 1L << 30)));

    /** More digits than a long takes are refused before they are counted. */
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,18})([A-Za-z]+)");

    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private final String title;
    private final String example;
    private final String nothing;
    private final List<Unit> units;

    private Measure(String title, String example, String nothing, List<Unit> units) {
        this.title = title;
        this.example = example;
        this.nothing = nothing;
        this.units = units;
    }

    private record Unit(String suffix, long factor) {}

    /** How much a text says, in the smallest unit; empty if it is not such a text. */
    public Optional<Long> parse(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return units.stream()
                .filter(unit -> unit.suffix().equals(matcher.group(2)))
                .findFirst()
                .map(unit -> product(matcher.group(1), unit.factor()))
                .filter(amount -> amount.compareTo(LARGEST) <= 0)
                .map(BigInteger::longValueExact);
    }

    private static BigInteger product(String digits, long factor) {
        return new BigInteger(digits).multiply(BigInteger.valueOf(factor));
    }

    /** An amount of the smallest unit, in the largest unit that takes it whole. */
    public String format(long amount) {
        if (amount == 0) {
            return nothing;
        }
        Unit unit =
                units.stream()
                        .filter(it -> amount % it.factor() == 0)
                        .max(Comparator.comparingLong(Unit::factor))
                        .orElseThrow();
        return amount / unit.factor() + unit.suffix();
    }

    /** What is allowed, in words. */
    String describe(long min, long max) {
        String suffixes = units.stream().map(Unit::suffix).collect(Collectors.joining(", "));
        return "%s with its unit, such as %s (units: %s), from %s to %s"
                .formatted(title, example, suffixes, format(min), format(max));
    }
}
