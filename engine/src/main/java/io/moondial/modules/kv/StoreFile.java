package io.moondial.modules.kv;

import io.moondial.file.FileTrouble;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Cursor;
import io.moondial.modules.kv.KvStore.Entry;
import io.moondial.modules.kv.KvStore.Kept;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Page;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.script.lua.LuaString;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** One connection to the file of {@link SqliteStore}, used by one thread. */
final class StoreFile implements AutoCloseable {
    /** Marks a file as ours: "moon" (SQLite's file format 1.3.14). */
    private static final int APPLICATION_ID = 0x6d6f6f6e;

    /** Of the table below. */
    private static final int VERSION = 1;

    private static final long LARGEST_WAL = 64L << 20;
    private static final long LARGEST_PAGE = 4L << 20;
    private static final boolean POSIX =
            Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");

    private final Connection connection;
    private final PreparedStatement read;
    private final PreparedStatement list;
    private final PreparedStatement write;
    private final PreparedStatement delete;
    private final PreparedStatement sweep;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;

    /** The file cannot do what was asked. */
    static final class StoreFault extends Exception {
        private static final long serialVersionUID = 1L;
        private final Why why;
        private final boolean lasting;
        private final boolean tried;

        StoreFault(Why why, boolean lasting, String words, @Nullable Throwable cause) {
            this(why, lasting, true, words, cause);
        }

        private StoreFault(
                Why why, boolean lasting, boolean tried, String words, @Nullable Throwable cause) {
            super(words, cause);
            this.why = why;
            this.lasting = lasting;
            this.tried = tried;
        }

        /** Nothing was tried, because something else failed just now. */
        static StoreFault untried(Answer.Failed answer) {
            return new StoreFault(answer.why(), false, false, answer.detail(), null);
        }

        boolean isTried() {
            return tried;
        }

        /** Another process had the lock for too long. */
        Why why() {
            return why;
        }

        /** What was wrong. */
        String words() {
            return String.valueOf(getMessage());
        }

        /** Whether the connection is of no use any more. */
        boolean isLasting() {
            return lasting;
        }
    }

    private StoreFile(Connection connection) throws SQLException {
        this.connection = connection;
        read =
                connection.prepareStatement(
                        "SELECT value, expires FROM kv WHERE bucket = ? AND name = ?");
        list =
                connection.prepareStatement(
                        "SELECT name, value FROM kv WHERE bucket = ? AND name >= ? AND expires > ?"
                                + " ORDER BY name LIMIT ?");
        write = connection.prepareStatement("INSERT OR REPLACE INTO kv VALUES (?, ?, ?, ?)");
        delete = connection.prepareStatement("DELETE FROM kv WHERE bucket = ? AND name = ?");
        sweep =
                connection.prepareStatement(
                        "DELETE FROM kv WHERE (bucket, name) IN"
                                + " (SELECT bucket, name FROM kv WHERE expires <= ? ORDER BY expires LIMIT ?)");
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        rollback = connection.prepareStatement("ROLLBACK");
    }

    /**
     * Opens it, and makes it if it is not there.
     *
     * @param busy how long another process may hold the lock
     * @param durable whether each commit is forced onto the disk
     */
    static StoreFile open(Path file, Duration busy, boolean durable) throws StoreFault {
        Connection connection = null;
        try {
            make(file);
            connection = JDBC.createConnection("jdbc:sqlite:" + file.toUri(), new Properties());
            prepare(connection, busy, durable);
            return new StoreFile(connection);
        } catch (IOException e) {
            throw new StoreFault(Why.UNAVAILABLE, true, FileTrouble.tell(e), e);
        } catch (SQLException e) {
            close(connection);
            throw fault(e);
        } catch (StoreFault e) {
            close(connection);
            throw e;
        } catch (LinkageError e) {
            throw new StoreFault(
                    Why.UNAVAILABLE,
                    true,
                    "the native library of SQLite cannot be loaded (" + e.getMessage() + ")",
                    e);
        }
    }

    /** It holds what subscribers chose and did: only its owner may read it. */
    private static void make(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileAttribute<?>[] mode =
                POSIX
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try {
            Files.createFile(file, mode);
        } catch (FileAlreadyExistsException e) {
            return; // another process was faster
        }
    }

    private static void prepare(Connection connection, Duration busy, boolean durable)
            throws SQLException, StoreFault {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = " + busy.toMillis());
            int owner = number(statement, "PRAGMA application_id");
            int version = number(statement, "PRAGMA user_version");
            boolean empty = number(statement, "SELECT count(*) FROM sqlite_schema") == 0;
            if (owner != APPLICATION_ID && !(owner == 0 && empty)) {
                throw new StoreFault(
                        Why.UNAVAILABLE,
                        true,
                        "it is a database of another program; name another file (kv: file)",
                        null);
            }
            if (version > VERSION) {
                throw new StoreFault(
                        Why.UNAVAILABLE,
                        true,
                        "it was written by a newer version of the engine (format %d, this version knows %d)"
                                .formatted(version, VERSION),
                        null);
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = " + (durable ? "FULL" : "NORMAL"));
            statement.execute("PRAGMA journal_size_limit = " + LARGEST_WAL);
            if (version < VERSION) {
                statement.execute("BEGIN IMMEDIATE");
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS kv (bucket TEXT NOT NULL, name BLOB NOT NULL,"
                                + " value BLOB NOT NULL, expires INTEGER NOT NULL,"
                                + " PRIMARY KEY (bucket, name)) WITHOUT ROWID");
                statement.execute(
                        "CREATE INDEX IF NOT EXISTS kv_expires ON kv (expires) WHERE expires < "
                                + Kept.NEVER);
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                statement.execute("PRAGMA user_version = " + VERSION);
                statement.execute("COMMIT");
            }
        }
    }

