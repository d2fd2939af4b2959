package io.moondial.cli.dial;

import io.moondial.channel.Address;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.cli.AddressConverter;
import io.moondial.cli.OwnEngine;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.RulesOption;
import io.moondial.config.HostPort;
import io.moondial.handset.Handset.Subscriber;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The handset of every verb that has one: who holds it, whom it calls, and, with {@code --connect},
 * its link to a running engine.
 */
final class HandsetOptions {
    private static final int MAX_POINT_CODE = 16_383;
    private static final int MAX_DIALOGS = 1_000_000;

    @Option(
            names = "--msisdn",
            paramLabel = "NUMBER",
            converter = AddressConverter.class,
            description = "The number of the handset (the MSISDN in the request).")
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
            description =
                    "The subsystem number of the engine that is called. Default: ${DEFAULT-VALUE}.")
    private int ssn;

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description =
                    "Uses a running engine that listens there for M3UA over TCP, instead of starting one.")
    private @Nullable HostPort engine;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            defaultValue = "sgw",
            description =
                    "With --connect: the mode of this side: sgw if the engine is asp, otherwise asp, ipsp_client or ipsp_server."
                            + " Default: ${DEFAULT-VALUE}.")
    private Mode mode;

    @Option(
            names = "--routing-context",
            paramLabel = "N",
            defaultValue = "101",
            description = "With --connect: as in the engine's rules. Default: ${DEFAULT-VALUE}.")
    private long routingContext;

    @Option(
            names = "--point-code",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "With --connect: the point code of this side, one of point_codes in the engine's rules. Default: ${DEFAULT-VALUE}.")
    private int pointCode;

    @Option(
            names = "--engine-point-code",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "With --connect: point_code in the engine's rules. Default: ${DEFAULT-VALUE}.")
    private int enginePointCode;

    @Option(
            names = "--network-indicator",
            paramLabel = "N",
            defaultValue = "2",
            description = "With --connect: as in the engine's rules. Default: ${DEFAULT-VALUE}.")
    private int networkIndicator;

    @Option(
            names = "--engine-gt",
            paramLabel = "DIGITS",
            description =
                    "With --connect: calls the engine by its global title. Without it: by point code and subsystem.")
    private @Nullable String engineTitle;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description =
                    "With --connect: how long to wait until traffic is possible. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    HandsetOptions() {}

    /**
     * The subscriber.
     *
     * @throws ParameterException if the options make none
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

    /** Whether a running engine is to be used. */
    boolean connects() {
        return engine != null;
    }

    /** Has handsets with a link to the engine used, and closes them. */
    int use(OwnEngine.Use use) throws NotStartedException, InterruptedException {
        RulesOption.logLevel(Level.WARN);
        try (SigtranHandsets handsets = handsets()) {
            return use.with(handsets);
        }
    }

    /**
     * Handsets with a link to the engine over which traffic flows.
     *
     * @throws NotStartedException if there is no such link within the time
     */
    private SigtranHandsets handsets() throws NotStartedException, InterruptedException {
        SigtranHandsets handsets = unstarted();
        try {
            handsets.start();
            handsets.awaitReady(Duration.ofSeconds(timeout));
            return handsets;
        } catch (TimeoutException | RuntimeException e) {
            handsets.close();
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            handsets.close();
            throw e;
        }
    }

    private SigtranHandsets unstarted() {
        HostPort there = engine;
        if (there == null) {
            throw new IllegalStateException("--connect is not given");
        }
        check("--point-code", pointCode, 1, MAX_POINT_CODE);
        check("--engine-point-code", enginePointCode, 1, MAX_POINT_CODE);
        check("--network-indicator", networkIndicator, 0, 3);
        check("--routing-context", routingContext, 0, 0xffff_ffffL);
        check("--connect-timeout", timeout, 1, 3600);
        if (engineTitle != null && !engineTitle.matches("[0-9]{1,20}")) {
            throw bad("--engine-gt is " + engineTitle + "; 1 to 20 digits are allowed, without +");
        }
        return new SigtranHandsets(
                pointCode,
                networkIndicator,
                new SigtranHandsets.Far(enginePointCode, engineTitle, List.of(ssn)),
                SigtranHandsets.link(
                        mode, routingContext, enginePointCode, Association.connecting("a1", there)),
                SignallingLimits.of(MAX_DIALOGS));
    }

    private void check(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw bad("%s is %d; %d to %d is allowed".formatted(option, value, least, most));
        }
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

    private static final class HostPortConverter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            return HostPort.parse(value)
                    .filter(it -> it.port() > 0)
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'"
                                                    + value
                                                    + "' is not HOST:PORT, such as 127.0.0.1:2905"));
        }
    }

    private static final class ModeConverter implements ITypeConverter<Mode> {
        @Override
        public Mode convert(String value) {
            return Stream.of(Mode.values())
                    .filter(it -> it.word().equals(value.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'%s' is not one of asp, sgw, ipsp_client, ipsp_server"
                                                    .formatted(value)));
        }
    }
}
