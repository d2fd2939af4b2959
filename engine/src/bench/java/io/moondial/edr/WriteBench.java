package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records from four callers into complete files, beside a plain loop that writes the same octets.
 *
 * <p>The loop has every line encoded beforehand, one thread, one channel and one buffer, and writes
 * as many lines at once as a flush takes. So it is the least that such files can cost; the
 * application encodes, takes from many threads, keeps limits, cuts files and completes them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(2)
public class WriteBench {
    private static final int PRODUCERS = 4;
    private static final int RECORDS = 1_000_000;
    private static final int BUFFER_OCTETS = 64 * 1024;

    private final Edr[] records = BenchEdrs.dialog();
    private final byte[][] lines =
            Stream.of(records)
                    .map(edr -> (edr + "\n").getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);

    /** How many records a file takes: the default of the rules, and all. */
    @Param({"1024", "1000000"})
    int fileEdrs;

    private final List<Path> folders = new ArrayList<>();
    private Path folder = Path.of("");

    @Setup(Level.Invocation)
    public void makeFolder() {
        folder = BenchFolder.make();
        folders.add(folder);
    }

    /** Nothing may be missing from what was measured. */
    @TearDown(Level.Invocation)
    public void checkAndCut() throws IOException {
        long expected = 0;
        for (byte[] line : lines) {
            expected += (long) line.length * RECORDS / lines.length;
        }
        long written = BenchFolder.octets(folder);
        BenchFolder.cut(folder);
        if (written < expected) {
            throw new IllegalStateException(written + " octets of " + expected);
        }
    }

    @TearDown(Level.Trial)
    public void removeFolders() throws IOException {
        for (var done : folders) {
            BenchFolder.delete(done);
        }
    }

    /** The application, from its start to its close. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void edrApp() throws InterruptedException {
        try (var app =
                new EdrApp(
                        BenchEdrs.settings(folder, fileEdrs),
                        EdrClock.system(),
                        "bench",
                        1,
                        new Counters())) {
            var producers =
                    IntStream.range(0, PRODUCERS)
                            .mapToObj(i -> Thread.ofPlatform().start(() -> produce(app)))
                            .toList();
            for (Thread producer : producers) {
                producer.join();
            }
        }
    }

    /** The least that it can cost. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void plainLoop() throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER_OCTETS);
        try (var channel =
                FileChannel.open(
                        folder.resolve("plain"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            for (int i = 0; i < RECORDS; i++) {
                buffer.put(lines[i & (lines.length - 1)]);
                if ((i + 1) % BenchEdrs.FLUSH_EDRS == 0) {
                    write(buffer, channel);
                }
            }
            write(buffer, channel);
        }
    }

    /**
     * The same by one thread that encodes each record too: what a writer without queue, limits and
     * rotation takes.
     */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void encodingLoop() throws IOException {
        var encoder = new EdrFormat.RecordEncoder();
        var buffer = new LineBuffer();
        try (var channel =
                FileChannel.open(
                        folder.resolve("encoded"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            for (int i = 0; i < RECORDS; i++) {
                encoder.encodeLine(records[i & (records.length - 1)], buffer);
                if ((i + 1) % BenchEdrs.FLUSH_EDRS == 0 || i == RECORDS - 1) {
                    for (var rest = buffer.content(); rest.hasRemaining(); ) {
                        channel.write(rest);
                    }
                    buffer.clear();
                }
            }
        }
    }

    private void produce(EdrApp app) {
        for (int i = 0; i < RECORDS / PRODUCERS; i++) {
            // A dialog asks once, before it begins.
            while (i % records.length == 0 && !app.accepting()) {
                Thread.yield();
            }
            app.write("ussd", records[i & (records.length - 1)]);
        }
    }

    private static void write(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
