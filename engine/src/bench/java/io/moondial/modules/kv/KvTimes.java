package io.moondial.modules.kv;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.script.lua.LuaString;
import io.moondial.time.SystemTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Calls of a store as scripts make them, from virtual threads that wait for each answer. Without
 * arguments the store is sqlite in a temporary folder; an argument is the section {@code kv}
 * instead, such as {@code {store: redis, redis: {nodes: ["127.0.0.1:6379"]}}}.
 */
public final class KvTimes {
    private static final int THREADS = 32;
    private static final int KEYS = 10_000;
    private static final int ROUNDS = 3;
    private static final int ALONE = 40_000;
    private static final int TOGETHER = 4_000;

    private final Kv.Live kv;
    private final PrintStream out;

    private KvTimes(Kv.Live kv, PrintStream out) {
        this.kv = kv;
        this.out = out;
    }

    /** Prints a line for each kind of call: calls per second, and how long one takes. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kv");
        String section =
                arguments.length > 0 ? arguments[0] : "file: \"" + folder.resolve("kv.db") + "\"\n";
        Problems problems = new Problems(Path.of("kv.yaml"));
        Section read =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                section.getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        Kv.Live kv = new Kv.Live(KvSettings.schema().read(read), SystemTime.ofProcess());
        new KvTimes(kv, System.out).measureAll();
        kv.close();
    }

    private void measureAll() throws InterruptedException {
        run(THREADS, KEYS / THREADS, i -> new Request.Set(key(i), LuaString.of("sen"), 0));
        for (int round = 1; round <= ROUNDS; round++) {
            out.println("round " + round);
            measure("get, 1 thread", 1, ALONE, i -> new Request.Get(key(i % KEYS)));
            measure("get, 32 threads", THREADS, TOGETHER, i -> new Request.Get(key(i % KEYS)));
            measure("incr, 1 thread", 1, ALONE / 4, _ -> new Request.Incr(key(-1), 1, 0));
            measure(
                    "incr, 32 threads, one key",
                    THREADS,
                    TOGETHER,
                    _ -> new Request.Incr(key(-1), 1, 0));
            measure(
                    "incr, 32 threads, 10000 keys",
                    THREADS,
                    TOGETHER,
                    i -> new Request.Incr(key(-2 - i % KEYS), 1, 0));
            measure(
                    "set, 32 threads, 10000 keys",
                    THREADS,
                    TOGETHER,
                    i -> new Request.Set(key(i % KEYS), LuaString.of("sen"), 0));
        }
    }

    private static KvKey key(int number) {
        return new KvKey("bench", LuaString.of("2776148" + number));
    }

    private void measure(String what, int threads, int each, IntFunction<Request> request)
            throws InterruptedException {
        long began = System.nanoTime();
        long[] nanos = run(threads, each, request);
        double seconds = (System.nanoTime() - began) / 1e9;
        Arrays.sort(nanos);
        out.printf(
                Locale.ROOT,
                "%-30s %,10.0f per second   p50 %7.1f us   p99 %8.1f us%n",
                what,
                nanos.length / seconds,
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length / 100 * 99] / 1e3);
    }

    private long[] run(int threads, int each, IntFunction<Request> request)
            throws InterruptedException {
        long[] nanos = new long[threads * each];
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int first = i * each;
            running.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int n = first; n < first + each; n++) {
                                            long began = System.nanoTime();
                                            Answer answer = kv.ask(request.apply(n)).join();
                                            nanos[n] = System.nanoTime() - began;
                                            if (answer instanceof Answer.Failed) {
                                                throw new IllegalStateException(answer.toString());
                                            }
                                        }
                                    }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        return nanos;
    }
}
