package io.moondial.cli;

import io.moondial.channel.Address;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number on the command line: {@code DIGITS} or {@code DIGITS:NOA:NPI}. */
public final class AddressConverter implements ITypeConverter<Address> {
    private static final int MAX_DIGITS = 38;

    @Override
    public Address convert(String value) {
        String[] parts = value.split(":", -1);
        return switch (parts.length) {
            case 1 -> checked(parts[0], Address.INTERNATIONAL, Address.ISDN);
            case 3 -> checked(parts[0], number(parts[1], 7), number(parts[2], 15));
            default ->
                    throw new TypeConversionException(
                            "'" + value + "' is neither DIGITS nor DIGITS:NOA:NPI");
        };
    }

    /** An address of these digits, if they are digits. */
    public static Address checked(String digits, int noa, int npi) {
        if (digits.startsWith("+")) {
            throw new TypeConversionException(
                    "'%s' begins with +: write the digits alone, country code first, without +"
                            .formatted(digits));
        }
        if (!digits.matches("[0-9*#abc]{1," + MAX_DIGITS + "}")) {
            throw new TypeConversionException(
                    "'" + digits + "' is not a number: 1 to " + MAX_DIGITS + " digits are allowed");
        }
        return new Address(digits, noa, npi);
    }

    private static int number(String text, int most) {
        if (text.matches("[0-9]{1,2}") && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw new TypeConversionException("'" + text + "' is not a number from 0 to " + most);
    }
}
