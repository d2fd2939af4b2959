package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.cli.Ussd.DurationConverter;
import io.moondial.control.ControlClient;
import io.moondial.control.ControlClient.NotRunningException;
import io.moondial.control.ControlClient.RefusedException;
import io.moondial.file.FileTrouble;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code ussd trace}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what a running serve sends and gets over its links into a pcap file for Wireshark.",
            "It ends with Ctrl-C, after --for, or by a trace --stop elsewhere. Dialogs that were open before it began are not",
            "in a subscriber's trace. Secret answers are asterisks in it. Exits with 3 if no engine answers."
        })
final class TraceCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(TraceCommand.class);

    @Mixin private RulesOption rules;

    @Option(
            names = "--msisdn",
            paramLabel = "DIGITS",
            description =
                    "Only the dialogs of this subscriber, each from its beginning to its end.")
    private @Nullable String msisdn;

    @Option(names = "--all", description = "All messages, instead of --msisdn.")
    private boolean all;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description = "The file; - is the standard output. An existing file is replaced.")
    private @Nullable String pcap;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long to trace, such as 30s, 10m or 1h.")
    private @Nullable Duration length;

    @Option(
            names = "--stop",
            description = "Ends the running traces of that --msisdn, or all running traces.")
    private boolean stop;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    TraceCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException, NotRunningException, RefusedException, IOException {
        requireSense();
        try (ControlClient client = new ControlClient(rules.controlSocket())) {
            return stop ? stopOthers(client) : trace(client);
        }
    }

    private void requireSense() {
        if (all && msisdn != null) {
            throw bad("--all and --msisdn exclude each other");
        }
        if (stop) {
            if (pcap != null || length != null) {
                throw bad("--stop takes no --pcap and no --for");
            }
            return;
        }
        if (!all && msisdn == null) {
            throw bad("--msisdn DIGITS or --all is missing");
        }
        if (pcap == null) {
            throw bad("--pcap FILE is missing");
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int stopOthers(ControlClient client) throws NotRunningException, RefusedException {
        int stopped = client.stopTraces(msisdn);
        spec.commandLine().getErr().printf("ussd: %d traces stopped%n", stopped);
        return ExitCode.GOOD;
    }

    private int trace(ControlClient client)
            throws NotRunningException, RefusedException, IOException {
        CountDownLatch over = new CountDownLatch(1);
        Thread interrupt = Thread.ofPlatform().name("stop").unstarted(() -> end(client, over));
        try (OutputStream file = open()) {
            client.trace(msisdn, length);
            Runtime.getRuntime().addShutdownHook(interrupt);
            try {
                report(client.copyTrace(file));
                return ExitCode.GOOD;
            } catch (IOException e) {
                throw new IOException("the trace ended early: " + FileTrouble.tell(e), e);
            }
        } finally {
            over.countDown();
            OwnEngine.forget(interrupt);
        }
    }

    private OutputStream open() throws IOException {
        return "-".equals(pcap)
                ? new UnclosedOutput(System.out)
                : PcapFiles.replace(Path.of(String.valueOf(pcap)));
    }

    private void report(JsonNode summary) {
        spec.commandLine()
                .getErr()
                .printf(
                        "ussd: %s messages traced, %s left out%n",
                        summary.path("messages").asString(), summary.path("left_out").asString());
    }

    /**
     * Ctrl-C asks the engine to end the trace, and what it has traced still arrives. A stop that
     * was asked for is a good end; the JVM would end with a code that names the signal.
     */
    private static void end(ControlClient client, CountDownLatch over) {
        int code = ExitCode.GOOD;
        try {
            client.endTrace();
            over.await();
        } catch (IOException e) {
            log.error("the trace could not be ended", e);
            code = ExitCode.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(code);
    }

    /** A stream that belongs to somebody else, who closes it. */
    private static final class UnclosedOutput extends FilterOutputStream {
        UnclosedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            out.write(octets, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
