package io.moondial.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * A file that a person wrote, read as a whole. A pipe or a device is refused before it is opened:
 * it may have no end, and opening it may already wait for ever.
 */
public final class PlainFile {
    private static final int MIB = 1 << 20;

    private PlainFile() {}

    /**
     * Its octets; a symbolic link is followed.
     *
     * @param maxOctets the most that are taken; a longer file is refused, even if it grows while it
     *     is read
     * @throws UnreadableFileException if it does not exist, is not a plain file, is too long, or
     *     cannot be read
     */
    public static byte[] read(Path file, int maxOctets) throws UnreadableFileException {
        try {
            require(Files.readAttributes(file, BasicFileAttributes.class), maxOctets);
            try (InputStream in = Files.newInputStream(file)) {
                return read(in, maxOctets);
            }
        } catch (NoSuchFileException e) {
            throw new UnreadableFileException("there is no such file");
        } catch (IOException e) {
            throw new UnreadableFileException("the file cannot be read: " + FileTrouble.words(e));
        }
    }

    /**
     * The octets of what is open already; the caller closes it.
     *
     * @throws UnreadableFileException if there are more than this
     */
    public static byte[] read(InputStream in, int maxOctets)
            throws IOException, UnreadableFileException {
        byte[] octets = in.readNBytes(maxOctets + 1);
        if (octets.length > maxOctets) {
            throw tooLong(maxOctets);
        }
        return octets;
    }

    /**
     * Why something in a folder of scripts is not a script; empty if it is one.
     *
     * @param folder the real path of the folder, out of which no link may lead
     * @throws IOException if it cannot be looked at; a link may lead nowhere
     */
    public static Optional<String> objection(Path file, Path folder) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
            return Optional.of(
                    "not a plain file but %s: replace it with a file, or remove it"
                            .formatted(found.isDirectory() ? "a folder" : "a pipe or a device"));
        }
        return file.toRealPath().startsWith(folder)
                ? Optional.empty()
                : Optional.of(
                        "a link that leads out of the script folder: replace it with the file itself");
    }

    /**
     * A file as it is named to a person: under the name that the person gave to its folder. Its own
     * name may be octets that are no characters in the locale of this process.
     *
     * @param file may lie in an archive, which is another kind of path
     */
    public static Path inFolder(Path named, Path file) {
        Path name = requireNonNull(file.getFileName());
        return name.getFileSystem().equals(named.getFileSystem())
                ? named.resolve(name)
                : named.resolve(name.toString());
    }

    private static void require(BasicFileAttributes found, int maxOctets)
            throws UnreadableFileException {
        if (found.isDirectory()) {
            throw new UnreadableFileException("this is a folder: name a file");
        }
        if (!found.isRegularFile()) {
            throw new UnreadableFileException(
                    "not a plain file but a pipe or a device: write its content to a file");
        }
        if (found.size() > maxOctets) {
            throw tooLong(maxOctets);
        }
    }

    private static UnreadableFileException tooLong(int maxOctets) {
        return new UnreadableFileException(
                "the file is too long: at most "
                        + (maxOctets % MIB == 0 ? maxOctets / MIB + "MiB" : maxOctets + " octets"));
    }

    /** A file that is not taken; the message says why, without the file's name. */
    public static final class UnreadableFileException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableFileException(String message) {
            super(message, null, false, false);
        }

        /** Why. */
        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}
