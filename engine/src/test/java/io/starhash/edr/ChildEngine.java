package io.starhash.edr;

import io.starhash.edr.EdrSettings.WhenFull;
import io.starhash.metrics.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * An EdrApp in a process of its own, so that a test can kill it: writes numbered records, and says
 * with each line on its output how many are written out by now.
 */
final class ChildEngine implements AutoCloseable {
    static final int MAX_FLUSH_EDRS = 64;

    private final Process process;

    private ChildEngine(Process process) {
        this.process = process;
    }

    /**
     * Starts the process.
     *
     * @param records how many to hand over; then it waits
     */
    static ChildEngine start(Path folder, int records) throws IOException {
        return new ChildEngine(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChildEngine.class.getName(),
                                folder.toString(),
                                Integer.toString(records))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** Reads on until so many records are written out; gives how many are. */
    long awaitWritten(long atLeast) throws IOException {
        var output = process.inputReader(StandardCharsets.UTF_8);
        for (String line; (line = output.readLine()) != null; ) {
            long written = Long.parseLong(line);
            if (written >= atLeast) {
                return written;
            }
        }
        throw new IllegalStateException("The process has ended.");
    }

    /** Kills it as kill -9 does. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    static EdrSettings settings(Path folder) {
        var stream =
                new StreamSettings(
                        folder,
                        100_000,
                        Duration.ofHours(1),
                        MAX_FLUSH_EDRS,
                        Duration.ofHours(1),
                        false);
        return new EdrSettings(
                "Logic",
                Duration.ofSeconds(15),
                1_000_000,
                WhenFull.REFUSE_DIALOGS,
                stream,
                Map.of());
    }

    static Edr record(int number) {
        return Edr.builder(Instant.EPOCH, "Logic-1-00000001", "X")
                .text("TEXT", Integer.toString(number))
                .build();
    }

    public static void main(String[] args) throws IOException {
        var app =
                new EdrApp(
                        settings(Path.of(args[0])),
                        EdrClock.system(),
                        "child",
                        ProcessHandle.current().pid(),
                        new Counters());
        int records = Integer.parseInt(args[1]);
        for (int i = 0; i < records; i++) {
            app.write("ussd", record(i));
            if (i % 1000 == 0) {
                System.out.println(app.status().getFirst().written());
            }
        }
        while (true) {
            System.out.println(app.status().getFirst().written());
        }
    }
}
