package io.moondial.edr.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file, and what the system knows it by.
 *
 * @param path a name that it has, or had a moment ago
 * @param key equal for two names of one file; one that was deleted can leave its key to a new one
 * @param created tells those two from each other; where the system does not keep it, the time of
 *     the last change
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

    /** Whether it still has one of its names, as far as can be told. */
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

    /** Null where there are none; whoever opens the file is told why. */
    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }
}
