package io.moondial.edr.report;

import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A folder that stands for the EDR files in it. */
final class EdrFolder {
    private static final String COMPLETE = ".edr";
    private static final String PACKED = ".edr.gz";

    private EdrFolder() {}

    /** The files in a folder, complete and in progress, in the order of their names. */
    static List<Path> files(Path folder) throws IOException {
        return all(folder).stream().filter(EdrFolder::isEdrFile).toList();
    }

    /** What is told of a folder that has no EDR file, and what to do. */
    static Optional<Problem> emptiness(Path folder) throws IOException {
        List<Path> all = all(folder);
        return all.stream().anyMatch(EdrFolder::isEdrFile)
                ? Optional.empty()
                : Optional.of(
                        new Problem(
                                folder,
                                0,
                                0,
                                "no EDR file (*.edr, *.edr.part) in it; " + advice(all)));
    }

    private static String advice(List<Path> all) throws IOException {
        for (Path path : all) {
            if (Files.isDirectory(path) && Files.isReadable(path) && !files(path).isEmpty()) {
                return "the folders in it are not looked into: name them, such as " + path;
            }
        }
        return all.stream().anyMatch(path -> path.toString().endsWith(PACKED))
                ? "compressed files (*.edr.gz) are not read: unpack them first, with gunzip"
                : "name the files, or the folder that has them";
    }

    private static boolean isEdrFile(Path path) {
        return EdrInput.complete(path).toString().endsWith(COMPLETE);
    }

    private static List<Path> all(Path folder) throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
