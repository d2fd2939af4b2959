package io.moondial.script;

import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Meter.HeavyPermit;
import io.moondial.script.stdlib.StandardLibrary.ScriptClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The same Lua programs under our interpreter, metered, and under stock LuaJ's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LuaProgramBench implements ScriptClock {
    private static final Meter.Bounds UNBOUNDED =
            new Meter.Bounds(Long.MAX_VALUE, Long.MAX_VALUE, 190, 1 << 20, 10);

    @Param({"format", "table", "patterns", "json", "menu", "fib", "oop", "paging", "parse"})
    String program = "";

    private @Nullable LuaState state;
    private @Nullable Object ours;
    private @Nullable LuaValue stock;

    /** Compiles the program for both. */
    @Setup
    public void load() throws IOException, CompileFailure {
        byte[] source = source();
        Meter meter = new Meter(UNBOUNDED, () -> {}, new HeavyPermit(2));
        LuaState fresh = new LuaBase(new Compiler(), List.of()).newState(meter, this);
        state = fresh;
        ours = fresh.call(chunk(fresh, source))[0];
        Globals globals = JsePlatform.standardGlobals();
        stock = globals.load(new ByteArrayInputStream(source), program, "t", globals).call();
        if (!"fib".equals(program)) {
            return;
        }
        if (((Number) moondial()).doubleValue() != luaj().todouble()) {
            throw new IllegalStateException(moondial() + " is not " + luaj());
        }
    }

    private Object chunk(LuaState in, byte[] source) throws CompileFailure {
        LuaTable globals = in.globals();
        return in.load(new Compiler().compileChunk(LuaString.ofOctets(source), program), globals);
    }

    private byte[] source() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/lua/" + program + ".lua")) {
            return Objects.requireNonNull(in, program).readAllBytes();
        }
    }

    /** Ours. */
    @Benchmark
    public Object moondial() {
        return Objects.requireNonNull(Objects.requireNonNull(state).call(ours)[0]);
    }

    /**
     * Stock LuaJ 3.0.1, {@code JsePlatform.standardGlobals()}: interpreted, neither metered nor
     * bounded.
     */
    @Benchmark
    public LuaValue luaj() {
        return Objects.requireNonNull(stock).call();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public ZoneId zone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Duration sinceStart() {
        return Duration.ZERO;
    }
}
