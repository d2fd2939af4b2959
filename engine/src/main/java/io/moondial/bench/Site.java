package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.bench.BenchSide.BenchLink;
import io.moondial.bench.BenchSide.ThisProcess;
import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Site.Target;
import io.moondial.bench.Talk.BenchRules;
import io.moondial.bench.echo.Echo;
import io.moondial.channel.embedded.EmbeddedPoint;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.ss7.FarSide;
import io.moondial.config.HostPort;
import io.moondial.file.FileTrouble;
import io.moondial.logic.DialogObserver;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backends;
import io.moondial.text.UssdString;
import io.moondial.time.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Where the engine of a bench runs, and its ceiling. */
sealed interface Site {
    /** The engine, started. */
    Target engine() throws BenchException, IOException, InterruptedException;

    /** The ceiling, started. */
    Target baseline(Talk talk) throws BenchException, IOException, InterruptedException;

    /** All in this process, on the network in memory. */
    record OneProcess(
            Configuration configuration,
            BiFunction<Backends.Settings, Time, Backends> backends,
            int maxDialogs)
            implements Site {
        @Override
        public Target engine() {
            return new EmbeddedEngine(configuration, backends);
        }

        @Override
        public Target baseline(Talk talk) throws BenchException {
            return new EmbeddedBaseline(maxDialogs, talk.menus(), talk.lastText());
        }
    }

    /**
     * The handsets in this process, the rest in another, M3UA over TCP between them.
     *
     * @param scratch for what the other process is told
     */
    record TwoProcesses(Path rules, Path edrs, Path scratch, int maxDialogs) implements Site {
        @Override
        public Target engine() throws BenchException, IOException, InterruptedException {
            return start(List.of("--rules", rules.toString(), "--edr-dir", edrs.toString()));
        }

        @Override
        public Target baseline(Talk talk) throws BenchException, IOException, InterruptedException {
            Path texts = Files.createTempDirectory(scratch, "echo");
            int number = 0;
            for (Talk.Shown screen : talk.screens()) {
                Files.writeString(texts.resolve("%03d".formatted(number++)), screen.text());
            }
            return start(List.of("--echo", texts.toString()));
        }

        private Target start(List<String> what)
                throws BenchException, IOException, InterruptedException {
            List<String> arguments = new ArrayList<>(List.of("bench-side"));
            arguments.addAll(what);
            arguments.addAll(List.of("--max-dialogs", String.valueOf(maxDialogs)));
            return OtherProcess.start(arguments, maxDialogs);
        }
    }

    /** The engine in this process, on the network in memory. */
    final class EmbeddedEngine implements Target {
        private final Engine engine;

        EmbeddedEngine(
                Configuration configuration,
                BiFunction<Backends.Settings, Time, Backends> backends) {
            engine = Engine.ofCommand(configuration.inMemory(), DialogObserver.NOBODY, backends);
            engine.start();
        }

        @Override
        public FarSide handsets() {
            return engine.handsets();
        }

        @Override
        public Pushes pushes() {
            return engine.pushes();
        }

        @Override
        public Duration ownCpu() {
            return Duration.ZERO;
        }

