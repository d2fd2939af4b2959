package io.moondial.bench;

import io.moondial.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
