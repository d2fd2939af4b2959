package io.moondial.cli;

import io.moondial.dialog.Address;
import io.moondial.handset.Subscriber;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
}
