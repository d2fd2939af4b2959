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
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a database of SQLite. It can be deleted or replaced under its name while connections
 * are open, and those would go on with a file that nobody sees any more. So each connection is
 * known by the file that it has opened.
 */
final class WatchedFile {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

    /** The name is looked at so often at most. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final Time time;
    private final Runnable lost;
    private final AtomicLong lookedAt;

    /** What each connection has opened. */
    private final Map<Connection, Object> opened = Collections.synchronizedMap(new WeakHashMap<>());

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
     */
    WatchedFile(Path file, Time time, Runnable lost) {
        this.file = file;
        this.time = time;
        this.lost = lost;
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
        Connection connection = openNamed(opening);
        Object after = key(file);
        if (after == null || (before != null && !before.equals(after))) {
            connection.close();
            throw new SQLException("the file " + file + " was replaced while it was opened");
        }
        opened.put(connection, after);
        know(after);
        return connection;
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
            boolean changed = compare(key);
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

    /** Remembers the files that belong together. */
    private synchronized void know(Object key) {
        Identity before = known;
        if (before == null || before.file().equals(key)) {
            Path real = real(file);
            known = new Identity(real, key, key(beside(real, "-wal")), key(beside(real, "-shm")));
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
