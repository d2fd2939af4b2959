package io.starhash.edr;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file in progress, held by an OS lock from before its first octet until it has its final name.
 *
 * <p>Every operation can be tried again after it failed: octets go to the position after the last
 * ones that were written whole, so that nothing stands twice in the file, and what an attempt left
 * behind is cut off.
 *
 * <p>The lock belongs to the process, as POSIX has it: closing another channel on the same file
 * within this process lets it go. So an application never looks for orphans once it has a file
 * open.
 */
final class OpenFile implements Closeable {
    private final FileChannel channel;
    private final Path inProgress;
    private final Path complete;
    private final @Nullable Object identity;
    private final Instant opened;
    private final boolean durable;
    private int headerLength;
    private long length;
    private int records;

    private OpenFile(
            FileChannel channel, Path inProgress, Path complete, Instant opened, boolean durable)
            throws IOException {
        this.channel = channel;
        this.inProgress = inProgress;
        this.complete = complete;
        this.opened = opened;
        this.durable = durable;
        this.identity = identity(inProgress);
    }

    /**
     * Makes the file with its header.
     *
     * @return null where the name is taken: by a file, or by another process that took the new file
     *     for an orphan before it was locked
     */
    static @Nullable OpenFile create(
            Path directory, FileNames.Name name, String hostname, boolean durable)
            throws IOException {
        var inProgress = name.inProgress(directory);
        var complete = name.complete(directory);
        if (Files.exists(complete)) {
            return null;
        }
        var channel = newChannel(inProgress);
        if (channel == null) {
            return null;
        }
        try {
            if (lock(channel) == null || !Files.exists(inProgress)) {
                channel.close();
                return null;
            }
            var file = new OpenFile(channel, inProgress, complete, name.opened(), durable);
            file.writeHeader(FrameLines.header(complete, name.opened(), hostname));
            file.forceFolder();
            return file;
        } catch (IOException e) {
            discard(channel, inProgress, e);
            throw e;
        }
    }

    /** The lock, or null where another has it. */
    static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /**
     * Which file a path leads to, so that two can be told apart; null where the system has no such
     * key.
     */
    static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** The path that the file has now. */
    Path path() {
        return inProgress;
    }

    int records() {
        return records;
    }

    /** Whether the file is still where it was made: someone may have deleted or moved it. */
    boolean inPlace() throws IOException {
        try {
            var found = identity(inProgress);
            return found == null || found.equals(identity);
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** Writes whole lines, all or (with an exception) none. */
    void append(ByteBuffer[] lines, int count) throws IOException {
        try {
            long end = writeAt(length, lines);
            force();
            length = end;
            records += count;
        } catch (IOException | RuntimeException | Error e) {
            cutBack(e);
            throw e;
        }
    }

    /** Takes over all records of a file that was deleted: it can still be read, as it is open. */
    void takeOver(OpenFile lost) throws IOException {
        channel.position(length);
        long from = lost.headerLength;
        while (from < lost.length) {
            long some = lost.channel.transferTo(from, lost.length - from, channel);
            if (some <= 0) {
                throw new EOFException(lost.inProgress + " was cut at " + from);
            }
            from += some;
        }
        force();
        length = channel.position();
        records = lost.records;
    }

    /** Whether someone cut the file, so that records are missing in it. */
    boolean isCut() throws IOException {
        return channel.size() < length;
    }

    /** Whether the file has no name any more, and not just another one. */
    boolean isDeleted() throws IOException {
        return OpenFiles.links(identity) == 0;
    }

    /** Writes the footer and gives the file its final name; then it is to be closed. */
    void complete(Instant now) throws IOException {
        try {
            writeFooter(now);
            Files.move(inProgress, complete, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            cutBack(e);
            throw e;
        }
    }

    /** Writes the footer of a file that was moved; its name is no longer ours to give. */
    void writeFooter(Instant now) throws IOException {
        var closed = now.isBefore(opened) ? opened : now;
        writeAt(length, ByteBuffer.wrap(FrameLines.footer(closed, records, length)));
        force();
    }

    /** Where the file is durable, its name too: it is not on the disk before its folder is. */
    void forceFolder() throws IOException {
        if (durable) {
            var folder = Objects.requireNonNull(inProgress.getParent());
            try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Lets the file go as it is; one that is not complete is an orphan for the next start. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Removes the file. */
    void delete() throws IOException {
        Files.deleteIfExists(inProgress);
        channel.close();
    }

    private void writeHeader(byte[] header) throws IOException {
        length = writeAt(0, ByteBuffer.wrap(header));
        headerLength = header.length;
    }

    private long writeAt(long position, ByteBuffer... octets) throws IOException {
        channel.position(position);
        long left = 0;
        for (var part : octets) {
            left += part.remaining();
        }
        while (left > 0) {
            left -= channel.write(octets);
        }
        return channel.position();
    }

    private void force() throws IOException {
        if (durable) {
            channel.force(false);
        }
    }

    private void cutBack(Throwable cause) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            // The next attempt writes over it.
            cause.addSuppressed(e);
        }
    }

    private static @Nullable FileChannel newChannel(Path inProgress) throws IOException {
        try {
            return FileChannel.open(
                    inProgress,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException taken) {
            return null;
        }
    }

    private static void discard(FileChannel channel, Path path, IOException cause) {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
