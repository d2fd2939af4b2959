package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.bench.BenchSession.BenchException;
import io.moondial.bench.echo.Echo;
import io.moondial.channel.embedded.EmbeddedPoint;
import io.moondial.channel.ss7.FarSide;
import io.moondial.text.UssdString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where the engine of a bench runs, and its ceiling. */
sealed interface Site {
    /** The engine, started. */
    Target engine() throws BenchException, IOException, InterruptedException;

    /** The ceiling, started. */
    Target baseline(Talk talk) throws BenchException, IOException, InterruptedException;

    /** All in this process, on the network in memory. */
    record OneProcess(Configuration configuration, int maxDialogs) implements Site {
        @Override
        public Target engine() {
            return new EmbeddedEngine(configuration);
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

        EmbeddedEngine(Configuration configuration) {
            engine = new Engine(configuration.inMemory());
            engine.start();
        }

        @Override
        public FarSide handsets() {
            return engine.handsets();
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
}
