package io.moondial.cli;

import io.moondial.config.Measure;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as the rules file writes it, such as {@code 30s}. */
final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
        return Measure.DURATION
                .parse(value)
                .filter(millis -> millis > 0)
                .map(Duration::ofMillis)
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'"
                                                + value
                                                + "' is not a duration such as 30s, 10m or 1h"));
    }
}
