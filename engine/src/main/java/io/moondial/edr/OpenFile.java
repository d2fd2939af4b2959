package io.moondial.edr;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file in progress, held by an OS lock from before its first octet until it has its final name.
 *
 * <p>Every operation can be tried again after it failed: octets go to the position after the last
 * ones that were written whole, so that nothing is in the file twice, and what an attempt left
 * behind is cut off before anything else is written.
 *
 * <p>The lock belongs to the process, as POSIX has it: closing another channel on the same file
 * within this process releases it. So an application never looks for orphans once it has a file
 * open.
 */
final class OpenFile implements Closeable {
    private final FileChannel channel;
    private final Path inProgress;
    private final Path complete;
    private final @Nullable Object identity;
    private final Instant opened;
    private final boolean durable;
    private final @Nullable IOException modeTrouble;

    /** Where the file is now; it has its final name if that is {@link #complete}. */
    private Path path;

    private int headerLength;

    /** Where the next record goes: after those that are whole. */
    private long length;

    private int records;

    /** Whether something may be after {@link #length}: what an attempt left, or a footer. */
    private boolean hasTail;

    /** How many records may be there: those of an attempt that failed. */
    private int inTail;

    /** Whether a whole footer is there. */
    private boolean hasFooter;

    /** How long the file is with its footer. */
    private long lengthWithFooter;

    /** What has become of a file since something was last written to it. */
    enum State {
        /** Nothing. */
        AS_LEFT,
        /** Somebody cut it: records are missing. */
        CUT,
        /** It has its final name: a renaming was done, although the system reported a failure. */
        RENAMED,
        /** It has another name, or its folder has, or a link on the way to it leads elsewhere. */
        MOVED,
        /** It has no name any more. */
        DELETED
    }

    private OpenFile(
            FileChannel channel,
            Path inProgress,
            Path complete,
            Instant opened,
            EdrSettings.StreamSettings settings)
            throws IOException {
        this.channel = channel;
        this.inProgress = inProgress;
        this.complete = complete;
        this.path = inProgress;
        this.opened = opened;
        this.durable = settings.durable();
        var found = FileMode.attributes(inProgress);
        this.identity = found.fileKey();
        this.modeTrouble = settings.mode().give(inProgress, found);
    }

    /**
     * Makes the file with its header.
     *
     * @param header a line with its line feed
     * @return null if the name is taken: by a file, or by another process that took the new file
     *     for an orphan before it was locked
     */
    static @Nullable OpenFile create(
            Path directory, FileNames.Name name, byte[] header, EdrSettings.StreamSettings settings)
            throws IOException {
        var inProgress = name.inProgress(directory);
        var complete = name.complete(directory);
        if (exists(complete)) {
            return null;
        }
        var channel = newChannel(inProgress, settings.mode());
        if (channel == null) {
            return null;
        }
        try {
            if (lock(channel) == null || !exists(inProgress)) {
                channel.close();
                return null;
            }
            var file = new OpenFile(channel, inProgress, complete, name.opened(), settings);
            file.writeHeader(header);
            file.forceFolder();
            return file;
        } catch (IOException | RuntimeException | Error e) {
            discard(channel, inProgress, e);
            throw e;
        }
    }

