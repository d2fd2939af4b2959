package io.moondial.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The records in the complete files of a folder. */
final class EdrFiles {
    private EdrFiles() {}

    /** How many there are; none where there is no folder. */
    static long count(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        long count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.edr")) {
            for (Path file : files) {
                count += recordsIn(file);
            }
        }
        return count;
    }

    private static long recordsIn(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.startsWith("#")).count();
        }
    }
}
