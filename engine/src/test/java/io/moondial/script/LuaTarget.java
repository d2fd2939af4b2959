package io.moondial.script;

import io.moondial.fuzz.Bounded;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import io.moondial.script.ScriptOutcome.ScriptFault;
import java.nio.file.Path;
import java.time.Duration;

/** A script: it does not compile, or it ends within its limits, and never by a fault of ours. */
public final class LuaTarget implements FuzzTarget {
    private static final ScriptLimits LIMITS =
            new ScriptLimits(20_000, 1 << 20, Duration.ofMinutes(1));

    private final ScriptBench bench;
    private final Bounded bounded;

    /** Scripts are written into this folder. */
    public LuaTarget(Path folder, Bounded bounded) {
        this.bench = new ScriptBench(folder);
        this.bench.limits = LIMITS;
        this.bounded = bounded;
    }

    @Override
    public void accept(byte[] input) throws Exception {
        bench.file("main.lua", input);
        bounded.run(input.length, this::compileAndRun);
        bench.log.clear();
        bench.edrs.clear();
        bench.counted.clear();
        bench.primitives.clear();
    }

    private void compileAndRun() {
        ScriptRelease release = bench.compile();
        release.problems()
                .forEach(
                        problem ->
                                Finding.unless(
                                        !problem.message().contains("the compiler failed"),
                                        "the compiler failed",
                                        problem));
        release.script("main")
                .ifPresent(
                        script -> {
                            if (script.run(bench.newRun()) instanceof ScriptOutcome.Failed failed
                                    && failed.fault().kind() == ScriptFault.Kind.INTERNAL) {
                                throw new Finding(failed.fault().cause());
                            }
                        });
    }
}
