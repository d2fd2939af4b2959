package io.moondial.dialogtest.run;

import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Files of scripted tests, found and read together. */
public final class DialogFiles {
    /** What their names end with. */
    public static final String SUFFIX = ".dialog";

    private static final int MAX_DEPTH = 32;

    private DialogFiles() {}

    /**
     * The files named, and those in the folders named, each once and in the order of their names.
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
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            files.filter(it -> it.toString().endsWith(SUFFIX))
                    .filter(Files::isRegularFile)
                    .forEach(found::add);
        } catch (IOException e) {
            problems.add(unreadable(folder, FileTrouble.words(e)));
        } catch (UncheckedIOException e) {
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
