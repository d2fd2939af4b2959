package io.moondial.edr;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The encoding of records into a buffer that is used again, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EncodeBench {
    private final Edr[] records = BenchEdrs.dialog();
    private final EdrFormat.RecordEncoder encoder = new EdrFormat.RecordEncoder();
    private final LineBuffer buffer = new LineBuffer();
    private int next;

    /** One record of a dialog, in turn. */
    @Benchmark
    public int record() {
        buffer.clear();
        encoder.encodeLine(records[next++ & (records.length - 1)], buffer);
        return buffer.length();
    }
}
