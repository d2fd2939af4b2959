package io.moondial.edr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What the system tells of the files that this process has open, whatever became of their names.
 */
final class OpenFiles {
    /** Linux: a link for each open file, which leads to it even when it has no name. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** In the place of a number of names. */
    static final int UNKNOWN = -1;

    private OpenFiles() {}

    /**
     * How many names an open file has: 0 where it was deleted, {@link #UNKNOWN} where the system
     * does not tell.
     *
     * @param identity the file's key, as {@link BasicFileAttributes#fileKey} gives it
     */
    static int links(@Nullable Object identity) throws IOException {
        var descriptor = descriptor(identity);
        return descriptor == null
                ? UNKNOWN
                : (Integer) Files.getAttribute(descriptor, "unix:nlink");
    }

    /**
     * Where an open file is now; null where the system does not tell. In another root than ours, as
     * of a container, it may be a path that leads elsewhere.
     *
     * @param identity the file's key, as {@link BasicFileAttributes#fileKey} gives it
     */
    static @Nullable String path(@Nullable Object identity) throws IOException {
        var descriptor = descriptor(identity);
        return descriptor == null ? null : Files.readSymbolicLink(descriptor).toString();
    }

    private static @Nullable Path descriptor(@Nullable Object identity) throws IOException {
        if (identity == null || !Files.isDirectory(DESCRIPTORS)) {
            return null;
        }
        try (var descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (var descriptor : descriptors) {
                if (identity.equals(key(descriptor))) {
                    return descriptor;
                }
            }
        }
        return null;
    }

    private static @Nullable Object key(Path descriptor) throws IOException {
        try {
            return Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException closedMeanwhile) {
            return null;
        }
    }
}
