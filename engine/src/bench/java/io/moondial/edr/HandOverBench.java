package io.moondial.edr;

import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a caller pays for handing a record over, while three others do so too and the writer writes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@Threads(4)
public class HandOverBench {
    private static final int FILE_EDRS = 1024;

    /** So much work between two records, that the writer keeps up. */
    private static final long WORK_TOKENS = 5_000;

    private final Edr[] records = BenchEdrs.dialog();
    private final Path folder = BenchFolder.make();
    private final EdrApp app =
            new EdrApp(
                    BenchEdrs.settings(folder, FILE_EDRS),
                    EdrClock.system(),
                    "bench",
                    1,
                    new Counters());

    /** What a script does between two records. */
    @State(Scope.Thread)
    public static class Work {
        private int next;

        /** Not part of what is measured. */
        @Setup(Level.Invocation)
        public void work() {
            Blackhole.consumeCPU(WORK_TOKENS);
        }
    }

    @Benchmark
    public void handOver(Work work) {
        app.write("ussd", records[work.next++ & (records.length - 1)]);
    }

    /** Completes the files and removes them. */
    @TearDown
    public void close() throws IOException {
        app.close();
        BenchFolder.delete(folder);
    }
}
