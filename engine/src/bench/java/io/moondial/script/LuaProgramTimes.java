package io.moondial.script;

import io.moondial.script.lua.Compiler.CompileFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The programs of {@link LuaProgramBench} by processor time, ours, stock LuaJ's and another Lua's
 * in turn: for a machine that is busy with other things, where JMH's wall-clock times say little.
 */
public final class LuaProgramTimes {
    private static final String[] PROGRAMS = {
        "format", "table", "patterns", "json", "menu", "fib", "oop", "paging", "parse"
    };
    private static final int WARM_UP = 4;
    private static final int ROUNDS = 11;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /** The other Lua's command; null: there is none. */
    private final @Nullable String other;

    private LuaProgramTimes(@Nullable String other) {
        this.other = other;
    }

    /**
     * Prints a line a program: the medians, and how many times ours the others are.
     *
     * @param arguments the command of another Lua, such as lua5.2
     */
    public static void main(String... arguments)
            throws IOException, CompileFailure, InterruptedException, URISyntaxException {
        new LuaProgramTimes(arguments.length == 0 ? null : arguments[0]).printAll(System.out);
    }

    /** The times of a program in microseconds, by round. */
    private record Times(double[] ours, double[] stock, double[] other) {}

    private void printAll(PrintStream out)
            throws IOException, CompileFailure, InterruptedException, URISyntaxException {
        LuaProgramBench[] benches = new LuaProgramBench[PROGRAMS.length];
        Times[] times = new Times[PROGRAMS.length];
        for (int i = 0; i < PROGRAMS.length; i++) {
            benches[i] = new LuaProgramBench();
            benches[i].program = PROGRAMS[i];
            benches[i].load();
            int measured = ROUNDS - WARM_UP;
            times[i] = new Times(new double[measured], new double[measured], new double[measured]);
        }
        // all programs in each round: what the compilers learn of one holds for the others too
        for (int round = -WARM_UP; round < ROUNDS - WARM_UP; round++) {
            for (int i = 0; i < PROGRAMS.length; i++) {
                double ours = microseconds(benches[i]::moondial);
                double stock = microseconds(benches[i]::luaj);
                if (round >= 0) {
                    times[i].ours()[round] = ours;
                    times[i].stock()[round] = stock;
                    times[i].other()[round] =
                            other == null ? Double.NaN : ofOther(other, PROGRAMS[i]);
                }
            }
        }
        print(out, List.of(times));
    }

    private void print(PrintStream out, List<Times> all) {
        double toStock = 0;
        double toOther = 0;
        for (int i = 0; i < PROGRAMS.length; i++) {
            double ours = median(all.get(i).ours());
            double stock = median(all.get(i).stock());
            double theirs = median(all.get(i).other());
            toStock += Math.log(ours / stock);
            toOther += Math.log(ours / theirs);
            out.printf(
                    Locale.ROOT,
                    "%-9s ours %8.0f us, LuaJ %8.0f us, ratio %.2f%s%n",
                    PROGRAMS[i],
                    ours,
                    stock,
                    ours / stock,
                    other == null ? "" : besideOther(ours, theirs));
        }
        out.printf(Locale.ROOT, "geometric mean %.2f", Math.exp(toStock / PROGRAMS.length));
        if (other != null) {
            out.printf(Locale.ROOT, "; %s %.2f", other, Math.exp(toOther / PROGRAMS.length));
        }
        out.println();
    }

    private String besideOther(double ours, double theirs) {
        return String.format(
                Locale.ROOT, "; %s %8.0f us, ratio %.2f", other, theirs, ours / theirs);
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
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

    /** What the other Lua says of a program. */
    private static double ofOther(String command, String program)
            throws IOException, InterruptedException, URISyntaxException {
        Path measure =
                Path.of(
                        Objects.requireNonNull(
                                        LuaProgramTimes.class.getResource("/lua/measure.lua"))
                                .toURI());
        Process process =
                new ProcessBuilder(command, "measure.lua", program)
                        .directory(Objects.requireNonNull(measure.getParent()).toFile())
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + ": " + said);
        }
        return Double.parseDouble(said.split("\\s+")[1]);
    }
}
