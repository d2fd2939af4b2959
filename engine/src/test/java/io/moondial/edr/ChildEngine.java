package io.moondial.edr;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.metrics.Counters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * An EdrApp in a process of its own, so that a test can kill it: writes numbered records, and says
 * with each line on its output how many are written out by now, and why a disk refuses.
 */
final class ChildEngine implements AutoCloseable {
    static final int MAX_FLUSH_EDRS = 64;

    /** Of a durable one: two flushes. */
    private static final int MAX_FILE_EDRS = 2 * MAX_FLUSH_EDRS;

    private static final String DURABLE = "durable";

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
        return start(List.of(), folder, "" + records);
    }

    /**
     * Starts it so that it may only do what the permissions of files allow, even where this process
     * is the superuser's. Where that cannot be, the test is skipped, which says so.
     */
    static ChildEngine startUnprivileged(Path folder, int records) throws IOException {
        return start(unprivileged(folder), folder, "" + records);
    }

    /**
     * As above, with a durable stream, and files of so many records.
     *
     * @see #MAX_FILE_EDRS
     */
    static ChildEngine startUnprivilegedAndDurable(Path folder, int records) throws IOException {
        return start(unprivileged(folder), folder, "" + records, DURABLE);
    }

    /** Starts it with a umask, its files with a mode. */
    static ChildEngine startWith(String umask, String mode, Path folder, int records)
            throws IOException {
        return start(
                List.of("sh", "-c", "umask " + umask + " && exec \"$@\"", "sh"),
                folder,
                "" + records,
                mode);
    }

    private static List<String> unprivileged(Path folder) {
        if (!Files.isWritable(folder)) {
            return List.of();
        }
        assumeThat(Path.of("/usr/bin/setpriv")).as("what takes the privilege away").exists();
        return List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    }

    private static ChildEngine start(List<String> prefix, Path folder, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(ChildEngine.class.getName(), folder.toString()));
        command.addAll(List.of(arguments));
        return new ChildEngine(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Reads on until so many records are written out; gives how many are. */
    long awaitWritten(long atLeast) throws IOException {
        return written(await(line -> written(line) >= atLeast));
    }

    /** Reads on until the disk refuses; gives why. */
    String awaitFailure() throws IOException {
        return awaitFailures(1);
    }

    /** Reads on until the disk refuses and has refused so many times; gives why. */
    String awaitFailures(long atLeast) throws IOException {
        return await(line -> part(line, 1) >= atLeast && line.split(" ", 3).length == 3)
                .split(" ", 3)[2];
    }

    /** Reads on until the disk does not refuse any more. */
    void awaitSuccess() throws IOException {
        await(line -> line.split(" ", 3).length == 2);
    }

    /** Has it hand over so many more. */
    void handOver(int records) throws IOException {
        var input = process.outputWriter(StandardCharsets.UTF_8);
        input.write(records + "\n");
        input.flush();
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
        return part(line, 0);
    }

    private static long part(String line, int index) {
        return Long.parseLong(line.split(" ", 3)[index]);
    }

    /** Kills it as kill -9 does. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    static EdrSettings settings(Path folder) {
        return settings(folder, 100_000, false, FileMode.DEFAULT);
    }

    private static EdrSettings settings(
            Path folder, int maxFileEdrs, boolean durable, FileMode mode) {
        return WrittenSettings.settings(
                        EdrSettings.class,
                        "retry_interval: 100ms",
                        "max_backlog: 1000000",
                        "max_file_edrs: " + maxFileEdrs,
                        "max_file_time: 1h",
                        "max_flush_edrs: " + MAX_FLUSH_EDRS,
                        "max_flush_time: 1h",
                        "durable: " + durable,
                        "mode: " + mode.octal())
                .in(folder);
    }

    static Edr record(int number) {
        return Edr.builder(Instant.EPOCH, "Logic-1-00000001", "X")
                .text("TEXT", Integer.toString(number))
                .build();
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        var more = args.length > 2 ? args[2] : "";
        var app =
                new EdrApp(
                        switch (more) {
                            case "" -> settings(folder);
                            case DURABLE -> settings(folder, MAX_FILE_EDRS, true, FileMode.DEFAULT);
                            default -> settings(folder, 100_000, false, new FileMode(more));
                        },
                        EdrClock.system(),
                        "child",
                        ProcessHandle.current().pid(),
                        new Counters());
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int from = 0;
        int to = Integer.parseInt(args[1]);
        while (true) {
            write(app, from, to);
            tell(app.status().getFirst());
            from = to;
            to += input.ready() ? Integer.parseInt(input.readLine()) : 0;
        }
    }

    private static void write(EdrApp app, int from, int to) {
        for (int i = from; i < to; i++) {
            app.write("ussd", record(i));
            if (i % 1000 == 0) {
                tell(app.status().getFirst());
            }
        }
    }

    private static void tell(StreamStatus status) {
        var failure = status.failure();
        System.out.println(
                status.written()
                        + " "
                        + status.failures()
                        + (failure == null ? "" : " " + failure.why()));
    }
}
