package io.moondial.cli;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.file.FileTrouble;
import io.moondial.problem.ProblemPrinter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code ussd test --watch}: tests that are run again whenever a file is saved that they depend on.
 */
final class TestWatch {
    private static final Duration INTERVAL = Duration.ofMillis(300);
    private static final int MAX_DEPTH = 32;

    private final TestRun run;
    private final PrintWriter err;

    /** How each test came out last, by its file and name. */
    private final Map<String, TestResult> last = new HashMap<>();

    private List<Path> places = List.of();

    /** What tells whether a file was saved. */
    private record Saved(long modified, long size) {}

    TestWatch(TestRun run, PrintWriter err) {
        this.run = run;
        this.err = err;
    }

    /** Ends only by an interrupt. */
    int untilInterrupted() throws InterruptedException, NotStartedException {
        Map<Path, Saved> seen = look();
        runTouched(Set.of());
        while (!Thread.currentThread().isInterrupted()) {
            seen = seen.isEmpty() ? look() : seen;
            Map<Path, Saved> now = stable(seen);
            Set<Path> touched = changed(seen, now);
            seen = now;
            runTouched(touched);
        }
        return ExitCode.GOOD;
    }

    /** Waits for a change, and until it is over: an editor may save in several strokes. */
    private Map<Path, Saved> stable(Map<Path, Saved> seen) throws InterruptedException {
        Map<Path, Saved> before = seen;
        while (true) {
            Thread.sleep(INTERVAL);
            Map<Path, Saved> now = look();
            if (now.equals(before) && !now.equals(seen)) {
                return now;
            }
            before = now;
        }
    }

    private Map<Path, Saved> look() {
        Map<Path, Saved> files = new TreeMap<>();
        for (Path place : places) {
            try (Stream<Path> all = Files.walk(place, MAX_DEPTH)) {
                all.filter(TestWatch::isSource).forEach(file -> add(files, file));
            } catch (IOException e) {
                unreadable(place, FileTrouble.words(e));
            } catch (UncheckedIOException e) {
                unreadable(place, FileTrouble.words(e));
            }
        }
        return files;
    }

    private void unreadable(Path place, String why) {
        err.println("ussd: " + place + " cannot be read: " + why);
    }

    private static boolean isSource(Path file) {
        String name = file.toString();
        return name.endsWith(".lua") || name.endsWith(".dialog") || name.endsWith(".yaml");
    }

    private static void add(Map<Path, Saved> files, Path file) {
        try {
            BasicFileAttributes it = Files.readAttributes(file, BasicFileAttributes.class);
            files.put(file, new Saved(it.lastModifiedTime().toMillis(), it.size()));
        } catch (IOException e) {
            files.remove(file); // gone meanwhile: that is a change too
        }
    }

    private static Set<Path> changed(Map<Path, Saved> before, Map<Path, Saved> now) {
        Set<Path> changed = new HashSet<>();
        now.forEach(
                (file, saved) -> {
                    if (!saved.equals(before.get(file))) {
                        changed.add(file);
                    }
                });
        before.keySet().stream().filter(file -> !now.containsKey(file)).forEach(changed::add);
        return changed;
    }

    /** None touched: all are run. */
    private void runTouched(Set<Path> touched) throws InterruptedException, NotStartedException {
        try {
            Configuration configuration = run.configuration();
            List<Path> watched = new ArrayList<>(run.places(configuration));
            watched.addAll(configuration.scriptFolders());
            watched.add(configuration.rules().file());
            places = watched.stream().distinct().toList();
            List<DialogTest> tests =
                    TestRun.only(
                            run.tests(configuration),
                            test -> touched.isEmpty() || touches(touched, test));
            if (tests.isEmpty()) {
                err.println("ussd: no test depends on what was saved");
                return;
            }
            List<TestResult> results = run.run(configuration, tests);
            results.forEach(result -> last.put(key(result.test()), result));
            run.report(results);
        } catch (ConfigurationException e) {
            err.print(ProblemPrinter.print(e.problems()));
        } catch (DialogFileException e) {
            err.print(ProblemPrinter.print(e.problems()));
        }
        err.println("ussd: waiting for a file to be saved; an interrupt ends it");
    }

    private static String key(DialogTest test) {
        return test.file().name() + '\n' + test.name();
    }

    /**
     * A test depends on its file, on the scripts that it ran and on the rules; modules of scripts
     * and what failed or was never run may depend on anything.
     */
    private boolean touches(Set<Path> touched, DialogTest test) {
        TestResult before = last.get(key(test));
        return before == null
                || before.status() == TestResult.Status.FAILED
                || before.status() == TestResult.Status.BROKEN
                || touched.stream().anyMatch(file -> touches(file, test, before));
    }

    private boolean touches(Path file, DialogTest test, TestResult before) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".dialog")) {
            return file.equals(test.file().path());
        }
        if (!name.endsWith(".lua")) {
            return true;
        }
        String key = name.substring(0, name.length() - ".lua".length());
        boolean anybodysScript =
                last.values().stream().anyMatch(result -> result.scripts().contains(key));
        return !anybodysScript || before.scripts().contains(key);
    }
}
