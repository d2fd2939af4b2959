package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand reloads while subscribers dial: no dialog is dropped, and nothing stays behind. */
@Tag("long")
class ReloadSoakTest {
    private static final int RELOADS = 1_000;
    private static final int WARM = 100;
    private static final int HANDSETS = 4;

    /** Threads and classes that come up late, whatever is reloaded. */
    private static final int LATE_THREADS = 20;

    private static final int LATE_CLASSES = 200;
    private static final long LATE_OCTETS = 24L << 20;

    @TempDir Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger finished = new AtomicInteger();

    /** What one moment of the JVM comes to. */
    private record Footprint(int threads, long classes, long heap, int counters) {}

    private static String script(int release) {
        return """
               local mine, before = %d, require "early"
               local answer = ussd.menu("Well?")
               local later = require "late"
               if before ~= mine or later ~= mine or RELEASE ~= mine then
                 return "mixed " .. mine .. " " .. before .. " " .. later .. " " .. RELEASE
               end
               return "good " .. answer .. " " .. mine
               """
                .formatted(release);
    }

    private static void save(LiveEngine live, int release) {
        live.save("scripts/main.lua", script(release))
                .save("scripts/lib/early.lua", "return " + release)
                .save("scripts/lib/late.lua", "return " + release)
                .save("rules.yaml", rules(release));
    }

    private static String rules(int release) {
        return """
               process:
                 triggers: [{script_key: main}]
                 globals: {RELEASE: %d}
               edr: {max_file_edrs: 100000}
               """
                .formatted(release);
    }

    @Test
    void a_thousand_reloads_under_load_drop_no_dialog_and_leave_nothing_behind() throws Exception {
        try (LiveEngine live = LiveEngine.running(folder, "return 'x'")) {
            Reloading reloading = live.engine.reloading();
            List<WeakReference<Configuration>> replaced = new ArrayList<>();
            reload(live, reloading, 0);
            List<Future<?>> loads = new ArrayList<>();
            Footprint warm;
            try (ExecutorService handsets = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < HANDSETS; i++) {
                    loads.add(handsets.submit(() -> subscriber(live)));
                }
                for (int release = 1; release <= WARM; release++) {
                    reload(live, reloading, release);
                }
                warm = footprint(live);
                for (int release = WARM + 1; release <= RELOADS; release++) {
                    replaced.add(new WeakReference<>(reloading.current()));
                    reload(live, reloading, release);
                }
                over.set(true);
            }
            for (Future<?> load : loads) {
                load.get(); // a dialog that was dropped, or met a mixture, fails here
            }
            assertThat(finished).hasValueGreaterThanOrEqualTo(HANDSETS);
            assertThat(live.counted("reloads.done")).isEqualTo(RELOADS + 1);
            assertThat(live.counted("reloads.rejected")).isZero();
            nothingIsLeftOf(live, replaced, warm);
            // Only now: a dialog is counted after its last text was sent, and before it is closed.
            assertThat(live.counted("dialogs.finished.responded")).isEqualTo(finished.get());
        }
    }

    private static void reload(LiveEngine live, Reloading reloading, int release) {
        save(live, release);
        reloading.prepare().run();
    }

    private void nothingIsLeftOf(
            LiveEngine live, List<WeakReference<Configuration>> replaced, Footprint warm) {
        await().atMost(LiveEngine.PATIENCE)
                .untilAsserted(
                        () -> {
                            assertThat(live.engine.openDialogs()).isZero();
                            assertThat(live.engine.stackDialogs()).isZero();
                            live.log.clear();
                            Footprint now = footprint(live);
                            assertThat(replaced).allMatch(it -> it.refersTo(null));
                            assertThat(now.threads()).isLessThan(warm.threads() + LATE_THREADS);
                            assertThat(now.classes()).isLessThan(warm.classes() + LATE_CLASSES);
                            assertThat(now.heap()).isLessThan(warm.heap() + LATE_OCTETS);
                            assertThat(now.counters()).isLessThanOrEqualTo(warm.counters() + 2);
                        });
    }

    private static Footprint footprint(LiveEngine live) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return new Footprint(
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                runtime.totalMemory() - runtime.freeMemory(),
                live.engine.counters().snapshot().size());
    }

    /** Dials on and on; each dialog must come to its end on one release. */
    private void subscriber(LiveEngine live) {
        while (!over.get()) {
            Handset handset = live.dial("*1#");
            Screen.Menu menu = (Screen.Menu) live.next(handset);
            try {
                handset.answer(menu, "yes");
            } catch (Exception e) {
                throw new AssertionError("the dialog was dropped", e);
            }
            assertThat(live.next(handset))
                    .isInstanceOfSatisfying(
                            Screen.Respond.class,
                            it -> assertThat(it.text()).startsWith("good yes "));
            finished.incrementAndGet();
        }
    }
}