    /** The lock, or null if another has it. */
    static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** Which file a path leads to, to distinguish two files; null if the system has no such key. */
    static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Whether a path leads to something; unlike {@link Files#exists} it never guesses. */
    static boolean exists(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Why the file has not the mode that it should have; null if it has. */
    @Nullable IOException modeTrouble() {
        return modeTrouble;
    }

    /** The path that the file has now, as far as is known. */
    Path path() {
        return path;
    }

    int records() {
        return records;
    }

    /** What has become of the file: someone may have cut, deleted or moved it. */
    State state() throws IOException {
        try {
            var found = Files.readAttributes(inProgress, BasicFileAttributes.class);
            if (found.fileKey() == null || found.fileKey().equals(identity)) {
                hasTail |= found.size() > length;
                hasFooter &= found.size() == lengthWithFooter;
                return found.size() < length ? State.CUT : State.AS_LEFT;
            }
        } catch (NoSuchFileException gone) {
            if (hasFooter && isAt(complete)) {
                return State.RENAMED;
            }
        }
        return OpenFiles.links(identity) > 0 ? State.MOVED : State.DELETED;
    }

    /** Whether it is known that the file has no name any more: it goes when it is closed. */
    boolean isDeleted() throws IOException {
        return OpenFiles.links(identity) == 0;
    }

    /** Writes whole lines, all or (with an exception) none. */
    void append(ByteBuffer[] lines, int count) throws IOException {
        cutTail();
        hasTail = true;
        inTail = count;
        try {
            long end = writeAt(channel, length, lines);
            force();
            length = end;
            records += count;
            hasTail = false;
            inTail = 0;
        } catch (IOException | RuntimeException | Error e) {
            tryToCutTail(e);
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

    /**
     * Goes by what is left of a file that someone cut: its whole records, and no others.
     *
     * @return how many records are missing
     */
    int countAnew() throws IOException {
        var found = Orphans.Content.read(channel);
        int left = found.hasHeader() ? (int) Math.min(found.records(), records) : 0;
        int missing = records - left;
        length = found.hasHeader() ? found.end() : 0;
        records = left;
        hasTail = true;
        inTail = 0;
        return missing;
    }

    /** Writes the footer and gives the file its final name; then it is to be closed. */
    void complete(Instant now) throws IOException {
        writeFooter(now);
        rename(inProgress, complete);
    }

    /**
     * Writes the footer of a file that was moved. If it still has its name, because its folder was
     * moved or a link to it was changed, it gets its final name there. A file with any other name
     * is not renamed.
     */
    void completeWhereItIs(Instant now) throws IOException {
        writeFooter(now);
        var found = OpenFiles.path(identity);
        if (found == null) {
            return;
        }
        path = inProgress.getFileSystem().getPath(found);
        var own = Objects.requireNonNull(inProgress.getFileName()).toString();
        var name = path.getFileName();
        if (name != null && name.toString().equals(own) && isAt(path)) {
            var target = FileNames.complete(path);
            if (!exists(target)) {
                rename(path, target);
                forceFolder();
            }
        }
    }

    /** Some systems report a failure of a renaming that they have done. */
    private void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!isAt(to)) {
                throw e;
            }
        }
        path = to;
    }

    /** Whether a path leads to this file. */
    private boolean isAt(Path somewhere) throws IOException {
        try {
            return Objects.equals(identity(somewhere), identity);
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Never before the start, even if the clock was set back. */
    private void writeFooter(Instant now) throws IOException {
        if (!hasFooter) {
            cutTail();
            hasTail = true;
            inTail = 0;
            var closed = now.isBefore(opened) ? opened : now;
            var footer = EdrFormat.footer(closed, records, length);
            lengthWithFooter = writeAt(channel, length, ByteBuffer.wrap(footer));
            force();
            hasFooter = true;
        }
    }

    /** If the file is durable, so is its name: a name is on the disk only when its folder is. */
    void forceFolder() throws IOException {
        if (durable) {
            forceFolder(Objects.requireNonNull(path.getParent()));
        }
    }

    /** Forces the names in a folder to the disk. */
    static void forceFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Releases the file as it is; one that is not complete is an orphan for the next start. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Removes the file. */
    void delete() throws IOException {
        try (channel) {
            Files.deleteIfExists(inProgress);
        }
    }

    /**
     * The records in a file after those that were written: those of an attempt that failed, in the
     * order in which they wait.
     *
     * @param whole how many are there whole; the next start keeps them
     * @param unknown how many more may be there
     */
    record Tail(int whole, int unknown) {
        static final Tail NONE = new Tail(0, 0);
    }

    /** Cuts off what a failed attempt has left; says what is left if that is not possible. */
    Tail tail() {
        if (!hasTail || hasFooter) {
            return Tail.NONE;
        }
        try {
            cutTail();
            return Tail.NONE;
        } catch (IOException uncut) {
            return wholeInTail();
        }
    }

    private Tail wholeInTail() {
        try {
            var found = Orphans.Content.read(channel);
            return new Tail(Math.clamp(found.records() - records, 0, inTail), 0);
        } catch (IOException unread) {
            return new Tail(0, inTail);
        }
    }

    private void writeHeader(byte[] header) throws IOException {
        length = writeAt(channel, 0, ByteBuffer.wrap(header));
        headerLength = header.length;
    }

    /**
     * Writes all of these from a position on, however small the pieces are that the disk takes.
     *
     * @return the position after them
     */
    static long writeAt(FileChannel channel, long position, ByteBuffer... octets)
            throws IOException {
        channel.position(position);
        long left = 0;
        for (var part : octets) {
            left += part.remaining();
        }
        while (left > 0) {
            long taken = channel.write(octets);
            if (taken == 0) {
                throw new IOException("the disk writes nothing, and reports no error");
            }
            left -= taken;
        }
        return channel.position();
    }

    private void force() throws IOException {
        if (durable) {
            channel.force(false);
        }
    }

    private void cutTail() throws IOException {
        if (hasTail) {
            channel.truncate(length);
            hasTail = false;
            hasFooter = false;
        }
    }

    private void tryToCutTail(Throwable cause) {
        try {
            cutTail();
        } catch (IOException e) {
            // The next attempt begins with it.
            cause.addSuppressed(e);
        }
    }

    private static @Nullable FileChannel newChannel(Path inProgress, FileMode mode)
            throws IOException {
        try {
            return mode.open(
                    inProgress,
                    Set.of(
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException taken) {
            return null;
        }
    }

    private static void discard(FileChannel channel, Path path, Throwable cause) {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * What the system says about the files that this process has open, whatever happened to their
     * names.
     */
    private static final class OpenFiles {
        /** Linux: a link for each open file, which leads to it even when it has no name. */
        private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

        /** Means that the number of names is not known. */
        static final int UNKNOWN = -1;

        private OpenFiles() {}

        /**
         * How many names an open file has: 0 if it was deleted, {@link #UNKNOWN} if the system does
         * not say.
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
         * Where an open file is now; null if the system does not say. In another root, such as a
         * container's, the path may lead elsewhere.
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
}
