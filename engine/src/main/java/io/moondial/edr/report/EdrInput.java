package io.moondial.edr.report;

import io.moondial.edr.Edr;
import io.moondial.edr.EdrFileReader;
import io.moondial.edr.EdrFileReader.Entry;
import io.moondial.edr.EdrLine;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The EDR files that somebody named: files, folders of them, the standard input.
 *
 * @param named what was named; a folder means the files in it, complete and in progress, in the
 *     order of their names, which is that of their times within a stream
 * @param standardInput what {@link #STANDARD_INPUT} means
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

    /** The message for each folder that was named and has no EDR file. */
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
     * @param problems takes the message for a folder that cannot be read
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
            // It is reported when the files are asked for.
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

    /** The message for a file or a folder that cannot be read. */
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

    /**
     * The name of a file before its completion, if this is the name after it; or the other way
     * round.
     */
    static Path otherName(Path file) {
        return isPart(file) ? complete(file) : file.resolveSibling(file.getFileName() + PART);
    }

    static boolean isStandardInput(Path path) {
        return path.equals(STANDARD_INPUT);
    }

    private static boolean isFolder(Path path) {
        return !isStandardInput(path) && Files.isDirectory(path);
    }

    /** A folder that means the EDR files in it. */
    private static final class EdrFolder {
        private static final String COMPLETE = ".edr";
        private static final String PACKED = ".edr.gz";

        private EdrFolder() {}

        /** The files in a folder, complete and in progress, in the order of their names. */
        static List<Path> files(Path folder) throws IOException {
            return all(folder).stream().filter(EdrFolder::isEdrFile).toList();
        }

        /** The message for a folder that has no EDR file, and what to do. */
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

    /**
     * A file, and what the system knows it by.
     *
     * @param path a name that it has, or had a moment ago
     * @param key equal for two names of one file; a new file can get the key of a deleted one
     * @param created distinguishes these two; if the system does not keep it, the time of the last
     *     change
     */
    record EdrFile(Path path, Object key, FileTime created) {
        private static final FileTime UNKNOWN = FileTime.fromMillis(0);

        /** The file of this name, or of the other that it has before or after completion. */
        static EdrFile of(Path path) {
            if (EdrInput.isStandardInput(path)) {
                return new EdrFile(path, path, UNKNOWN);
            }
            BasicFileAttributes found = attributes(path);
            if (found == null) {
                found = attributes(EdrInput.otherName(path));
            }
            Object key = found == null ? null : found.fileKey();
            return new EdrFile(
                    path,
                    key == null ? EdrInput.complete(path).toAbsolutePath().normalize() : key,
                    found == null ? UNKNOWN : found.creationTime());
        }

        /** Whether there was a file when it was looked for. */
        boolean isFound() {
            return !created.equals(UNKNOWN);
        }

        /** Whether it still has one of its names, as far as is known. */
        boolean isThere() {
            return hasName(path) || hasName(EdrInput.otherName(path));
        }

        private boolean hasName(Path name) {
            try {
                return key.equals(Files.readAttributes(name, BasicFileAttributes.class).fileKey());
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        /** Null if there are none; whoever opens the file is told why. */
        private static @Nullable BasicFileAttributes attributes(Path path) {
            try {
                return Files.readAttributes(path, BasicFileAttributes.class);
            } catch (IOException e) {
                return null;
            }
        }
    }

    /**
     * The lines of a file, handed on as what they are. A file that begins with many lines that
     * cannot be in an EDR file is most likely another kind of file: one problem is reported for all
     * of them.
     */
    static final class Lines {
        /** This many unreadable lines at the beginning of a file are still reported one by one. */
        private static final int MAX_STRANGE = 10;

        private final EdrFileReader reader;
        private final RecordSink sink;
        private final List<Problem> strange = new ArrayList<>();
        private long passedOver;
        private boolean recognised;

        /** Those of a file from its beginning. */
        Lines(EdrFileReader reader, RecordSink sink) {
            this.reader = reader;
            this.sink = sink;
        }

        /** Hands on everything to the end of the file, and what is wrong there. */
        void handAll(boolean mayEndWithinALine) throws IOException {
            for (Entry entry; (entry = reader.next()) != null; ) {
                if (entry.line() instanceof EdrLine.Unreadable && !recognised) {
                    putOff(entry);
                } else {
                    recognise(entry);
                    hand(entry, sink);
                }
            }
            Problem torn = mayEndWithinALine ? null : reader.atEnd();
            if (recognised || strange.size() < 2) {
                strange.forEach(sink::unreadable);
                if (torn != null) {
                    sink.unreadable(torn);
                }
            } else if (passedOver == 0) {
                sink.unreadable(noEdrFile("%d lines".formatted(strange.size())));
            }
        }

        private void putOff(Entry entry) {
            if (strange.size() < MAX_STRANGE) {
                strange.addAll(entry.problems());
            } else if (passedOver++ == 0) {
                sink.unreadable(noEdrFile("first %d lines".formatted(MAX_STRANGE)));
            }
        }

        private void recognise(Entry entry) {
            if (!recognised) {
                recognised = true;
                if (passedOver == 0) {
                    strange.forEach(sink::unreadable);
                } else {
                    sink.unreadable(
                            new Problem(
                                    entry.path(),
                                    entry.number(),
                                    0,
                                    "the first line that can be read; all before it are left out"));
                }
                strange.clear();
            }
        }

        private Problem noEdrFile(String which) {
            Problem first = strange.getFirst();
            return new Problem(
                    first.file(),
                    first.line(),
                    first.column(),
                    "this is no EDR file: none of its %s is a header, a record or a footer; of this one: %s"
                            .formatted(which, first.message()));
        }

        /**
         * Hands on the lines that are there and were not read yet, one by one.
         *
         * @return whether the footer was among them
         */
        static boolean hand(EdrFileReader reader, RecordSink sink) throws IOException {
            boolean footer = false;
            for (Entry entry; (entry = reader.next()) != null; ) {
                footer |= hand(entry, sink);
            }
            return footer;
        }

        private static boolean hand(Entry entry, RecordSink sink) {
            switch (entry.line()) {
                case EdrLine.Event event ->
                        sink.record(
                                new RecordSink.PlacedRecord(
                                        entry.path(), entry.number(), event.edr()));
                case EdrLine.Unreadable _ -> entry.problems().forEach(sink::unreadable);
                case EdrLine.Header _, EdrLine.Footer _ -> {}
            }
            return entry.line() instanceof EdrLine.Footer;
        }

        /** Passes over lines that an earlier reading has handed on. */
        static void skip(EdrFileReader reader, int count) throws IOException {
            int left = count;
            while (left > 0 && reader.next() != null) {
                left--;
            }
        }
    }

    /** Takes what is found in files, in the order in which it is there. */
    public interface RecordSink {
        /** The sink that two others make together. */
        static RecordSink of(Consumer<PlacedRecord> records, Consumer<Problem> problems) {
            return new RecordSink() {
                @Override
                public void record(PlacedRecord found) {
                    records.accept(found);
                }

                @Override
                public void unreadable(Problem problem) {
                    problems.accept(problem);
                }
            };
        }

        /** A record that could be read, though its line may depart from the grammar. */
        void record(PlacedRecord found);

        /** A line, or a whole file, that could not be read. */
        void unreadable(Problem problem);

        /**
         * A record, and where it is.
         *
         * @param file as it was named when it was opened
         * @param line from 1
         */
        record PlacedRecord(Path file, int line, Edr edr) {}
    }
}
