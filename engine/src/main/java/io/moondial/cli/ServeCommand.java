package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Engine;
import io.moondial.LastGood;
import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.admin.ScriptsResource;
import io.moondial.cli.OwnEngine.NotStartedException;
import io.moondial.cli.test.ServedTests;
import io.moondial.config.Measure;
import io.moondial.file.FileTrouble;
import io.moondial.log.EngineLog;
import io.moondial.log.EngineLog.Format;
import io.moondial.log.EngineLog.LogSettings;
import io.moondial.logic.DialogObserver;
import io.moondial.problem.Problem;
import io.moondial.problem.Problem.ProblemPrinter;
import io.moondial.push.PushSettings;
import io.moondial.text.LogText;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ussd serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the engine until SIGINT or SIGTERM; SIGHUP reloads rules and scripts.",
            "Prints a line that starts with 'ready' when it takes traffic. A stop refuses new dialogs, lets running ones finish within stop_timeout, aborts the rest, and completes the EDR files. A second signal aborts them at once."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

    @Mixin private RulesOption rules;

    @Option(
            names = "--pcap",
            paramLabel = "FILE",
            description =
                    "Writes the messages of the links to this file, for Wireshark. Secret answers are asterisks. An existing or full file becomes FILE.1.")
    private @Nullable Path pcap;

    @Option(
            names = "--pcap-size",
            paramLabel = "SIZE",
            defaultValue = "100MiB",
            converter = SizeConverter.class,
            description = "The size at which such a file is full. Default: ${DEFAULT-VALUE}.")
    private long pcapSize;

    @Option(
            names = "--pcap-files",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How many files are kept, including the one in progress. Default: ${DEFAULT-VALUE}.")
    private int pcapFiles;

    @Option(
            names = "--last-good",
            description =
                    "If the rules or scripts on the disk are broken, starts on the set that was in service last.")
    private boolean lastGood;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "The folder where the set in service is kept for --last-good. Default: the folder state beside the rules file; of the rules of a package, the one that its service names.")
    private @Nullable Path state;

    @Spec private CommandSpec spec;

    private Runnable whenReady = () -> {};
    private Runnable whenStopped = () -> {};

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ServeCommand() {}

    /** Sets what is done once, after the line that says that it takes traffic. */
    public void whenReady(Runnable whenReady) {
        this.whenReady = whenReady;
    }

    /** Sets what is done once after a stop that a signal asked for, before the process ends. */
    public void whenStopped(Runnable whenStopped) {
        this.whenStopped = whenStopped;
    }

    @Override
    public Integer call() throws ConfigurationException, NotStartedException, InterruptedException {
        if (pcapFiles < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--pcap-files is " + pcapFiles + "; at least 1 is allowed");
        }
        long began = System.nanoTime();
        LastGood kept = rules.lastGood(state);
        Configuration configuration = configuration(kept);
        try (EngineLog lines = log(configuration)) {
            tellIfKept(configuration.kept());
            try {
                return serve(configuration, kept, lines, began);
            } catch (NotStartedException e) {
                logReason(configuration.rules().log(), e);
                throw e;
            }
        }
    }

    /** For who reads the log, unless that is the standard error: there the reason comes anyway. */
    private static void logReason(LogSettings settings, NotStartedException e) {
        if (settings.file() != null || settings.format() == Format.JSON) {
            log.error("could not start: {}", LogText.of(String.valueOf(e.getMessage())));
        }
    }

    private static EngineLog log(Configuration configuration) throws NotStartedException {
        LogSettings settings = configuration.rules().log();
        try {
            return EngineLog.open(settings);
        } catch (IOException e) {
            throw new NotStartedException(
                    "the log file %s cannot be opened: %s"
                            .formatted(settings.file(), FileTrouble.tell(e)),
                    e);
        }
    }

    private Integer serve(Configuration configuration, LastGood kept, EngineLog lines, long began)
            throws NotStartedException, InterruptedException {
        Engine engine = RulesOption.engine(configuration, DialogObserver.NOBODY);
        lines.countIn(engine.counters());
        EngineStop stop = new EngineStop(engine, lines, whenStopped);
        try (Signals signals = new Signals()) {
            signals.on("TERM", stop::signalled).on("INT", stop::signalled);
            signals.on("HUP", () -> reload(engine));
            prepare(engine);
            tellOwner(configuration.rules().push());
            RulesOption.start(engine);
            engine.keepLastGood(kept);
            engine.followChanges(now -> lines.change(now.rules().log()));
            spec.commandLine()
                    .getOut()
                    .printf("ready in %d ms%n", (System.nanoTime() - began) / 1_000_000)
                    .flush();
            whenReady.run();
            new CountDownLatch(1).await(); // a signal runs the stop, which ends the process
            return ExitCode.GOOD;
        }
    }

    /** What the files say; if they are broken, and that is wanted, the kept set. */
    private Configuration configuration(LastGood kept)
            throws ConfigurationException, NotStartedException {
        try {
            return rules.read();
        } catch (ConfigurationException e) {
            if (lastGood && kept.keptAt().isPresent()) {
                return kept(kept, e);
            }
            if (lastGood) {
                err().println("ussd: no set is kept: there is no " + kept.file());
            } else if (kept.keptAt().isPresent()) {
                err().println(
                                "ussd: the set that came into service at %s is kept: serve --last-good starts on it"
                                        .formatted(kept.keptAt().get()));
            }
            throwIfOnlyUnsafe(e);
            throw e;
        }
    }

    /**
     * Such rules are as they should be; the engine does not start with them all the same. All that
     * is unsafe is printed: what is thrown has the first only.
     */
    private void throwIfOnlyUnsafe(ConfigurationException broken) throws NotStartedException {
        List<Problem> errors = broken.problems().stream().filter(it -> !it.isWarning()).toList();
        if (errors.stream().allMatch(it -> it.severity() == Problem.Severity.UNSAFE)) {
            if (errors.size() > 1) {
                err().print(ProblemPrinter.print(errors));
            }
            throw new NotStartedException(errors.getFirst().toString(), broken);
        }
    }

    private Configuration kept(LastGood kept, ConfigurationException broken)
            throws ConfigurationException, NotStartedException {
        err().print(ProblemPrinter.print(broken.problems()));
        try {
            return rules.use(kept, broken.problems());
        } catch (ConfigurationException e) {
            throwIfOnlyUnsafe(e); // a restart mends it, once what is missing is there
            throw e;
        } catch (IOException e) {
            throw new NotStartedException(
                    "the files are broken, and the kept set cannot be read: " + e.getMessage(), e);
        }
    }

    /** In the log that whoever runs the engine reads. */
    private static void tellIfKept(Configuration.@Nullable Kept kept) {
        if (kept != null) {
            log.error(
                    "the rules and scripts on the disk are broken, and the engine starts on the set that came into service at {}, until they are fixed: {}",
                    kept.at(),
                    ReloadStatus.Refusal.of(Instant.now(), kept.broken()).words());
        }
    }

    /** Of two engines on one store that have the same owner, only one begins pushes. */
    private static void tellOwner(PushSettings pushes) {
        if (pushes.isOn()) {
            log.info(
                    "pushes here are those of push: owner {}; none begins while another engine on the same store of kv has this owner",
                    pushes.owner());
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private static void reload(Engine engine) {
        log.info("SIGHUP: rules and scripts are read again");
        var _ = engine.reload("SIGHUP"); // the log tells its outcome
    }

    /** Opens what surrounds a started engine; if that fails, the engine is closed. */
    private void prepare(Engine engine) throws NotStartedException {
        try {
            engine.openAdmin(
                    List.of(new ScriptsResource(engine.scripts(), new ServedTests(engine::rules))));
            if (pcap != null) {
                engine.beginTrace(new PcapFiles(pcap, pcapSize, pcapFiles), null);
            }
        } catch (IOException e) {
            engine.close();
            throw new NotStartedException(FileTrouble.tell(e), e);
        }
    }

    /**
     * The end of an engine and of its process: the first signal asks for it, a second hurries it.
     */
    private static final class EngineStop {
        private final Engine engine;
        private final EngineLog lines;
        private final Runnable whenStopped;
        private static final Duration EXIT_WITHIN = Duration.ofSeconds(5);

        private final AtomicInteger signals = new AtomicInteger();

        EngineStop(Engine engine, EngineLog lines, Runnable whenStopped) {
            this.engine = engine;
            this.lines = lines;
            this.whenStopped = whenStopped;
        }

        void signalled() {
            if (signals.incrementAndGet() == 1) {
                try {
                    Thread.ofPlatform().name("stop").start(this::stop);
                } catch (OutOfMemoryError noThread) {
                    stop(); // on the signal's own thread, then
                }
            } else {
                log.warn("another signal: running dialogs are aborted now");
                engine.hurry();
            }
        }

        /**
         * A stop that was asked for is a good end, which the JVM would not report. The process ends
         * whatever goes wrong during the stop.
         */
        private void stop() {
            int code = ExitCode.FAILED;
            try {
                log.info("stopping: {} dialogs are running", engine.openDialogs());
                Engine.Stop stop = engine.stop();
                log.info("stopped: {} dialogs had to be aborted", stop.aborted());
                if (stop.lostEdrs() > 0) {
                    log.error("{} EDRs could not be written", stop.lostEdrs());
                }
                code = stop.isWhole() ? ExitCode.GOOD : ExitCode.FAILED;
            } catch (InterruptedException | RuntimeException | Error e) {
                log.error("the stop was not clean", e);
            } finally {
                end(code);
            }
        }

        private void end(int code) {
            try {
                lines.close();
                whenStopped.run();
            } finally {
                exit(code);
            }
        }

        /**
         * An exit deletes what libraries have unpacked to files, such as the native one of SQLite.
         * If it does not come to its end, the process ends without it.
         */
        private static void exit(int code) {
            Runtime runtime = Runtime.getRuntime();
            try {
                Thread.ofPlatform()
                        .daemon()
                        .name("exit")
                        .start(() -> runtime.exit(code))
                        .join(EXIT_WITHIN);
            } catch (InterruptedException | OutOfMemoryError e) {
                log.debug("the process ends at once", e);
            } finally {
                runtime.halt(code);
            }
        }
    }

    /** Reads a size as the rules file writes it, such as {@code 100MiB}: octets. */
    private static final class SizeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return Measure.SIZE
                    .parse(value)
                    .filter(octets -> octets > 0)
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "'"
                                                    + value
                                                    + "' is not a size such as 64KiB or 100MiB"));
        }
    }

    /**
     * What happens on a signal of the operating system, instead of what the JVM does: it would end
     * on SIGHUP, and ignore every signal that comes while it ends. A signal that the parent had
     * ignored (nohup does so with SIGHUP) stays ignored.
     *
     * <p>The JVM's own way to this is {@code sun.misc.Signal} of the module jdk.unsupported:
     * reached by reflection, for compilers warn of it and it may be missing.
     */
    private static final class Signals implements AutoCloseable {
        private static final Logger log = LoggerFactory.getLogger(Signals.class);

        private final Deque<Runnable> undo = new ArrayDeque<>();

        /**
         * From now on this is done on each such signal, on a thread of its own.
         *
         * @param name without SIG: TERM, INT, HUP
         */
        Signals on(String name, Runnable action) {
            try {
                Class<?> signalClass = Class.forName("sun.misc.Signal");
                Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
                Object signal = signalClass.getConstructor(String.class).newInstance(name);
                InvocationHandler handle =
                        (proxy, method, arguments) -> {
                            if (method.getDeclaringClass() == Object.class) {
                                return method.invoke(action, arguments);
                            }
                            action.run();
                            return null;
                        };
                Object handler =
                        Proxy.newProxyInstance(
                                Signals.class.getClassLoader(),
                                new Class<?>[] {handlerClass},
                                handle);
                var install = signalClass.getMethod("handle", signalClass, handlerClass);
                Object before = install.invoke(null, signal, handler);
                undo.push(
                        () -> {
                            try {
                                install.invoke(null, signal, before);
                            } catch (ReflectiveOperationException e) {
                                log.debug("the handler of SIG{} stays", name, e);
                            }
                        });
            } catch (ReflectiveOperationException e) {
                // such as java -Xrs, which leaves signals to the operating system
                log.warn("SIG{} is not handled: {}", name, e.getCause() == null ? e : e.getCause());
            }
            return this;
        }

        /** All is as it was before. */
        @Override
        public void close() {
            while (!undo.isEmpty()) {
                undo.pop().run();
            }
        }
    }
}
