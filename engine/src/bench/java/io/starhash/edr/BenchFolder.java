package io.starhash.edr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that is gone after the measurement. */
final class BenchFolder {
    private BenchFolder() {}

    static Path make() {
        try {
            return Files.createTempDirectory("edr-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many octets are in its files. */
    static long octets(Path folder) throws IOException {
        long octets = 0;
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                octets += Files.size(file);
            }
        }
        return octets;
    }

    static void delete(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
