package io.moondial.script;

import io.moondial.script.lua.Compiler.CompileFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The programs of {@link LuaProgramBench} by processor time, ours and stock LuaJ's in turn: for a
 * machine that is busy with other things, where JMH's wall-clock times say little.
 */
public final class LuaProgramTimes {
    private static final String[] PROGRAMS = {"format", "table", "patterns", "json", "menu", "fib"};
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private LuaProgramTimes() {}

    /** Prints a line a program: the best rounds of both, and their ratio. */
    public static void main(String... arguments) throws IOException, CompileFailure {
        new LuaProgramTimes().printAll(System.out);
    }

    private void printAll(PrintStream out) throws IOException, CompileFailure {
        double product = 1;
        for (String program : PROGRAMS) {
            LuaProgramBench bench = new LuaProgramBench();
            bench.program = program;
            bench.load();
            double ours = Double.MAX_VALUE;
            double stock = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                double ourTime = microseconds(bench::moondial);
                double stockTime = microseconds(bench::luaj);
                ours = round < WARM_UP ? ours : Math.min(ours, ourTime);
                stock = round < WARM_UP ? stock : Math.min(stock, stockTime);
            }
            product *= stock / ours;
            out.printf(
                    Locale.ROOT,
                    "%-9s ours %9.1f us, LuaJ %9.1f us, ratio %.2f%n",
                    program,
                    ours,
                    stock,
                    stock / ours);
        }
        double mean = Math.pow(product, 1.0 / PROGRAMS.length);
        out.printf(Locale.ROOT, "geometric mean %.2f%n", mean);
    }

    private double microseconds(Supplier<Object> program) {
        long start = threads.getCurrentThreadCpuTime();
        long runs = 0;
        long used;
        do {
            if (program.get() == null) {
                throw new IllegalStateException("a program gave nothing");
            }
            runs++;
            used = threads.getCurrentThreadCpuTime() - start;
        } while (used < ROUND_NANOS);
        return used / 1e3 / runs;
    }
}
