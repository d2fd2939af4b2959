package io.moondial.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a file or a folder could not be read, made or written, in words for people. The exceptions of
 * java.nio.file have only the name of the file, and their kind is a Java class. Neither helps a
 * reader.
 */
public final class FileTrouble {
    /** The words of the operating system that say little to who has not met them before. */
    private static final Map<String, String> PLAINER =
            Map.of(
                    "Not a directory", "something above it is a file, not a folder",
                    "Is a directory", "it is a folder, not a file",
                    "Too many levels of symbolic links", "it is a symbolic link",
                    "No space left on device", "the disk is full",
                    "Disk quota exceeded", "the disk quota of this user is used up",
                    "Read-only file system", "the disk is mounted read-only",
                    "Too many open files",
                            "this process has as many files open as it may: raise its limit (ulimit -n, or LimitNOFILE= of its systemd unit)",
                    "Too many open files in system",
                            "this machine has as many files open as it may: raise fs.file-max (sysctl)",
                    "File name too long", "its name is too long for this disk",
                    "Input/output error", "the disk reports an input/output error");

    private FileTrouble() {}

    /** The reason, without the file's name: a clause that can follow a colon. */
    public static String words(IOException e) {
        return switch (e) {
            case NoSuchFileException gone -> "there is no such file or folder";
            case AccessDeniedException denied -> "the user " + user() + " has no permission";
            case FileAlreadyExistsException there -> "there is a file of this name already";
            case NotDirectoryException file -> "it is a file, not a folder";
            case DirectoryNotEmptyException full -> "the folder is not empty";
            case FileSystemLoopException loop -> "a symbolic link leads back to a folder above it";
            case FileSystemException other -> plain(other.getReason(), other);
            case CharacterCodingException text -> "it is not UTF-8: save it in that encoding";
            default -> plain(e.getMessage(), e);
        };
    }

    /** The reason, after the name of the file if the exception has one. */
    public static String tell(IOException e) {
        return e instanceof FileSystemException named && named.getFile() != null
                ? named.getFile() + ": " + words(e)
                : words(e);
    }

    /** The reason of what streams over files throw. */
    public static String words(UncheckedIOException e) {
        return words(cause(e));
    }

    /** The same, after the name of the file if it is known. */
    public static String tell(UncheckedIOException e) {
        return tell(cause(e));
    }

    private static IOException cause(UncheckedIOException e) {
        return Objects.requireNonNull(e.getCause()); // its constructors take no null
    }

    /** Who this process runs as: the user whose permissions count. */
    public static String user() {
        return System.getProperty("user.name", "of this process");
    }

    private static String plain(@Nullable String reason, Exception e) {
        if (reason == null || reason.isBlank()) {
            return switch (e) {
                case EOFException end -> "it ends too early";
                case ClosedChannelException closed -> "it was closed meanwhile";
                default -> "the system gives no reason";
            };
        }
        return PLAINER.getOrDefault(reason, reason);
    }
}