        @Override
        public long liveHeap() {
            return ThisProcess.liveHeap();
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /** The ceiling in this process: an echo on the network in memory. */
    final class EmbeddedBaseline implements Target {
        private final EmbeddedPoint<Echo> network;

        EmbeddedBaseline(int maxDialogs, List<UssdString> menus, UssdString last) {
            network = Echo.inMemory(List.of(BenchRules.SSN), maxDialogs, menus, last);
            network.start(Echo::start);
        }

        @Override
        public FarSide handsets() {
            return network;
        }

        @Override
        public Duration ownCpu() {
            return Duration.ZERO;
        }

        @Override
        public long liveHeap() {
            return ThisProcess.liveHeap();
        }

        @Override
        public void close() {
            network.close();
        }
    }

    /**
     * What a load is put on: the engine, or the ceiling beside it; with the handsets that reach it.
     */
    interface Target extends AutoCloseable {
        /** Where the handsets are. */
        FarSide handsets();

        /**
         * Takes orders for pushes.
         *
         * @throws BenchException if it is not an engine of this process
         */
        default Pushes pushes() throws BenchException {
            throw new BenchException("pushes are ordered of an engine in this process only");
        }

        /** CPU time that it has taken so far in its own process; 0 if it shares this one. */
        Duration ownCpu();

        /**
         * The heap that is live in its process, in octets, after a garbage collection.
         *
         * @throws BenchException if its process gives none, for example because it has ended
         */
        long liveHeap() throws BenchException;

        /** Ends it; its EDR files are complete afterwards. */
        @Override
        void close();
    }

    /** An engine, or its ceiling, in a process of its own; its handsets are in this one. */
    final class OtherProcess implements Target {
        private static final Duration START = Duration.ofSeconds(60);

        private static final Pattern OCTETS = Pattern.compile("[0-9]{1,18}");

        private final Process process;
        private final BufferedReader from;
        private final PrintStream to;
        private final SigtranHandsets handsets;

        private OtherProcess(
                Process process, BufferedReader from, PrintStream to, SigtranHandsets handsets) {
            this.process = process;
            this.from = from;
            this.to = to;
            this.handsets = handsets;
        }

        /**
         * Starts the command with these arguments, and connects handsets to it.
         *
         * @throws BenchException if it does not get that far
         */
        static OtherProcess start(List<String> arguments, int maxDialogs)
                throws BenchException, InterruptedException {
            Process process = started(command(arguments));
            try {
                BufferedReader from = process.inputReader(StandardCharsets.UTF_8);
                PrintStream to =
                        new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
                SigtranHandsets handsets = BenchLink.handsets(address(answer(from)), maxDialogs);
                handsets.start();
                handsets.awaitReady(START);
                return new OtherProcess(process, from, to, handsets);
            } catch (TimeoutException e) {
                process.destroyForcibly();
                throw new BenchException("no link to the other process: " + e.getMessage());
            } catch (BenchException | InterruptedException | RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
        }

        private static Process started(List<String> command) throws BenchException {
            try {
                return new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            } catch (IOException e) {
                throw new BenchException(
                        "the other process of the bench cannot be started with %s: %s"
                                .formatted(command.getFirst(), FileTrouble.words(e)));
            }
        }

        /** The same JVM with the same settings. */
        private static List<String> command(List<String> arguments) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add("io.moondial.Main");
            command.addAll(arguments);
            return command;
        }

        private static HostPort address(String line) throws BenchException {
            if (!line.startsWith(BenchSide.READY)) {
                throw new BenchException("the other process did not start; it said: " + line);
            }
            return HostPort.parse(line.substring(BenchSide.READY.length()))
                    .orElseThrow(() -> new BenchException("the other process listens at: " + line));
        }

        @Override
        public FarSide handsets() {
            return handsets;
        }

        @Override
        public Duration ownCpu() {
            return process.info().totalCpuDuration().orElse(Duration.ZERO);
        }

        @Override
        public long liveHeap() throws BenchException {
            to.println(BenchSide.HEAP);
            return octets(answer(from));
        }

        /** What it says next. */
        static String answer(BufferedReader from) throws BenchException {
            try {
                String answer = from.readLine();
                if (answer != null) {
                    return answer;
                }
            } catch (IOException e) {
                throw new BenchException(
                        "the other process of the bench cannot be asked: " + FileTrouble.words(e));
            }
            throw new BenchException(
                    "the other process of the bench has ended too early; what it said of it stands above");
        }

        static long octets(String answer) throws BenchException {
            if (!OCTETS.matcher(answer).matches()) {
                throw new BenchException(
                        "the other process of the bench told no size of its heap, but: " + answer);
            }
            return Long.parseLong(answer);
        }

        @Override
        public void close() {
            handsets.close();
            to.close();
            try {
                if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
