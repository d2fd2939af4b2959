package io.starhash.edr;

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

    private OpenFiles() {}

    /**
     * How many names an open file has; 0 where it was deleted, and where the system does not tell.
     *
     * @param identity the file's key, as {@link BasicFileAttributes#fileKey} gives it
     */
    static int links(@Nullable Object identity) throws IOException {
        if (identity == null || !Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (var descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (var descriptor : descriptors) {
                if (identity.equals(key(descriptor))) {
                    return (Integer) Files.getAttribute(descriptor, "unix:nlink");
                }
            }
        }
        return 0;
    }

    private static @Nullable Object key(Path descriptor) throws IOException {
        try {
            return Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException closedMeanwhile) {
            return null;
        }
    }
}
