package io.moondial.script;

import io.moondial.dialog.PrimitiveResult;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * The heap that a script takes while it waits in a menu: many are parked at once, each on its
 * virtual thread, and the live heap is divided by their number. Not by JMH: the figure is octets.
 */
public final class ParkedScripts {
    /**
     * So often as many as are measured are parked before: by then all that they run is compiled.
     */
    private static final int WARM_UPS = 10;

    private static final int DIALOGS = 100_000;
    private static final String MENU =
            """
            local request = ...
            local items = {"Balance", "Airtime", "Bundles"}

            local function pick(title)
              local lines = {title}
              for i, item in ipairs(items) do lines[#lines + 1] = i .. ". " .. item end
              return ussd.menu(table.concat(lines, "\\n"))
            end

            local choice = pick("Welcome " .. request.msisdn:sub(-4))
            return "You chose " .. tostring(choice)
            """;

    private final Script script;
    private final CountDownLatch parked;
    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private ParkedScripts(Script script, int count) {
        this.script = script;
        this.parked = new CountDownLatch(count);
    }

    /** Parks so many scripts as the argument says, 100,000 without one. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        PrintStream out = System.out;
        int count = arguments.length == 0 ? DIALOGS : Integer.parseInt(arguments[0]);
        Script script = BenchDialog.compile(MENU);
        for (int i = 0; i < WARM_UPS; i++) {
            new ParkedScripts(script, count).park();
        }
        long before = liveHeap();
        ParkedScripts scripts = new ParkedScripts(script, count);
        long start = System.nanoTime();
        scripts.start(count);
        long nanos = System.nanoTime() - start;
        long each = (liveHeap() - before) / count;
        out.printf(
                Locale.ROOT,
                "%d scripts parked: %d octets of live heap each (%.2f KiB), %.1f us each to start%n",
                count,
                each,
                each / 1024.0,
                nanos / 1e3 / count);
        scripts.end();
    }

    private void park() throws InterruptedException {
        start((int) parked.getCount());
        end();
    }

    private void start(int count) throws InterruptedException {
        BenchDialog dialog = new BenchDialog(this::await);
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofVirtual().start(() -> script.run(dialog.newRun())));
        }
        parked.await();
    }

    private PrimitiveResult await() {
        parked.countDown();
        try {
            answer.await();
            return new PrimitiveResult.Input("1");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end() throws InterruptedException {
        answer.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Used heap after collections that find no more to collect. */
    private static long liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
