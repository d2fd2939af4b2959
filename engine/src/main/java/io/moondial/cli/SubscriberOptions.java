package io.moondial.cli;

import io.moondial.dialog.Address;
import io.moondial.handset.Subscriber;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Who holds the handset and whom it calls: the options of every verb that has one. */
final class SubscriberOptions {
    @Option(
            names = "--msisdn",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The handset's own number, in the request.")
    private @Nullable Address msisdn;

    @Option(
            names = "--destination",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The destination reference of MAP-open.")
    private @Nullable Address destination;

    @Option(
            names = "--imsi",
            paramLabel = "DIGITS",
            converter = ImsiConverter.class,
            description = "An IMSI as the destination reference, instead of --destination.")
    private @Nullable Address imsi;

    @Option(
            names = "--origination",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The origination reference of MAP-open.")
    private @Nullable Address origination;

    @Option(
            names = "--ssn",
            paramLabel = "N",
            defaultValue = "6",
            description = "The engine's subsystem that is called. Default: ${DEFAULT-VALUE}.")
    private int ssn;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    SubscriberOptions() {}

    /**
     * The subscriber.
     *
     * @throws ParameterException where the options make none
     */
    Subscriber subscriber() {
        if (ssn < 1 || ssn > Subscriber.MAX_SSN) {
            throw bad("--ssn is " + ssn + "; 1 to " + Subscriber.MAX_SSN + " is allowed");
        }
        if (imsi != null && destination != null) {
            throw bad("--imsi and --destination are the same reference: name one of them");
        }
        return new Subscriber(msisdn, imsi == null ? destination : imsi, origination, ssn);
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Reads the digits of an IMSI: an address of the land mobile numbering plan. */
    private static final class ImsiConverter implements ITypeConverter<Address> {
        @Override
        public Address convert(String value) {
            return AddressConverter.checked(value, Address.INTERNATIONAL, Address.LAND_MOBILE);
        }
    }

    /** Reads {@code DIGITS} or {@code DIGITS:NOA:NPI}. */
    private static final class AddressConverter implements ITypeConverter<Address> {
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

        /** An address of these digits, where they are ones. */
        static Address checked(String digits, int noa, int npi) {
            if (digits.startsWith("+")) {
                throw new TypeConversionException(
                        "'%s' begins with +: write the digits alone, country code first, without +"
                                .formatted(digits));
            }
            if (!digits.matches("[0-9*#abc]{1," + MAX_DIGITS + "}")) {
                throw new TypeConversionException(
                        "'"
                                + digits
                                + "' is not a number: 1 to "
                                + MAX_DIGITS
                                + " digits are allowed");
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
}
