package io.moondial.cli;

import io.moondial.channel.sigtran.Endpoint;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.cli.OwnEngine.NotStartedException;
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
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** {@code --connect}, and what the handsets' side of that link is; for every verb that dials. */
final class ConnectOptions {
    private static final int MAX_POINT_CODE = 16_383;
    private static final int MAX_DIALOGS = 1_000_000;

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT",
            converter = EndpointConverter.class,
            description =
                    "A running engine that listens there for M3UA over TCP, instead of one started for this.")
    private @Nullable Endpoint engine;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            defaultValue = "sgw",
            description =
                    "With --connect: what this side is: sgw if the engine is asp, otherwise asp, ipsp_client or ipsp_server."
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
                    "With --connect: this side's, among point_codes of the engine's rules. Default: ${DEFAULT-VALUE}.")
    private int pointCode;

    @Option(
            names = "--engine-point-code",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "With --connect: point_code of the engine's rules. Default: ${DEFAULT-VALUE}.")
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
                    "With --connect: how long to wait until traffic can flow. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ConnectOptions() {}

    /** Whether a running engine is to be used. */
    boolean given() {
        return engine != null;
    }

    /** Has handsets with a link to the engine used, and closes them. */
    int use(int ssn, OwnEngine.Use use) throws NotStartedException, InterruptedException {
        RulesOption.logLevel(Level.WARN);
        try (SigtranHandsets handsets = handsets(ssn)) {
            return use.with(handsets);
        }
    }

    /**
     * Handsets with a link to the engine over which traffic flows.
     *
     * @param ssn the subsystem that is called
     * @throws NotStartedException where there is no such link within the time
     */
    SigtranHandsets handsets(int ssn) throws NotStartedException, InterruptedException {
        SigtranHandsets handsets = unstarted(ssn);
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

    private SigtranHandsets unstarted(int ssn) {
        Endpoint there = engine;
        if (there == null) {
            throw new IllegalStateException("--connect is not given");
        }
        check("--point-code", pointCode, 1, MAX_POINT_CODE);
        check("--engine-point-code", enginePointCode, 1, MAX_POINT_CODE);
        check("--network-indicator", networkIndicator, 0, 3);
        check("--routing-context", routingContext, 0, 0xffff_ffffL);
        check("--connect-timeout", timeout, 1, 3600);
        if (engineTitle != null && !engineTitle.matches("[0-9]{1,20}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--engine-gt is " + engineTitle + "; 1 to 20 digits are allowed, without +");
        }
        return new SigtranHandsets(
                pointCode,
                networkIndicator,
                new SigtranHandsets.Far(enginePointCode, engineTitle, List.of(ssn)),
                SigtranHandsets.link(
                        mode, routingContext, enginePointCode, Association.connecting("a1", there)),
                TcapLimits.of(MAX_DIALOGS));
    }

    private void check(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s is %d; %d to %d is allowed".formatted(option, value, least, most));
        }
    }

    private static final class EndpointConverter implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String value) {
            return Endpoint.parse(value)
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
                                            "'%s' is none of asp, sgw, ipsp_client, ipsp_server"
                                                    .formatted(value)));
        }
    }
}
