package io.moondial.edr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

    /**
     * Cuts its files to nothing. To remove them would have a price in the next round: ext4 goes
     * through the inodes of files that were removed within minutes before it makes one.
     */
    static void cut(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
            }
        }
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
