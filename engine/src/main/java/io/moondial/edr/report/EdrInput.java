package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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

    private static final String PART = ".part";

    public EdrInput {
        named = List.copyOf(named);
    }

    /** What was named, and is not there under either name that a file has in its time. */
    public List<Path> missing() {
        return named.stream()
                .filter(path -> !isStandardInput(path))
                .filter(path -> !Files.exists(path) && !Files.exists(otherName(path)))
                .toList();
    }

    /** What is told of each folder that was named and has no EDR file. */
    public List<Problem> emptyFolders() {
        return named.stream()
                .filter(EdrInput::isFolder)
                .flatMap(folder -> emptiness(folder).stream())
                .toList();
    }

    /** Whether all of it is in files, and so can be read again. */
    public boolean isFiles() {
        return named.stream().noneMatch(EdrInput::isStandardInput);
    }

    /** Reads everything to its end. */
    public void read(RecordSink sink) {
        for (EdrFile file : files(sink::unreadable)) {
            try (EdrFileReader reader = open(file.path())) {
                new Lines(reader, sink).handAll(isPart(reader.path()));
            } catch (IOException e) {
                sink.unreadable(unreadable("file", file.path(), e));
            }
        }
    }

    /**
     * The files, each once whatever names it was given, with the folders replaced by what is in
     * them now.
     *
     * @param problems takes what is told of a folder that cannot be read
     */
    List<EdrFile> files(Consumer<Problem> problems) {
        var files = new LinkedHashMap<Object, EdrFile>();
        for (Path path : named) {
            for (Path name : namesAt(path, problems)) {
                EdrFile file = EdrFile.of(name);
                files.putIfAbsent(file.key(), file);
            }
        }
        return List.copyOf(files.values());
    }

    private static Optional<Problem> emptiness(Path folder) {
        try {
            return EdrFolder.emptiness(folder);
        } catch (IOException e) {
            // It is told where the files are asked for.
            return Optional.empty();
        }
    }

    private static List<Path> namesAt(Path path, Consumer<Problem> problems) {
        try {
            return isFolder(path) ? EdrFolder.files(path) : List.of(path);
        } catch (IOException e) {
            problems.accept(unreadable("folder", path, e));
            return List.of();
        }
    }

    /** Opens a file under this name, or under the other that it has before or after completion. */
    EdrFileReader open(Path file) throws IOException {
        if (isStandardInput(file)) {
            return EdrFileReader.of(file, standardInput);
        }
        try {
            return EdrFileReader.open(file);
        } catch (NoSuchFileException renamed) {
            return EdrFileReader.open(otherName(file));
        }
    }

    /** What is told of a file or a folder that cannot be read. */
    static Problem unreadable(String what, Path file, IOException why) {
        return new Problem(
                file, 0, 0, "the %s cannot be read: %s".formatted(what, FileTrouble.words(why)));
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

    /** The name that a file has before its completion, where this is that after it; or after. */
    static Path otherName(Path file) {
        return isPart(file) ? complete(file) : file.resolveSibling(file.getFileName() + PART);
    }

    static boolean isStandardInput(Path path) {
        return path.equals(STANDARD_INPUT);
    }

    private static boolean isFolder(Path path) {
        return !isStandardInput(path) && Files.isDirectory(path);
    }
}
