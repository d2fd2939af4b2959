package io.moondial.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that whole lines are appended to. At its greatest size it becomes FILE.1, what was FILE.1
 * becomes FILE.2, and the oldest goes. If somebody moves or removes it, or its folder, the next
 * lines are in a new one. Not for several threads.
 */
final class LogFile implements AutoCloseable {
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Path file;
    private final long rotate;
    private final int keep;
    private final Consumer<IOException> trouble;
    private @Nullable FileChannel channel;
    private @Nullable Object key;

    /** The size at which the file is full. */
    private long full;

    /**
     * Opens the file, and makes it and its folder if they are not there.
     *
     * @param rotate the size of a full file, in octets
     * @param keep how many full files there are at most, beside this one
     * @param trouble told of what costs no line: a full file that cannot be moved aside, and so
     *     grows on
     */
    LogFile(Path file, long rotate, int keep, Consumer<IOException> trouble) throws IOException {
        this.file = file;
        this.rotate = rotate;
        this.keep = keep;
        this.trouble = trouble;
        open();
    }

    private FileChannel open() throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + ": it is not a plain file");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel opened = FileChannel.open(file, APPEND, attributes());
        channel = opened;
        key = attributesOf(file).fileKey();
        full = rotate;
        return opened;
    }

    /** Subscribers' numbers are in it: the owner writes, his group reads, others do not. */
    private FileAttribute<?>[] attributes() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-r-----"))
                }
                : new FileAttribute<?>[0];
    }

    private static BasicFileAttributes attributesOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class);
    }

    /**
     * Appends whole lines.
     *
     * @throws IOException if the disk does not take them; then none of them is there, and the next
     *     lines are tried anew
     */
    void write(byte[] lines) throws IOException {
        try {
            FileChannel out = current();
            long size = out.size();
            if (size > 0 && size + lines.length > full) {
                rotate(size);
                out = current();
                size = out.size();
            }
            write(out, lines, size);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static void write(FileChannel out, byte[] lines, long before) throws IOException {
        try {
            ByteBuffer left = ByteBuffer.wrap(lines);
            while (left.hasRemaining()) {
                out.write(left);
            }
        } catch (IOException e) {
            takeBack(out, before, e);
            throw e;
        }
    }

    /** A line is there as a whole or not at all. */
    private static void takeBack(FileChannel out, long before, IOException why) {
        try {
            out.truncate(before);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** The file of the name, which may be another than it was. */
    private FileChannel current() throws IOException {
        FileChannel open = channel;
        if (open != null && isThere()) {
            return open;
        }
        close();
        return open();
    }

    private boolean isThere() throws IOException {
        try {
            Object now = attributesOf(file).fileKey();
            return now == null || now.equals(key);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** No line is lost for a file that cannot be moved: it gets as much again. */
    private void rotate(long size) {
        try {
            for (int i = keep; Files.deleteIfExists(numbered(i)); i++) {
                // also those of a time when more were kept
            }
            for (int i = keep - 1; i >= 0; i--) {
                if (Files.exists(numbered(i))) {
                    Files.move(numbered(i), numbered(i + 1), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            full = size + rotate;
            trouble.accept(e);
        }
    }

    private Path numbered(int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    /** A file that cannot be closed has no more lines to give. */
    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                trouble.accept(e);
            }
        }
    }
}
