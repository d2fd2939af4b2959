package io.moondial.admin;

import io.moondial.file.OwnersFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The place of the socket in the file system, held by one process at a time: an OS lock beside it
 * says whether its owner lives. So what a dead process left is replaced, and nothing else ever is.
 *
 * <p>The socket is made in a folder that nobody else can enter and moved to its place once it is
 * its owner's alone: there is no moment at which another user could connect.
 */
final class SocketPlace implements AutoCloseable {
    /**
     * The longest path of a socket: 108 octets in Linux's sockaddr_un, including the final zero.
     */
    static final int MAX_PATH = 107;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int LONGEST_PID = 20;

    private final Path socket;
    private final Path workshop;
    private final FileChannel lock;
    private boolean moved;

    private SocketPlace(Path socket, Path workshop, FileChannel lock) {
        this.socket = socket;
        this.workshop = workshop;
        this.lock = lock;
    }

    /**
     * Takes the place. The socket is to be bound at {@link #making}, and then {@link #open}ed.
     *
     * @throws IOException whose message says what is wrong, and what to do
     */
    static SocketPlace take(Path socket) throws IOException {
        Path workshop = workshop(socket);
        requireShort(socket, workshop.resolve("s"));
        OwnersFolder.make(folderOf(socket));
        FileChannel lock = lock(socket);
        try {
            requireSocketOrNothing(socket);
            Files.createDirectory(workshop, OWNER_FOLDER);
            return new SocketPlace(socket, workshop, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Where the socket is bound. */
    Path making() {
        return workshop.resolve("s");
    }

    /** Moves the socket that was bound to its place, for its owner alone. */
    void open() throws IOException {
        Files.setPosixFilePermissions(making(), OWNER_FILE.value());
        Files.move(making(), socket, StandardCopyOption.ATOMIC_MOVE);
        moved = true;
        Files.delete(workshop);
    }

    /** Removes the socket. The file of the lock stays: another engine may be waiting for it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (moved) {
                Files.deleteIfExists(socket);
            } else {
                Files.deleteIfExists(making());
                Files.deleteIfExists(workshop);
            }
        }
    }

    private static Path workshop(Path socket) {
        String name =
                "." + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 30), 36);
        return socket.resolveSibling(name);
    }

    private static void requireShort(Path socket, Path beside) throws IOException {
        int octets = Math.max(octets(socket), octets(beside));
        if (octets > MAX_PATH) {
            throw new IOException(
                    "the path of the control socket has %d octets where the system allows %d: choose a shorter one (control: socket in the rules): %s"
                            .formatted(octets(socket), MAX_PATH, socket));
        }
    }

    private static int octets(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static Path folderOf(Path socket) throws IOException {
        Path folder = socket.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(
                    "%s cannot be the path of a socket (control: socket in the rules)"
                            .formatted(socket));
        }
        return folder;
    }

    /** The lock's file is emptied once it is ours: never what a link leads to. */
    private static FileChannel lock(Path socket) throws IOException {
        Path file = socket.resolveSibling(socket.getFileName() + ".lock");
        FileChannel channel = openLock(file);
        try {
            if (tryLock(channel) == null) {
                throw new IOException(
                        "an engine is running already with the control socket %s: process %s"
                                .formatted(socket, read(channel)));
            }
            channel.truncate(0);
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openLock(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(
                    "%s is where the control socket's lock should be, and is a link or not a plain file: remove it"
                            .formatted(file));
        }
        return FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                OWNER_FILE);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another engine in this very process
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        channel.read(pid, 0);
        return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
    }

    private static void requireSocketOrNothing(Path socket) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var found =
                Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isOther()) {
            throw new IOException(
                    "%s is where the control socket should be, and is not a socket: move it away, or choose another path (control: socket in the rules)"
                            .formatted(socket));
        }
    }
}
