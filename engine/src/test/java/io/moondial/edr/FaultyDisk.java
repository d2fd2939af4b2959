package io.moondial.edr;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The machine's files, but that calls fail as a test wants it: each call that reaches the system is
 * numbered, and those in a range come to the fault that was chosen.
 *
 * <p>A path of it ({@link #path}) is one of the machine's; whatever is done by it is counted.
 */
final class FaultyDisk {
    /** How a call fails. */
    enum Fault {
        /** Nothing is done, and it is told as failed. */
        REFUSED,
        /** It is done, and told as failed all the same, as by a network file system. */
        DONE_BUT_TOLD_AS_FAILED,
        /** Of a write half is done, and told so; any other call is refused. */
        SHORT,
        /** Of a write half is done, and it is told as failed; any other call is refused. */
        TORN,
        /** Of a write nothing is done, and told so; any other call is refused. */
        NOTHING
    }

    /** Far more than any life has. */
    private static final int MOST_CALLS = 100_000;

    private interface Call<T> {
        T make() throws IOException;
    }

    private final FaultyProvider provider = new FaultyProvider();
    private final FaultyFileSystem fileSystem = new FaultyFileSystem();
    private final Set<FaultyChannel> open = new HashSet<>();
    private final List<String> calls = new ArrayList<>();
    private int first = Integer.MAX_VALUE;
    private int last = -1;
    private Fault fault = Fault.REFUSED;
    private String reason = "";

    /** A path of the machine, through this disk. */
    Path path(Path real) {
        return new FaultyPath(real);
    }

    /** From now on the calls of these numbers fail: the first one since the start has 0. */
    void fail(int from, int to, Fault how, String why) {
        first = from;
        last = to;
        fault = how;
        reason = why;
    }

    /** No call fails any more. */
    void heal() {
        last = -1;
    }

    /** What was called so far, in words. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    /** How many files are open. */
    int openFiles() {
        return open.size();
    }

    private boolean fails() {
        int number = calls.size() - 1;
        return first <= number && number <= last;
    }

    private <T> T call(String name, Path path, Call<T> call) throws IOException {
        calls.add(name + " " + path.getFileName());
        if (!fails()) {
            return call.make();
        }
        if (fault == Fault.DONE_BUT_TOLD_AS_FAILED) {
            call.make();
        }
        throw new FileSystemException(path.toString(), null, reason);
    }

    private static Path real(Path path) {
        return path instanceof FaultyPath faulty ? faulty.real : path;
    }

    private final class FaultyChannel extends FileChannel {
        private final FileChannel real;
        private final Path path;

        FaultyChannel(FileChannel real, Path path) {
            this.real = real;
            this.path = path;
            open.add(this);
        }

        private <T> T call(String name, Call<T> call) throws IOException {
            return FaultyDisk.this.call(name, path, call);
        }

        /** Half of what is left is written where the fault says so. */
        private long write(ByteBuffer[] all, long position) throws IOException {
            calls.add("write " + path.getFileName());
            if (calls.size() > MOST_CALLS) {
                throw new AssertionError("it writes without end");
            }
            if (!fails()) {
                return position < 0 ? real.write(all) : real.write(all[0], position);
            }
            long done =
                    switch (fault) {
                        case REFUSED, NOTHING -> 0;
                        case DONE_BUT_TOLD_AS_FAILED -> some(all, position, 1);
                        case SHORT, TORN -> some(all, position, 2);
                    };
            if (fault == Fault.SHORT || fault == Fault.NOTHING) {
                return done;
            }
            throw new IOException(reason);
        }

        private long some(ByteBuffer[] all, long position, int share) throws IOException {
            long left = 0;
            for (var part : all) {
                left += part.remaining();
            }
            long done = 0;
            for (var part : all) {
                int size = (int) Math.min(part.remaining(), (left + share - 1) / share - done);
                var piece = part.slice(part.position(), size);
                part.position(part.position() + size);
                while (piece.hasRemaining()) {
                    done +=
                            position < 0
                                    ? real.write(piece)
                                    : real.write(piece, position + piece.position());
                }
            }
            return done;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return call("read", () -> real.read(target));
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return call("read", () -> real.read(targets, offset, length));
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return call("read", () -> real.read(target, position));
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return (int) write(new ByteBuffer[] {source}, -1);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            return write(Arrays.copyOfRange(sources, offset, offset + length), -1);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return (int) write(new ByteBuffer[] {source}, position);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return call("size", real::size);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            return call(
                    "truncate",
                    () -> {
                        real.truncate(size);
                        return this;
                    });
        }

        @Override
        public void force(boolean metaData) throws IOException {
            call(
                    "force",
                    () -> this); // no test here cuts the power: the disk need not be waited for
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            return call("transferTo", () -> real.transferTo(position, count, target));
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count)
                throws IOException {
            return call("transferFrom", () -> real.transferFrom(source, position, count));
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return call("lock", () -> real.lock(position, size, shared));
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared)
                throws IOException {
            return call("lock", () -> real.tryLock(position, size, shared));
        }

        /** As Linux has it: the file is closed whatever the call tells. */
        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
            open.remove(this);
            call("close", () -> this);
        }
    }

    private final class FaultyProvider extends FileSystemProvider {
        @Override
        public String getScheme() {
            return "faulty";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return fileSystem;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public FileChannel newFileChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            calls.add("open " + path.getFileName());
            if (fails() && fault != Fault.DONE_BUT_TOLD_AS_FAILED) {
                throw new FileSystemException(path.toString(), null, reason);
            }
            var channel =
                    new FaultyChannel(FileChannel.open(real(path), options, attributes), path);
            if (fails()) {
                channel.real.close();
                open.remove(channel);
                throw new FileSystemException(path.toString(), null, reason);
            }
            return channel;
        }

        @Override
        @SuppressWarnings("StreamResourceLeak") // closed with the one that is given
        public DirectoryStream<Path> newDirectoryStream(
                Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
            var found =
                    call(
                            "list",
                            directory,
                            () -> Files.newDirectoryStream(real(directory), filter));
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    var names = found.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return names.hasNext();
                        }

                        @Override
                        public Path next() {
                            return path(names.next());
                        }
                    };
                }

                @Override
                public void close() throws IOException {
                    found.close();
                }
            };
        }

        @Override
        public void createDirectory(Path directory, FileAttribute<?>... attributes)
                throws IOException {
            call("mkdir", directory, () -> Files.createDirectory(real(directory), attributes));
        }

        @Override
        public void delete(Path path) throws IOException {
            call(
                    "delete",
                    path,
                    () -> {
                        Files.delete(real(path));
                        return path;
                    });
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            call("copy", source, () -> Files.copy(real(source), real(target), options));
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            call("rename", source, () -> Files.move(real(source), real(target), options));
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return call("same", one, () -> Files.isSameFile(real(one), real(other)));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return Files.isHidden(real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return Files.getFileStore(real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            call(
                    "access",
                    path,
                    () -> {
                        var real = real(path);
                        real.getFileSystem().provider().checkAccess(real, modes);
                        return path;
                    });
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return Files.getFileAttributeView(real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(
                Path path, Class<A> type, LinkOption... options) throws IOException {
            return call("stat", path, () -> Files.readAttributes(real(path), type, options));
        }

        @Override
        public Map<String, Object> readAttributes(
                Path path, String attributes, LinkOption... options) throws IOException {
            return call("stat", path, () -> Files.readAttributes(real(path), attributes, options));
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
                throws IOException {
            call("chmod", path, () -> Files.setAttribute(real(path), attribute, value, options));
        }
    }

    private final class FaultyFileSystem extends FileSystem {
        private final FileSystem real = FileSystems.getDefault();

        @Override
        public FileSystemProvider provider() {
            return provider;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return real.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return real.getRootDirectories();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return real.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return real.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return path(real.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String syntaxAndPattern) {
            return real.getPathMatcher(syntaxAndPattern);
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return real.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }

    private final class FaultyPath implements Path {
        private final Path real;

        FaultyPath(Path real) {
            this.real = real;
        }

        private @Nullable Path faulty(@Nullable Path other) {
            return other == null ? null : path(other);
        }

        @Override
        public FileSystem getFileSystem() {
            return fileSystem;
        }

        @Override
        public boolean isAbsolute() {
            return real.isAbsolute();
        }

        @Override
        public @Nullable Path getRoot() {
            return faulty(real.getRoot());
        }

        @Override
        public @Nullable Path getFileName() {
            return faulty(real.getFileName());
        }

        @Override
        public @Nullable Path getParent() {
            return faulty(real.getParent());
        }

        @Override
        public int getNameCount() {
            return real.getNameCount();
        }

        @Override
        public Path getName(int index) {
            return path(real.getName(index));
        }

        @Override
        public Path subpath(int from, int to) {
            return path(real.subpath(from, to));
        }

        @Override
        public boolean startsWith(Path other) {
            return real.startsWith(real(other));
        }

        @Override
        public boolean endsWith(Path other) {
            return real.endsWith(real(other));
        }

        @Override
        public Path normalize() {
            return path(real.normalize());
        }

        @Override
        public Path resolve(Path other) {
            return path(real.resolve(real(other)));
        }

        @Override
        public Path relativize(Path other) {
            return path(real.relativize(real(other)));
        }

        @Override
        public URI toUri() {
            return real.toUri();
        }

        @Override
        public Path toAbsolutePath() {
            return path(real.toAbsolutePath());
        }

        @Override
        public Path toRealPath(LinkOption... options) throws IOException {
            return path(call("realpath", real, () -> real.toRealPath(options)));
        }

        @Override
        public WatchKey register(
                WatchService watcher,
                WatchEvent.Kind<?>[] events,
                WatchEvent.Modifier... modifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Path other) {
            return real.compareTo(real(other));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof FaultyPath path && path.real.equals(real);
        }

        @Override
        public int hashCode() {
            return real.hashCode();
        }

        @Override
        public String toString() {
            return real.toString();
        }
    }
}
