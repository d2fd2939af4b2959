package io.starhash.cli;

import io.starhash.ConfigurationException;
import io.starhash.Engine;
import io.starhash.file.FileTrouble;
import io.starhash.trace.PcapFiles;
import java.io.IOException;
import java.nio.file.Path;
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

/** {@code ussd serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the engine until SIGINT or SIGTERM.",
            "Prints a line that starts with 'ready' once it takes traffic. A stop refuses new dialogs, lets running",
            "ones finish within stop_timeout, aborts the rest, and completes the EDR files."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

    @Mixin private RulesOption rules;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description =
                    "Writes what goes over the links into this file, for Wireshark, secret answers as asterisks. One that"
                            + " is there, or full, becomes FILE.1.")
    private @Nullable Path pcap;

    @Option(
            names = "--pcap-size",
            paramLabel = "SIZE",
            defaultValue = "100MiB",
            converter = SizeConverter.class,
            description = "When such a file is full. Default: ${DEFAULT-VALUE}.")
    private long pcapSize;

    @Option(
            names = "--pcap-files",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How many are kept, the one in progress included. Default: ${DEFAULT-VALUE}.")
    private int pcapFiles;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ServeCommand() {}

    @Override
    public Integer call() throws ConfigurationException, NotStartedException, InterruptedException {
        if (pcapFiles < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--pcap-files is " + pcapFiles + "; at least 1 is allowed");
        }
        long began = System.nanoTime();
        Engine engine = rules.engine();
        Thread stop = Thread.ofPlatform().name("stop").unstarted(() -> stop(engine));
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            prepare(engine);
            RulesOption.start(engine);
            engine.followChanges(now -> RulesOption.logLevel(now.log().level()));
        } catch (NotStartedException e) {
            Runtime.getRuntime().removeShutdownHook(stop);
            throw e;
        }
        spec.commandLine()
                .getOut()
                .printf("ready in %d ms%n", (System.nanoTime() - began) / 1_000_000)
                .flush();
        new CountDownLatch(1).await(); // a signal runs the stop, which ends the process
        return ExitCode.GOOD;
    }

    /** Opens what surrounds a started engine; where that fails, the engine is closed. */
    private void prepare(Engine engine) throws NotStartedException {
        try {
            engine.openControl();
            if (pcap != null) {
                engine.beginTrace(new PcapFiles(pcap, pcapSize, pcapFiles), null);
            }
        } catch (IOException e) {
            engine.close();
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
    }

    /**
     * The JVM would end with a code that names the signal; a stop that was asked for is a good end.
     */
    private static void stop(Engine engine) {
        int code = ExitCode.GOOD;
        try {
            log.info("stopping: {} dialogs are running", engine.openDialogs());
            Engine.Stop stop = engine.stop();
            log.info("stopped: {} dialogs had to be aborted", stop.aborted());
            if (stop.lostEdrs() > 0) {
                log.error("{} EDRs could not be written", stop.lostEdrs());
                code = ExitCode.FAILED;
            }
        } catch (InterruptedException | RuntimeException e) {
            log.error("the stop was not clean", e);
            code = ExitCode.FAILED;
        }
        Runtime.getRuntime().halt(code);
    }
}
