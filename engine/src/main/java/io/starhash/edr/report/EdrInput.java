package io.starhash.edr.report;

import io.starhash.edr.EdrFileReader;
import io.starhash.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The EDR files that somebody named: files, folders of them, the standard input.
 *
 * @param named what was named; a folder stands for the files in it, complete and in progress, in
 *     the order of their names, which is that of their times within a stream
 * @param standardInput what {@link #STANDARD_INPUT} stands for
 */
public record EdrInput(List<Path> named, InputStream standardInput) {
    /** The name of the standard input. */
    public static final Path STANDARD_INPUT = Path.of("-");

    private static final String COMPLETE = ".edr";
    private static final String PART = ".part";

    public EdrInput {
        named = List.copyOf(named);
    }

    /** What was named, and is not there. */
    public List<Path> missing() {
        return named.stream()
                .filter(path -> !isStandardInput(path) && !Files.exists(path))
                .toList();
    }

    /** Whether all of it is in files, and so can be read again. */
    public boolean isFiles() {
        return named.stream().noneMatch(EdrInput::isStandardInput);
    }

    /** Reads everything to its end. */
    public void read(RecordSink sink) throws IOException {
        for (Path file : files()) {
            try (EdrFileReader reader = open(file)) {
                Lines.hand(reader, sink);
                Problem torn = isPart(file) ? null : reader.atEnd();
                if (torn != null) {
                    sink.unreadable(torn);
                }
            } catch (IOException e) {
                sink.unreadable(unreadable(file, e));
            }
        }
    }

    /** The files, with the folders replaced by what is in them now. */
    List<Path> files() throws IOException {
        var files = new ArrayList<Path>();
        for (Path path : named) {
            if (!isStandardInput(path) && Files.isDirectory(path)) {
                files.addAll(filesIn(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    /** Opens a file under this name, or under the other that it has before or after completion. */
    EdrFileReader open(Path file) throws IOException {
        if (isStandardInput(file)) {
            return EdrFileReader.of(file, standardInput);
        }
        try {
            return EdrFileReader.open(file);
        } catch (NoSuchFileException renamed) {
            return EdrFileReader.open(isPart(file) ? complete(file) : part(file));
        }
    }

    /** What is told of a file that cannot be read. */
    static Problem unreadable(Path file, IOException why) {
        return new Problem(
                file,
                0,
                0,
                "the file cannot be read: %s: %s"
                        .formatted(why.getClass().getSimpleName(), why.getMessage()));
    }

    /** Whether a file's name is that of one in progress. */
    static boolean isPart(Path file) {
        return file.toString().endsWith(PART);
    }

    /** The name that a file has once it is complete. */
    static Path complete(Path file) {
        String name = file.getFileName().toString();
        return isPart(file)
                ? file.resolveSibling(name.substring(0, name.length() - PART.length()))
                : file;
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + PART);
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.filter(path -> complete(path).toString().endsWith(COMPLETE))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isStandardInput(Path path) {
        return path.equals(STANDARD_INPUT);
    }
}
