package io.moondial.edr;

import io.moondial.file.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders that EDR files go to. */
public final class EdrFolders {
    private static final Logger LOG = LoggerFactory.getLogger(EdrFolders.class);

    private EdrFolders() {}

    /** All that these settings name, as absolute paths. */
    static Set<Path> of(EdrSettings settings) {
        Set<Path> folders = new TreeSet<>();
        streams(settings).forEach(stream -> folders.add(folder(stream)));
        return folders;
    }

    private static List<EdrSettings.StreamSettings> streams(EdrSettings settings) {
        return Stream.concat(Stream.of(settings.defaults()), settings.streams().values().stream())
                .toList();
    }

    private static Path folder(EdrSettings.StreamSettings stream) {
        return stream.directory().toAbsolutePath().normalize();
    }

    /**
     * Makes those that are missing: an engine whose records have nowhere to go should not start.
     *
     * @throws UncheckedIOException if one cannot be made or written; the message says which, why
     *     and what to do
     */
    public static void make(EdrSettings settings) {
        for (var stream : streams(settings)) {
            Path folder = folder(stream);
            try {
                make(folder, stream.mode());
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

    /**
     * Makes a folder if it is missing, and those above it, so that they have the mode; an existing
     * one stays as it is.
     */
    static void make(Path folder, FileMode mode) throws IOException {
        if (isFolder(folder)) {
            return;
        }
        var above = folder.getParent();
        if (above != null) {
            make(above, mode);
        }
        try {
            tell(folder, mode.make(folder));
        } catch (FileAlreadyExistsException e) {
            if (!isFolder(folder)) {
                throw new FileSystemException(
                        folder.toString(), null, "it is a symbolic link that leads nowhere");
            }
        }
    }

    private static void tell(Path folder, @Nullable IOException modeTrouble) {
        if (modeTrouble != null) {
            LOG.warn(
                    "The EDR folder {} was made, but does not have the mode that it should have: {}",
                    folder,
                    FileTrouble.words(modeTrouble));
        }
    }

    private static boolean isFolder(Path path) throws IOException {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
                throw new NotDirectoryException(path.toString());
            }
            return true;
        } catch (NoSuchFileException missing) {
            return false;
        }
    }
}
