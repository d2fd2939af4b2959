package io.starhash.edr;

import io.starhash.file.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
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
     * @throws UncheckedIOException where one cannot be made or written; the message says which, why
     *     and what to do
     */
    public static void make(EdrSettings settings) {
        for (Path folder : of(settings)) {
            try {
                make(folder);
                if (!Files.isWritable(folder)) {
                    throw new AccessDeniedException(folder.toString());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the EDR folder %s cannot be used: %s; give one that the user %s may write to, with edr: {directory: FOLDER}, or make it so"
                                .formatted(folder, FileTrouble.words(e), FileTrouble.user()),
                        e);
            }
        }
    }

    /** Makes a folder where it is missing. */
    static void make(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new NotDirectoryException(folder.toString());
        }
    }
}
