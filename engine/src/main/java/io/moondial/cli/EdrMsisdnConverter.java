package io.moondial.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an MSISDN that records are picked by: its digits alone. */
final class EdrMsisdnConverter implements ITypeConverter<String> {
    private static final int MAX_DIGITS = 38;

    @Override
    public String convert(String value) {
        if (value.matches("[0-9]{1," + MAX_DIGITS + "}")) {
            return value;
        }
        throw new TypeConversionException(
                "'%s' is not a number: 1 to %d digits are allowed, as of 27761485722, with no + before and no :NOA:NPI behind them"
                        .formatted(value, MAX_DIGITS));
    }
}
