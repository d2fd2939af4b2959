package io.moondial.edr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a test finds in a folder of EDR files. */
final class EdrFiles {
    private EdrFiles() {}

    /** The names that end so, in their order; none where there is no folder. */
    static List<Path> named(Path folder, String end) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var paths = Files.list(folder)) {
            return paths.filter(path -> path.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> complete(Path folder) {
        return named(folder, ".edr");
    }

    static List<Path> inProgress(Path folder) {
        return named(folder, ".edr.part");
    }

    static List<EdrLine> lines(Path file) {
        var lines = new ArrayList<EdrLine>();
        try (var reader = EdrFileReader.open(file)) {
            for (EdrFileReader.Entry entry; (entry = reader.next()) != null; ) {
                lines.add(entry.line());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** The TEXT of every record in a file. */
    static List<String> texts(Path file) {
        return lines(file).stream()
                .filter(EdrLine.Event.class::isInstance)
                .map(line -> Objects.requireNonNull(((EdrLine.Event) line).edr().text("TEXT")))
                .toList();
    }

    /** The TEXT of every record in all files that end so, in the order of the names. */
    static List<String> texts(Path folder, String end) {
        return named(folder, end).stream().flatMap(file -> texts(file).stream()).toList();
    }

    static EdrLine.Footer footer(Path file) {
        return (EdrLine.Footer) lines(file).getLast();
    }

    static EdrLine.Header header(Path file) {
        return (EdrLine.Header) lines(file).getFirst();
    }
}
