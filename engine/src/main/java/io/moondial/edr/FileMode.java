package io.moondial.edr;

import io.moondial.config.Notation;
import io.moondial.config.ValueType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read and write the files of EDRs, and use the folders that are made for them:
 * subscribers' numbers and texts are in them. It holds whatever the umask of the process is.
 *
 * @param octal as chmod takes it: 0, then a digit each for the owner (6), the group and all others
 *     (0: nothing, 4: reading, 6: reading and writing). Who may read a file may also search a
 *     folder.
 */
public record FileMode(String octal) {
    /** How one is written. */
    public static final Pattern PATTERN = Pattern.compile("06[046][046]");

    /** The owner writes, his group reads. */
    public static final FileMode DEFAULT = new FileMode("0640");

    /** As the rules file has it. */
    static final class Octal implements Supplier<Notation<FileMode>> {
        @Override
        public Notation<FileMode> get() {
            return Notation.ofWords(
                    ValueType.text(
                                    "a mode such as 0640: 0, 6 for the owner, then for the group and for all"
                                            + " others 0 (nothing), 4 (read) or 6 (read and write)",
                                    PATTERN)
                            .map(FileMode::new),
                    FileMode::octal,
                    "^" + PATTERN.pattern() + "$");
        }
    }

    private static final String POSIX = "posix";

    public FileMode {
        if (!PATTERN.matcher(octal).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not the mode of EDR files; one is such as 0640.".formatted(octal));
        }
    }

    /** Opens a file. If it does not exist, it is made with this mode. */
    FileChannel open(Path file, Set<OpenOption> options) throws IOException {
        return FileChannel.open(file, options, attributes(file, ofFiles()));
    }

    /**
     * Makes a folder of this mode.
     *
     * @return why the folder has not the mode anyway; null if it has
     */
    @Nullable IOException make(Path folder) throws IOException {
        Files.createDirectory(folder, attributes(folder, ofFolders()));
        return give(folder, attributes(folder), ofFolders());
    }

    /** What the system knows of a file, including its permissions if there are any. */
    static BasicFileAttributes attributes(Path file) throws IOException {
        return hasPermissions(file)
                ? Files.readAttributes(file, PosixFileAttributes.class)
                : Files.readAttributes(file, BasicFileAttributes.class);
    }

    /**
     * Gives a file what the umask took from it when it was made. A disk that has no permissions, or
     * not such, refuses that; its records matter more.
     *
     * @param found what the system knows of it
     * @return why it has not the mode anyway; null if it has
     */
    @Nullable IOException give(Path file, BasicFileAttributes found) {
        return give(file, found, ofFiles());
    }

    private static @Nullable IOException give(
            Path path, BasicFileAttributes found, Set<PosixFilePermission> permissions) {
        try {
            if (found instanceof PosixFileAttributes posix
                    && !posix.permissions().equals(permissions)) {
                Files.setAttribute(path, "posix:permissions", permissions);
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        return hasPermissions(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains(POSIX);
    }

    private Set<PosixFilePermission> ofFiles() {
        var permissions =
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        add(permissions, 2, PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);
        add(permissions, 3, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
        return permissions;
    }

    private void add(
            Set<PosixFilePermission> permissions,
            int digit,
            PosixFilePermission read,
            PosixFilePermission write) {
        if (octal.charAt(digit) != '0') {
            permissions.add(read);
        }
        if (octal.charAt(digit) == '6') {
            permissions.add(write);
        }
    }

    private Set<PosixFilePermission> ofFolders() {
        var permissions = ofFiles();
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        if (permissions.contains(PosixFilePermission.GROUP_READ)) {
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
        }
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }
}
