package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tests that are run together: on as many stages as there are processors, and with the same results
 * on one.
 */
public final class Suite {
    private static final int TESTS_A_STAGE = 25;

    private final Configuration configuration;
    private final Options options;
    private final List<List<DialogTest>> scenes;

    /**
     * How tests are run.
     *
     * @param stages how many are played at the same time, at most
     * @param failFast whether the first that fails is the last that is told of
     */
    public record Options(int stages, boolean failFast) {
        /** On every processor, all of them. */
        public static Options usual() {
            return new Options(Runtime.getRuntime().availableProcessors(), false);
        }
    }

    /**
     * @throws DialogFileException where a test wants something that the rules do not have
     */
    public Suite(Configuration configuration, List<DialogTest> tests, Options options)
            throws DialogFileException {
        this.configuration = configuration;
        this.options = options;
        this.scenes = scenes(tests);
        List<Problem> problems =
                tests.stream()
                        .map(test -> Globals.unknown(configuration.rules(), test))
                        .flatMap(Optional::stream)
                        .distinct()
                        .toList();
        if (!problems.isEmpty()) {
            throw new DialogFileException(problems);
        }
    }

    /** Tests of one dialog are played together. */
    private static List<List<DialogTest>> scenes(List<DialogTest> tests) {
        List<List<DialogTest>> scenes = new ArrayList<>();
        for (DialogTest test : tests) {
            if (!test.sameDialog() || scenes.isEmpty()) {
                scenes.add(new ArrayList<>());
            }
            scenes.getLast().add(test);
        }
        return scenes;
    }

    /**
     * Runs them.
     *
     * @param progress told of each as it ends, from any thread and in no order
     * @return the results in the order of the tests
     */
    public List<TestResult> run(Consumer<TestResult> progress) throws InterruptedException {
        AtomicReferenceArray<@Nullable List<TestResult>> results =
                new AtomicReferenceArray<>(scenes.size());
        AtomicInteger next = new AtomicInteger();
        AtomicInteger last = new AtomicInteger(scenes.size() - 1);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> faults = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (int i = 0; i < stages(); i++) {
            threads.add(
                    Thread.ofPlatform()
                            .name("stage-" + i)
                            .uncaughtExceptionHandler((thread, fault) -> faults.add(fault))
                            .start(() -> work(next, last, results, progress)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException("a stage broke down", faults.getFirst());
        }
        return inOrder(results, last.get());
    }

    private int stages() {
        return Math.max(
                1, Math.min(options.stages(), (scenes.size() + TESTS_A_STAGE - 1) / TESTS_A_STAGE));
    }

    private void work(
            AtomicInteger next,
            AtomicInteger last,
            AtomicReferenceArray<@Nullable List<TestResult>> results,
            Consumer<TestResult> progress) {
        try (Player player = new Player(configuration)) {
            for (int i = next.getAndIncrement(); i <= last.get(); i = next.getAndIncrement()) {
                List<TestResult> played = player.play(scenes.get(i));
                played.forEach(progress);
                results.set(i, played);
                if (options.failFast() && played.stream().anyMatch(it -> !it.status().isGood())) {
                    int scene = i;
                    last.updateAndGet(present -> Math.min(present, scene));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<TestResult> inOrder(
            AtomicReferenceArray<@Nullable List<TestResult>> results, int last) {
        List<TestResult> all = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            List<TestResult> played = results.get(i);
            if (played != null) {
                all.addAll(played);
            }
        }
        return all;
    }
}
