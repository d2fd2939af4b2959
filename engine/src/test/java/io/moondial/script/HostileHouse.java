package io.moondial.script;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptOutcome.ScriptFault;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A JVM of little heap in which hostile scripts run on virtual threads, and beside them a neighbour
 * whose dialogs must go on. Started by {@link HostileNeighbourTest}, which reads what it prints.
 */
public final class HostileHouse {
    private static final int AT_ONCE = 4;
    private static final int RUNAWAYS = 8;
    private static final int DIALOGS_BESIDE_RUNAWAYS = 200;
    private static final long THINKING_NANOS = 100_000;
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final String NEIGHBOUR =
            """
            local pin = ussd.menu("Enter your PIN")
            assert(pin == "0123" and ("x"):upper() == "X" and rawget(_G, "leaked") == nil)
            assert(string.format("%05.2f", 1.5) == "01.50" and json.encode({a = 1}) == '{"a":1}')
            return "well"
            """;

    private final Path folder;
    private final PrintStream out;

    /** A permit for each that the neighbour has carried through. */
    private final Semaphore dialogs = new Semaphore(0);

    private final ScriptHost host = new ScriptHost(BuiltInModules.create(), 2);
    private volatile boolean over;

    private HostileHouse(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** Runs all attacks; the argument is an empty folder. */
    public static void main(String... arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new HostileHouse(Path.of(arguments[0]), out).run();
    }

    private void run() throws Exception {
        List<HostileScriptTest.Attack> attacks = HostileScriptTest.attacks().toList();
        ScriptBench bench = new ScriptBench(folder).file("neighbour.lua", NEIGHBOUR);
        bench.file("runaway.lua", "while true do pcall(function() local t = {} end) end");
        for (int i = 0; i < attacks.size(); i++) {
            bench.file("attack" + i + ".lua", "leaked = true " + attacks.get(i).lua());
        }
        ScriptRelease release = host.compile(folder);
        Script neighbour = release.script("neighbour").orElseThrow();
        Thread living = Thread.ofVirtual().start(() -> live(neighbour));
        for (int i = 0; i < attacks.size(); i += AT_ONCE) {
            attack(release, attacks, i);
        }
        besideRunaways(release.script("runaway").orElseThrow());
        over = true;
        living.join();
        out.println("over");
    }

    private void live(Script neighbour) {
        while (!over) {
            ScriptBench bench = new ScriptBench(folder).answer(HostileHouse::subscriber);
            if (!(neighbour.run(bench.newRun()) instanceof ScriptOutcome.Returned r)
                    || !"well".equals(r.text())) {
                out.println("the neighbour was hurt");
                System.exit(1);
            }
            dialogs.release();
        }
    }

    /** Somebody who thinks a moment, in which the dialog's thread gives up its carrier. */
    private static PrimitiveResult subscriber() {
        LockSupport.parkNanos(THINKING_NANOS);
        return new PrimitiveResult.Input("0123");
    }

    private void attack(ScriptRelease release, List<HostileScriptTest.Attack> attacks, int first)
            throws InterruptedException {
        dialogs.drainPermits();
        List<Thread> threads = new ArrayList<>();
        for (int i = first; i < Math.min(first + AT_ONCE, attacks.size()); i++) {
            String name = attacks.get(i).name();
            Script script = release.script("attack" + i).orElseThrow();
            ScriptBench bench = new ScriptBench(folder);
            bench.limits = new ScriptLimits(3_000_000, 16 << 20, LONG);
            threads.add(Thread.ofVirtual().start(() -> out.println(end(script, bench, name))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        dialogs.acquire();
    }

    private static String end(Script script, ScriptBench bench, String name) {
        return switch (script.run(bench.newRun())) {
            case ScriptOutcome.Returned r -> "ended: " + name;
            case ScriptOutcome.Failed f ->
                    (f.fault().kind() == ScriptFault.Kind.INTERNAL ? "FAULT: " : "ended: ") + name;
        };
    }

    /** Scripts that nothing ends but a word from outside hold up nobody. */
    private void besideRunaways(Script runaway) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(RUNAWAYS);
        List<ScriptBench> benches = new ArrayList<>();
        for (int i = 0; i < RUNAWAYS; i++) {
            ScriptBench bench = new ScriptBench(folder);
            bench.limits = new ScriptLimits(Long.MAX_VALUE, Long.MAX_VALUE, LONG);
            benches.add(bench);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                runaway.run(bench.newRun());
                                ended.countDown();
                            });
        }
        dialogs.drainPermits();
        dialogs.acquire(DIALOGS_BESIDE_RUNAWAYS);
        out.println(ended.getCount() + " runaways ran beside the neighbour");
        benches.forEach(bench -> bench.control.stop("enough"));
        out.println(ended.await(5, TimeUnit.MINUTES) ? "runaways ended" : "runaways go on");
    }
}
