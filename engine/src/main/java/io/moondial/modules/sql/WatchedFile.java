package io.moondial.modules.sql;

import io.moondial.file.FileTrouble;
import io.moondial.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The file of a database of SQLite. It can be deleted or replaced under its name while connections
 * are open, and those would go on with a file that nobody sees any more. So each connection is
 * known by the file that it has opened.
 *
 * <p>The file with the changes that are not yet in it (-wal) can be deleted alone. What is in it is
 * saved when the last of the connections that have it open is closed, and no connection may be
 * opened before: it would share what is known of the old one, and find another.
 */
final class WatchedFile {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

    /** The name is looked at so often at most. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final Time time;
    private final Runnable lost;
    private final Consumer<Path> walLost;
    private final AtomicLong lookedAt;

    /** What each connection has opened. */
    private final Map<Connection, Object> opened = Collections.synchronizedMap(new WeakHashMap<>());

    /** Those that have a -wal open that has lost its name. */
    private final Set<Connection> leftBehind =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    /** What has the name; null: nothing has been opened yet. */
    private volatile @Nullable Identity known;

    /** The file was there, and is gone. */
    private volatile boolean missing;

    /** What the system knows the file and those beside it by, whatever their names are. */
    private record Identity(
            Path real, Object file, @Nullable Object wal, @Nullable Object sharedMemory) {}

    /** Opens a connection to the file. */
    @FunctionalInterface
    interface Opening {
        Connection open() throws SQLException;
    }

    /**
     * One that is not open yet.
     *
     * @param lost is run each time when the file that was in use has lost its name
     * @param walLost gets the file beside it that has lost its name alone
     */
    WatchedFile(Path file, Time time, Runnable lost, Consumer<Path> walLost) {
        this.file = file;
        this.time = time;
        this.lost = lost;
        this.walLost = walLost;
        this.lookedAt = new AtomicLong(time.nanos());
    }

    /** Opens a connection to the file that has the name now. */
    Connection open(Opening opening) throws SQLException {
        Object before = key(file);
        compare(before);
        if (before == null && missing) {
            throw new SQLException(
                    "the file "
                            + file
                            + " was there and is missing; put it back, or restart the engine to begin with an"
                            + " empty database");
        }
        awaitsThoseLeftBehind();
        Connection connection = openNamed(opening);
        try {
            awaitsThoseLeftBehind();
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        Object after = key(file);
        if (after == null || (before != null && !before.equals(after))) {
            connection.close();
            throw new SQLException("the file " + file + " was replaced while it was opened");
        }
        know(after);
        opened.put(connection, after);
        return connection;
    }

    private void awaitsThoseLeftBehind() throws SQLException {
        var _ = compareWal();
        synchronized (leftBehind) {
            leftBehind.removeIf(WatchedFile::isClosedForGood);
            if (!leftBehind.isEmpty()) {
                throw new SQLException(
                        "the file "
                                + file
                                + "-wal was deleted while in use; %d connections to it must be closed first"
                                        .formatted(leftBehind.size()));
            }
        }
    }

    /** Whether it is closed, and closing it has done all that it does. */
    private static boolean isClosedForGood(Connection connection) {
        synchronized (((SQLiteConnection) connection).getDatabase()) {
            return isClosed(connection);
        }
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    private boolean isOpenSomewhere() {
        synchronized (opened) {
            return opened.keySet().stream().anyMatch(it -> !isClosed(it));
        }
    }

    /** The messages of SQLite name no file. */
    private Connection openNamed(Opening opening) throws SQLException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new SQLException(
                    "there is no folder " + folder + " for the file " + file.getFileName());
        }
        try {
            return opening.open();
        } catch (SQLException e) {
            SQLException named =
                    new SQLException(
                            "the file " + file + ": " + JdbcCall.words(e),
                            e.getSQLState(),
                            e.getErrorCode());
            named.addSuppressed(e);
            throw named;
        }
    }

    /**
     * Looks whether the file still has its name, unless that was done a moment ago.
     *
     * @return whether it has lost its name since
     */
    boolean look() {
        long now = time.nanos();
        long before = lookedAt.get();
        if (known != null
                && now - before >= PAUSE.toNanos()
                && lookedAt.compareAndSet(before, now)) {
            Object key = key(file);
            boolean changed = compare(key) || compareWal();
            if (key != null) {
                know(key);
            }
            return changed;
        }
        return false;
    }

    /** Whether a connection goes on with a file that has lost its name. */
    boolean isLost(Connection connection) {
        Identity now = known;
        return now == null || !now.file().equals(opened.get(connection));
    }

    /** Whether the file that was in use has lost its name, which is told once. */
    private boolean compare(@Nullable Object now) {
        synchronized (this) {
            Identity before = known;
            if (before == null || before.file().equals(now)) {
                return false;
            }
            known = null;
            missing = now == null;
            // what belongs to the lost file must not be taken for the new one's
            if (before.real().equals(real(file))) {
                removeIfStill(beside(before.real(), "-wal"), before.wal());
                removeIfStill(beside(before.real(), "-shm"), before.sharedMemory());
            }
        }
        lost.run();
        return true;
    }

    /** Whether the -wal that is in use has lost its name, which is told once. */
    private boolean compareWal() {
        Path wal;
        synchronized (this) {
            Identity before = known;
            if (before == null || before.wal() == null) {
                return false;
            }
            wal = beside(before.real(), "-wal");
            // who closes the last connection removes it
            if (before.wal().equals(key(wal)) || !isOpenSomewhere()) {
                return false;
            }
            synchronized (opened) {
                leftBehind.addAll(opened.keySet());
                opened.clear();
            }
            known = new Identity(before.real(), before.file(), null, before.sharedMemory());
        }
        walLost.accept(wal);
        return true;
    }

    /** Remembers the files that belong together. */
    private synchronized void know(Object key) {
        Identity before = known;
        if (before == null || before.file().equals(key)) {
            Path real = real(file);
            Object wal =
                    before != null && before.wal() != null && isOpenSomewhere()
                            ? before.wal()
                            : key(beside(real, "-wal"));
            known = new Identity(real, key, wal, key(beside(real, "-shm")));
            missing = false;
        }
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            Path absolute = file.toAbsolutePath(); // it is not there
            Path folder = absolute.getParent();
            return folder == null || !Files.isDirectory(folder)
                    ? absolute
                    : real(folder).resolve(absolute.getFileName());
        }
    }

    private static void removeIfStill(Path file, @Nullable Object key) {
        if (key != null && key.equals(key(file))) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("the file {} could not be removed: {}", file, FileTrouble.words(e));
            }
        }
    }

    private static @Nullable Object key(Path file) {
        try {
            // a system without such keys tells only whether the file is there
            return Objects.requireNonNullElse(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey(), "there");
        } catch (IOException e) {
            return null; // it is not there
        }
    }
}
