package io.starhash.edr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The folders that EDR files go to. */
public final class EdrFolders {
    private EdrFolders() {}

    /** All that these settings name, as absolute paths. */
    static Set<Path> of(EdrSettings settings) {
        Set<Path> folders = new TreeSet<>();
        Stream.concat(Stream.of(settings.defaults()), settings.streams().values().stream())
                .map(stream -> stream.directory().toAbsolutePath().normalize())
                .forEach(folders::add);
        return folders;
    }

    /**
     * Makes those that are missing: an engine whose records have nowhere to go should not start.
     *
     * @throws UncheckedIOException where one cannot be made or written
     */
    public static void make(EdrSettings settings) {
        for (Path folder : of(settings)) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the EDR folder " + folder + " cannot be made: " + e, e);
            }
            if (!Files.isWritable(folder)) {
                throw new UncheckedIOException(
                        new IOException("the EDR folder " + folder + " cannot be written"));
            }
        }
    }
}
