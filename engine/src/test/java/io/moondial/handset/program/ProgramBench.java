package io.moondial.handset.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.channel.Address;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.lua.Compiler.CompileFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs programs against a scripted network, on a clock that jumps; keeps what they say. */
final class ProgramBench implements HandsetProgram.ProgramConsole {
    static final ScriptLimits LIMITS = new ScriptLimits(1_000_000, 1 << 20, Duration.ofMinutes(10));

    static final String ANNE = "27761485722";

    /** The number of the handset; null: none. */
    @Nullable String msisdn;

    final ScriptedNetwork network = new ScriptedNetwork();
    final List<String> printed = new ArrayList<>();
    final List<ScriptFault> callbackFaults = new ArrayList<>();
    final List<ScriptFault> programFaults = new ArrayList<>();
    int gaveUp;

    boolean run(String lua) {
        return run(lua, LIMITS);
    }

    boolean run(String lua, ScriptLimits limits) {
        try {
            return HandsetProgram.compile(lua.getBytes(UTF_8), "program.lua")
                    .run(
                            network,
                            new Subscriber(
                                    msisdn == null ? null : Address.international(msisdn),
                                    null,
                                    null,
                                    6),
                            new SleeplessTime(() -> {}),
                            limits,
                            this);
        } catch (CompileFailure e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What the program printed; it must have run to its end without a fault. */
    List<String> output(String lua) {
        run(lua);
        List<ScriptFault> faults = new ArrayList<>(programFaults);
        faults.addAll(callbackFaults);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.toString());
        }
        return printed;
    }

    /** The error that ended the program. */
    String error(String lua) {
        run(lua);
        return programFaults.getFirst().text();
    }

    @Override
    public void print(String line) {
        printed.add(line);
    }

    @Override
    public void callbackFailed(ScriptFault fault) {
        callbackFaults.add(fault);
    }

    @Override
    public void programFailed(ScriptFault fault) {
        programFaults.add(fault);
    }

    @Override
    public void gaveUp() {
        gaveUp++;
    }
}
