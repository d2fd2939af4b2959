package io.moondial;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogObserver;
import io.moondial.metrics.Exposition;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long {@code /metrics} takes to make with a thousand triggers, each with a script of its own
 * that has had a dialog with a menu: by the clock, and by the processor time of the thread that
 * makes it, which a busy machine changes little.
 */
public final class ScrapeTimes {
    private static final int SCRIPTS = 1_000;
    private static final int WARM_UP = 200;
    private static final int SCRAPES = 101;
    private static final double MILLIS = 1e6;

    private ScrapeTimes() {}

    /** Prints the figures. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("scrape");
        Files.createDirectories(folder.resolve("scripts"));
        StringBuilder rules = new StringBuilder("process:\n  triggers:\n");
        for (int i = 0; i < SCRIPTS; i++) {
            Files.writeString(
                    folder.resolve("scripts/script_%04d.lua".formatted(i)),
                    "ussd.menu('1. On')\nreturn 'Bye'\n");
            rules.append(
                    "    - {ussd_string: \"*%d#\", script_key: script_%04d}\n".formatted(i, i));
        }
        Files.writeString(folder.resolve("rules.yaml"), rules);
        Configuration configuration = Configuration.read(folder.resolve("rules.yaml"));
        try (Engine engine = new Engine(configuration, DialogObserver.NOBODY)) {
            engine.start();
            for (int i = 0; i < SCRIPTS; i++) {
                talk(engine, "*" + i + "#");
            }
            measure(engine.metrics());
        }
    }

    private static void talk(Engine engine, String code) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset handset =
                Handset.begin(
                        engine.handsets(),
                        new FarSide.Call(
                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                UssdString.encode(code, Dcs.UNSPECIFIED),
                                Address.international("27761485722"),
                                null,
                                null,
                                6),
                        screens::add);
        if (screens.poll(60, TimeUnit.SECONDS) instanceof Screen.Menu menu) {
            handset.answer(menu, "1");
        }
        if (!(screens.poll(60, TimeUnit.SECONDS) instanceof Screen.Respond)) {
            throw new IllegalStateException("no text came for " + code);
        }
    }

    private static void measure(Exposition metrics) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            metrics.read(null);
        }
        long[] wall = new long[SCRAPES];
        long[] cpu = new long[SCRAPES];
        int octets = 0;
        for (int i = 0; i < SCRAPES; i++) {
            long began = System.nanoTime();
            long used = threads.getCurrentThreadCpuTime();
            octets = metrics.read(null).octets().length;
            cpu[i] = threads.getCurrentThreadCpuTime() - used;
            wall[i] = System.nanoTime() - began;
        }
        System.out.printf(
                "%d scripts, %d octets: by the clock median %.1f ms, p99 %.1f ms; processor time median %.1f ms, p99 %.1f ms%n",
                SCRIPTS, octets, at(wall, 0.5), at(wall, 0.99), at(cpu, 0.5), at(cpu, 0.99));
    }

    private static double at(long[] times, double part) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[(int) (part * (sorted.length - 1))] / MILLIS;
    }
}
