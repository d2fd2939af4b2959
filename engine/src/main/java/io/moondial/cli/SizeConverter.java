package io.moondial.cli;

import io.moondial.config.Measure;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a size as the rules file writes it, such as {@code 100MiB}: octets. */
final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
        return Measure.SIZE
                .parse(value)
                .filter(octets -> octets > 0)
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'" + value + "' is no size, such as 64KiB or 100MiB"));
    }
}
