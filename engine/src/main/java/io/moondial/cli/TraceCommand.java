package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.admin.TracesResource;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.admin.client.AdminClient.Streamed;
import io.moondial.cli.Ussd.DurationConverter;
import io.moondial.file.FileTrouble;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
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

/** {@code ussd trace}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what a running serve sends and gets over its links into a pcap file for Wireshark.",
            "It ends with Ctrl-C, after --for, or by a trace --stop elsewhere. Dialogs that were open before it began are not in a subscriber's trace. Secret answers are asterisks in it. Exits with 3 if no engine answers."
        })
final class TraceCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(TraceCommand.class);
    private static final String TRACES = "/v1/traces";

    @Mixin private RulesOption rules;
    @Mixin private EngineOption engine;

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
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        requireSense();
        try (AdminClient client = engine.client(rules)) {
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

    private int stopOthers(AdminClient client)
            throws NotRunningException, RefusedException, InterruptedException {
        int stopped = client.delete(TRACES).with("msisdn", msisdn).answer().path("stopped").asInt();
        spec.commandLine()
                .getErr()
                .printf("ussd: %d trace%s stopped%n", stopped, stopped == 1 ? "" : "s");
        return ExitCode.GOOD;
    }

    private int trace(AdminClient client)
            throws NotRunningException, RefusedException, IOException, InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        try (Streamed trace =
                client
                        .post(TRACES)
                        .with("msisdn", msisdn)
                        .with("for_ms", length == null ? null : length.toMillis())
                        .stream()) {
            String id = String.valueOf(trace.header(TracesResource.TRACE_ID));
            Thread interrupt =
                    Thread.ofPlatform().name("stop").unstarted(() -> end(client, id, over));
            Runtime.getRuntime().addShutdownHook(interrupt);
            try (OutputStream file = open()) {
                copy(trace.in(), file);
                report(trace);
                return ExitCode.GOOD;
            } finally {
                over.countDown();
                OwnEngine.forget(interrupt);
            }
        }
    }

    /** Whoever reads the file sees each message when it has come. */
    private static void copy(InputStream in, OutputStream file) throws IOException {
        byte[] octets = new byte[64 << 10];
        while (true) {
            int length;
            try {
                length = in.read(octets);
            } catch (IOException e) {
                throw early(e);
            }
            if (length < 0) {
                return;
            }
            file.write(octets, 0, length);
            file.flush();
        }
    }

    private static IOException early(IOException e) {
        return new IOException("the trace ended early: " + FileTrouble.tell(e), e);
    }

    private OutputStream open() throws IOException {
        return "-".equals(pcap)
                ? new UnclosedOutput(System.out)
                : PcapFiles.replace(Path.of(String.valueOf(pcap)));
    }

    private void report(Streamed trace) throws IOException, InterruptedException {
        String messages;
        String leftOut;
        try {
            messages = trace.trailer(TracesResource.MESSAGES);
            leftOut = trace.trailer(TracesResource.LEFT_OUT);
        } catch (IOException e) {
            throw early(e);
        }
        if (messages == null) {
            throw new IOException("the trace ended early: the engine could not send all of it");
        }
        spec.commandLine()
                .getErr()
                .printf("ussd: %s messages traced, %s left out%n", messages, leftOut);
    }

    /**
     * Ctrl-C asks the engine to end the trace, and what it has traced still arrives. A stop that
     * was asked for is a good end; the JVM would end with a code that names the signal.
     */
    private static void end(AdminClient client, String id, CountDownLatch over) {
        int code = ExitCode.GOOD;
        try {
            client.delete(TRACES).segment(id).answer();
            over.await();
        } catch (NotRunningException | RefusedException e) {
            log.error("the trace could not be ended: {}", e.getMessage());
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
