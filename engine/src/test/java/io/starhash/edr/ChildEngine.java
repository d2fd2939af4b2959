package io.starhash.edr;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.starhash.edr.EdrSettings.WhenFull;
import io.starhash.metrics.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An EdrApp in a process of its own, so that a test can kill it: writes numbered records, and says
 * with each line on its output how many are written out by now, and why a disk refuses.
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
        return start(List.of(), folder, records);
    }

    /**
     * Starts it so that it may only do what the permissions of files allow, even where this process
     * is the superuser's. Where that cannot be, the test is skipped, which says so.
     */
    static ChildEngine startUnprivileged(Path folder, int records) throws IOException {
        if (!Files.isWritable(folder)) {
            return start(folder, records);
        }
        assumeThat(Path.of("/usr/bin/setpriv")).as("what takes the privilege away").exists();
        return start(
                List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"),
                folder,
                records);
    }

    private static ChildEngine start(List<String> prefix, Path folder, int records)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(ChildEngine.class.getName(), folder.toString(), "" + records));
        return new ChildEngine(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Reads on until so many records are written out; gives how many are. */
    long awaitWritten(long atLeast) throws IOException {
        return written(await(line -> written(line) >= atLeast));
    }

    /** Reads on until the disk refuses; gives why. */
    String awaitFailure() throws IOException {
        return await(line -> line.contains(" ")).split(" ", 2)[1];
    }

    private String await(Predicate<String> wanted) throws IOException {
        var output = process.inputReader(StandardCharsets.UTF_8);
        for (String line; (line = output.readLine()) != null; ) {
            if (wanted.test(line)) {
                return line;
            }
        }
        throw new IllegalStateException("The process has ended.");
    }

    private static long written(String line) {
        return Long.parseLong(line.split(" ", 2)[0]);
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
                Duration.ofMillis(100),
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
                tell(app.status().getFirst());
            }
        }
        while (true) {
            tell(app.status().getFirst());
        }
    }

    private static void tell(StreamStatus status) {
        var failure = status.failure();
        System.out.println(status.written() + (failure == null ? "" : " " + failure.why()));
    }
}