    private static int number(Statement statement, String question) throws SQLException {
        try (ResultSet row = statement.executeQuery(question)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** What is kept under a key, and has not expired; null: nothing. */
    @Nullable Kept read(KvKey key, long now) throws StoreFault {
        try {
            bind(read, key);
            try (ResultSet row = read.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                Kept entry = new Kept(LuaString.ofOctets(row.getBytes(1)), row.getLong(2));
                return entry.isOver(now) ? null : entry;
            }
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    /** From this name on. */
    private record From(LuaString name) implements Cursor {}

    /** Entries in the order of their names, which are octets. */
    Answer.Listed list(Page page, long now) throws StoreFault {
        LuaString from = page.from() == null ? page.prefix() : ((From) page.from()).name();
        try {
            list.setString(1, page.bucket());
            list.setBytes(2, from.toOctets());
            list.setLong(3, now);
            list.setInt(4, Page.ENTRIES);
            List<Entry> entries = new ArrayList<>();
            long octets = 0;
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    LuaString name = LuaString.ofOctets(row.getBytes(1));
                    if (!page.takes(name)) {
                        return new Answer.Listed(entries, null);
                    }
                    LuaString value = LuaString.ofOctets(row.getBytes(2));
                    entries.add(new Entry(name, value));
                    octets += value.length();
                    if (octets > LARGEST_PAGE || entries.size() == Page.ENTRIES) {
                        return new Answer.Listed(entries, new From(after(name)));
                    }
                }
            }
            return new Answer.Listed(entries, null);
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    /** The first of all names that come after one. */
    private static LuaString after(LuaString name) {
        byte[] octets = new byte[name.length() + 1];
        name.copyTo(octets, 0);
        return LuaString.ofOctets(octets);
    }

    /** Begins a transaction that may write. */
    void begin() throws StoreFault {
        run(begin);
    }

    /** Keeps an entry; null: deletes what is kept. */
    void write(KvKey key, @Nullable Kept entry) throws StoreFault {
        PreparedStatement statement = entry == null ? delete : write;
        try {
            bind(statement, key);
            if (entry != null) {
                statement.setBytes(3, entry.value().toOctets());
                statement.setLong(4, entry.expires());
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    void commit() throws StoreFault {
        run(commit);
    }

    /** Ends a transaction without what was done in it. */
    void rollback() {
        try {
            rollback.execute();
        } catch (SQLException e) {
            // SQLite has done it already, or the connection is closed next
            return;
        }
    }

    /** Deletes what has expired; how many. */
    int sweep(long now, int most) throws StoreFault {
        try {
            sweep.setLong(1, now);
            sweep.setInt(2, most);
            return sweep.executeUpdate();
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    private static void bind(PreparedStatement statement, KvKey key) throws SQLException {
        statement.setString(1, key.bucket());
        statement.setBytes(2, key.name().toOctets());
    }

    private static void run(PreparedStatement statement) throws StoreFault {
        try {
            statement.execute();
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    private static StoreFault fault(SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException sqlite
                        ? sqlite.getResultCode()
                        : SQLiteErrorCode.UNKNOWN_ERROR;
        return switch (code) {
            case SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED ->
                    new StoreFault(
                            Why.TIMEOUT, false, "another process holds its lock for too long", e);
            // a connection that met it goes on failing when there is room again
            case SQLITE_FULL -> new StoreFault(Why.UNAVAILABLE, true, "the disk is full", e);
            case SQLITE_NOTADB ->
                    new StoreFault(
                            Why.UNAVAILABLE,
                            true,
                            "it is no SQLite database: move it away, or bring back a good copy",
                            e);
            case SQLITE_CORRUPT ->
                    new StoreFault(
                            Why.UNAVAILABLE,
                            true,
                            "its contents are damaged: move it away, or bring back a good copy",
                            e);
            default -> new StoreFault(Why.UNAVAILABLE, true, words(e), e);
        };
    }

    /** SQLite's own words, as "[SQLITE_IOERR] Some kind of disk I/O error occurred (...)". */
    private static String words(SQLException e) {
        return "SQLite says " + e.getMessage();
    }

    @Override
    public void close() {
        close(connection);
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // nothing is under way on it, and what was committed is in the WAL
                return;
            }
        }
    }
}
