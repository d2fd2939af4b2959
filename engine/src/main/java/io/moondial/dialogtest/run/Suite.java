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
 * Tests that are run together: on as many networks as there are processors, and with the same
 * results on one.
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
     * @param failFast whether the first that fails is the last that is reported
     */
    public record Options(int stages, boolean failFast) {
        /** On every processor, all of them. */
        public static Options usual() {
            return new Options(Runtime.getRuntime().availableProcessors(), false);
        }
    }

    /**
     * @throws DialogFileException if a test wants something that the rules do not have
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
     * @param progress told about each as it ends, from any thread and in no order
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
                            .name("network-" + i)
                            .uncaughtExceptionHandler((thread, fault) -> faults.add(fault))
                            .start(() -> work(next, last, results, progress)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException("a network broke down", faults.getFirst());
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

    /** Plays scene after scene on a network, and takes a new network if the old one is broken. */
    private static final class Player implements AutoCloseable {
        private final Configuration configuration;
        private @Nullable TestNetwork network;

        Player(Configuration configuration) {
            this.configuration = configuration;
        }

        /** Plays the tests of one dialog. */
        List<TestResult> play(List<DialogTest> scene) throws InterruptedException {
            List<TestResult> results = new ArrayList<>();
            List<DialogTest> played = new ArrayList<>();
            String skipped = null;
            for (DialogTest test : scene) {
                if (test.skip() != null || skipped != null) {
                    skipped = test.skip() != null ? test.skip() : "the test above is skipped";
                    results.add(TestResult.skipped(test, skipped));
                } else {
                    played.add(test);
                }
            }
            results.addAll(0, perform(played));
            return results;
        }

        private List<TestResult> perform(List<DialogTest> tests) throws InterruptedException {
            List<TestResult> results = new ArrayList<>();
            if (tests.isEmpty()) {
                return results;
            }
            TestRun run =
                    new TestRun(
                            network(), tests.getFirst().given(), tests.getFirst().file().folder());
            try {
                for (int i = 0; i < tests.size(); i++) {
                    DialogTest next = i + 1 < tests.size() ? tests.get(i + 1) : null;
                    results.add(run.play(tests.get(i), next));
                }
                run.end();
            } catch (RuntimeException e) {
                String why =
                        e instanceof VirtualTime.NeverAtRestException
                                ? e.getMessage()
                                : "internal fault: " + e;
                for (DialogTest test : tests.subList(results.size(), tests.size())) {
                    results.add(TestResult.broken(test, run.conversation(), String.valueOf(why)));
                }
                run.kill();
                close();
            }
            return results;
        }

        private TestNetwork network() {
            TestNetwork present = network;
            if (present == null) {
                present = new TestNetwork(configuration);
                network = present;
            }
            return present;
        }

        @Override
        public void close() {
            if (network != null) {
                network.close();
                network = null;
            }
        }
    }
}
