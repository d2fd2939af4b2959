package io.moondial.script;

import io.moondial.dialog.PrimitiveResult;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to begin a dialog's script, and to carry one through on a thread of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ScriptStartBench {
    private final BenchDialog dialog = new BenchDialog(() -> new PrimitiveResult.Input("2"));
    private @Nullable Script greeting;
    private @Nullable Script menu;

    /** Compiles the scripts. */
    @Setup
    public void compile() throws IOException {
        greeting = BenchDialog.compile("return 'Welcome'");
        menu =
                BenchDialog.compile(
                        """
                        local request = ...
                        local choice = ussd.menu("Welcome " .. request.msisdn .. "\\n1. Balance\\n2. Airtime")
                        if choice == "1" then return "Your balance is 12.50" end
                        return string.format("You chose %s", choice)
                        """);
    }

    /** A script's state, its globals, its request, its first line and its end. */
    @Benchmark
    public ScriptOutcome start() {
        return Objects.requireNonNull(greeting).run(dialog.newRun());
    }

    /** The same with a menu that is answered at once. */
    @Benchmark
    public ScriptOutcome oneMenu() {
        return Objects.requireNonNull(menu).run(dialog.newRun());
    }

    /** A script's start on a virtual thread of its own, until it has ended. */
    @Benchmark
    public void startOnItsThread() throws InterruptedException {
        Script script = Objects.requireNonNull(greeting);
        Thread.ofVirtual().start(() -> script.run(dialog.newRun())).join();
    }
}
