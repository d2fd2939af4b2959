package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
     * @param pace asked on each stage after the tests of one dialog
     */
    public record Options(int stages, boolean failFast, Pace pace) {
        /** As fast as can be. */
        public Options(int stages, boolean failFast) {
            this(stages, failFast, took -> true);
        }

        /** On every processor, all of them. */
        public static Options usual() {
            return new Options(Runtime.getRuntime().availableProcessors(), false);
        }
    }

    /** How hurried tests are. */
    @FunctionalInterface
    public interface Pace {
        /**
         * Tests have been played; this may wait before the next ones are.
         *
         * @param took how long they took
         * @return false: no more are played, and those that were not have no result
         */
        boolean goOn(Duration took) throws InterruptedException;
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
    static List<List<DialogTest>> scenes(List<DialogTest> tests) {
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
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            last.set(-1); // nobody wants more
            threads.forEach(Thread::interrupt);
            throw e;
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
                long began = System.nanoTime();
                List<TestResult> played = player.play(scenes.get(i));
                played.forEach(progress);
                results.set(i, played);
                if (options.failFast() && played.stream().anyMatch(it -> !it.status().isGood())) {
                    int scene = i;
                    last.updateAndGet(present -> Math.min(present, scene));
                }
                if (!options.pace().goOn(Duration.ofNanos(System.nanoTime() - began))) {
                    return;
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

    /** Which tests are meant: those that have every one of some words. */
    public static final class Filter {
        private static final String TAG = "tag:";
        private static final String NOT = "!";

        private final List<String> words;

        /**
         * @param words parted by blanks: each must occur in the test's file name, its name or its
         *     tags; {@code tag:NAME} must be one of its tags; {@code !} before a word turns it
         *     around
         */
        public Filter(String words) {
            this.words = List.of(words.strip().split("\\s+", -1));
        }

        /** The tests that are meant, and with them those whose dialog they go on with. */
        public List<DialogTest> of(List<DialogTest> tests) {
            List<DialogTest> meant = new ArrayList<>();
            List<DialogTest> leading = new ArrayList<>();
            for (DialogTest test : tests) {
                if (!test.sameDialog()) {
                    leading.clear();
                }
                leading.add(test);
                if (takes(test)) {
                    meant.addAll(leading);
                    leading.clear();
                }
            }
            return meant;
        }

        private boolean takes(DialogTest test) {
            return words.stream().allMatch(word -> takes(test, word));
        }

        private static boolean takes(DialogTest test, String word) {
            if (word.startsWith(NOT)) {
                return !takes(test, word.substring(1));
            }
            if (word.startsWith(TAG)) {
                return test.tags().contains(word.substring(TAG.length()));
            }
            String all =
                    test.file().name() + '\n' + test.name() + '\n' + String.join("\n", test.tags());
            return all.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT));
        }
    }

    /** Files of scripted tests, found and read together. */
    public static final class DialogFiles {
        /** What their names end with. */
        public static final String SUFFIX = ".dialog";

        private static final String RULES = "rules.yaml";
        private static final int MAX_DEPTH = 32;

        private DialogFiles() {}

        /**
         * The files named, and those in the folders named, each once and in the order of their
         * names. A folder within one of these that has a rules file of its own is left out: its
         * tests are of those rules.
         *
         * @throws DialogFileException if one cannot be read
         */
        public static List<DialogFile> find(Collection<Path> paths) throws DialogFileException {
            List<Problem> problems = new ArrayList<>();
            TreeSet<Path> found = new TreeSet<>();
            for (Path path : paths) {
                if (Files.isDirectory(path)) {
                    walk(path, found, problems);
                } else if (Files.exists(path)) {
                    found.add(path);
                } else {
                    problems.add(new Problem(path, 0, 0, "there is no such file or folder"));
                }
            }
            List<DialogFile> files = new ArrayList<>();
            for (Path path : found) {
                try {
                    files.add(DialogFile.read(path));
                } catch (DialogFileException e) {
                    problems.addAll(e.problems());
                }
            }
            return checked(files, problems);
        }

        private static void walk(Path folder, Set<Path> found, List<Problem> problems) {
            try {
                Files.walkFileTree(
                        folder,
                        EnumSet.noneOf(FileVisitOption.class),
                        MAX_DEPTH,
                        new SimpleFileVisitor<>() {
                            @Override
                            public FileVisitResult preVisitDirectory(
                                    Path inside, BasicFileAttributes attributes) {
                                return inside.equals(folder)
                                                || Files.notExists(inside.resolve(RULES))
                                        ? FileVisitResult.CONTINUE
                                        : FileVisitResult.SKIP_SUBTREE;
                            }

                            @Override
                            public FileVisitResult visitFile(
                                    Path file, BasicFileAttributes attributes) {
                                if (file.toString().endsWith(SUFFIX) && Files.isRegularFile(file)) {
                                    found.add(file);
                                }
                                return FileVisitResult.CONTINUE;
                            }
                        });
            } catch (IOException e) {
                problems.add(unreadable(folder, FileTrouble.words(e)));
            }
        }

        private static Problem unreadable(Path folder, String why) {
            return new Problem(folder, 0, 0, "the folder cannot be read: " + why);
        }

        /**
         * All their tests, file by file.
         *
         * @throws DialogFileException with the problems of all files
         */
        public static List<DialogTest> tests(List<DialogFile> files) throws DialogFileException {
            List<Problem> problems = new ArrayList<>();
            List<DialogTest> tests = new ArrayList<>();
            for (DialogFile file : files) {
                try {
                    tests.addAll(file.tests());
                } catch (DialogFileException e) {
                    problems.addAll(e.problems());
                }
            }
            return checked(tests, problems);
        }

        private static <T> List<T> checked(List<T> result, List<Problem> problems)
                throws DialogFileException {
            if (!problems.isEmpty()) {
                throw new DialogFileException(problems);
            }
            return result;
        }
    }
}
