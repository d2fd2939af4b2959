package io.moondial.modules.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/** The connections to one database: a pool that opens and replaces them by itself. */
interface Connections extends AutoCloseable {
    /** One of them for its taker alone; waits for it about as long as the rules say. */
    Connection take() throws SQLException;

    /**
     * It is free again.
     *
     * @param broken it is closed and replaced
     */
    void giveBack(Connection connection, boolean broken);

    /** Whatever it does ends at once, with an error; it is then given back as broken. */
    void abort(Connection connection);

    /** How many are taken. */
    int active();

    /** How many are free. */
    int idle();

    @Override
    void close();

    /** Tells this one from now on how the pool fares. */
    default void tell(Listener listener) {}

    /** Is told how the pool fares, on its threads. */
    interface Listener {
        Listener NONE =
                new Listener() {
                    @Override
                    public void opened() {}

                    @Override
                    public void refused(String words) {}

                    @Override
                    public void lost(Path file) {}

                    @Override
                    public void walLost(Path wal) {}
                };

        /** A connection has been opened. */
        void opened();

        /** A connection could not be opened. */
        void refused(String words);

        /** The file was deleted or replaced while it was in use. */
        void lost(Path file);

        /** The file with the latest changes was deleted alone. */
        void walLost(Path wal);
    }

    /** The pool that the rules ask for. It opens connections later, and goes on trying. */
    static Connections pool(String name, DatabaseSettings settings, Time time) {
        return new Pool(name, settings, time);
    }

    /** One connection that is there already. Only one takes it at a time. */
    static Connections single(Connection connection) {
        return new Single(connection);
    }

    /** What is said where no driver knows the URL; empty: one does. */
    static Optional<String> missingDriver(DatabaseSettings settings) {
        try (Drivers drivers = Drivers.of(settings)) {
            return drivers.driver() == null
                    ? Optional.of(
                            "no driver knows "
                                    + drivers.kind()
                                    + ". PostgreSQL, MariaDB and SQLite are built in; put the jar of another"
                                    + " driver into "
                                    + drivers.folder()
                                    + drivers.trouble())
                    : Optional.empty();
        }
    }

    /** Connections of HikariCP, which are made here. */
    final class Pool implements Connections {
        private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Pool.class);

        /** HikariCP's least. */
        private static final long SHORTEST_WAIT = 250;

        private final Maker maker;
        private final HikariDataSource pool;

        Pool(String name, DatabaseSettings settings, Time time) {
            maker = new Maker(settings, time);
            try {
                pool = new HikariDataSource(config(name, settings, maker));
            } catch (RuntimeException | Error e) {
                maker.close();
                throw e;
            }
        }

        private static HikariConfig config(String name, DatabaseSettings settings, Maker maker) {
            long wait = Math.max(SHORTEST_WAIT, settings.acquireTimeout().toMillis());
            HikariConfig config = new HikariConfig();
            config.setPoolName(name);
            config.setDataSource(maker);
            config.setMaximumPoolSize(settings.pool());
            config.setMinimumIdle(settings.pool());
            config.setConnectionTimeout(wait);
            config.setValidationTimeout(SHORTEST_WAIT);
            config.setReadOnly(settings.readOnly());
            config.setInitializationFailTimeout(-1);
            config.setThreadFactory(
                    Thread.ofPlatform().daemon().name("sql-" + name + "-pool-", 0).factory());
            return config;
        }

        @Override
        public void tell(Listener listener) {
            maker.listener = listener;
        }

        @Override
        public Connection take() throws SQLException {
            WatchedFile file = maker.file;
            if (file == null) {
                return pool.getConnection();
            }
            if (file.look()) {
                now().softEvictConnections();
            }
            Connection taken = pool.getConnection();
            while (file.isLost(taken.unwrap(SQLiteConnection.class))) {
                pool.evictConnection(taken);
                taken = pool.getConnection();
            }
            return taken;
        }

        @Override
        public void giveBack(Connection connection, boolean broken) {
            try {
                if (broken) {
                    pool.evictConnection(connection);
                } else {
                    connection.close();
                }
            } catch (SQLException e) {
                pool.evictConnection(connection);
            }
        }

        @Override
        public void abort(Connection connection) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("not aborted", e); // it is closed by then, or its driver cannot
            }
        }

        @Override
        public int active() {
            return now().getActiveConnections();
        }

        @Override
        public int idle() {
            return now().getIdleConnections();
        }

        private HikariPoolMXBean now() {
            return pool.getHikariPoolMXBean();
        }

        @Override
        public void close() {
            maker.closed = true;
            pool.close();
            maker.close();
        }
    }

    /** One connection, of a database that is in memory. */
    final class Single implements Connections {
        private final Connection connection;
        private volatile boolean taken;

        Single(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Connection take() {
            taken = true;
            return connection;
        }

        /** What is in memory would be lost with its connection. */
        @Override
        public void giveBack(Connection it, boolean broken) {
            taken = false;
        }

        @Override
        public void abort(Connection it) {}

        @Override
        public int active() {
            return taken ? 1 : 0;
        }

        @Override
        public int idle() {
            return taken ? 0 : 1;
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The driver of a URL: a built-in one, or one of a jar in lib.d. */
    final class Drivers implements AutoCloseable {
        private final DatabaseSettings settings;
        private final @Nullable Driver driver;
        private @Nullable URLClassLoader jars;
        private String trouble = "";

        private Drivers(DatabaseSettings settings) {
            this.settings = settings;
            this.driver = builtIn().orElseGet(this::ofJars);
        }

        static Drivers of(DatabaseSettings settings) {
            return new Drivers(settings);
        }

        @Nullable Driver driver() {
            return driver;
        }

        String kind() {
            return settings.url().substring(0, settings.url().indexOf(':', "jdbc:".length()) + 1);
        }

        Path folder() {
            return settings.file().resolveSibling("lib.d");
        }

        /** What was wrong with the jars, if something was. */
        String trouble() {
            return trouble;
        }

        private Optional<Driver> builtIn() {
            return switch (kind()) {
                case "jdbc:postgresql:" -> Optional.of(named("org.postgresql.Driver"));
                case "jdbc:mariadb:" -> Optional.of(named("org.mariadb.jdbc.Driver"));
                case "jdbc:sqlite:" -> Optional.of(new org.sqlite.JDBC());
                default -> Optional.empty();
            };
        }

        private static Driver named(String driver) {
            try {
                return Class.forName(driver)
                        .asSubclass(Driver.class)
                        .getDeclaredConstructor()
                        .newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a driver that is built in is missing", e);
            }
        }

        private @Nullable Driver ofJars() {
            try {
                List<URL> urls = new ArrayList<>();
                try (DirectoryStream<Path> found = Files.newDirectoryStream(folder(), "*.jar")) {
                    for (Path jar : found) {
                        urls.add(jar.toUri().toURL());
                    }
                }
                jars = new URLClassLoader(urls.toArray(URL[]::new), getClass().getClassLoader());
                Iterator<Driver> drivers = ServiceLoader.load(Driver.class, jars).iterator();
                while (drivers.hasNext()) {
                    Driver one = drivers.next();
                    if (one.acceptsURL(settings.url())) {
                        return one;
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                return null;
            } catch (IOException | SQLException | ServiceConfigurationError e) {
                trouble = " (" + e + ")";
            }
            return null;
        }

        @Override
        public void close() {
            try {
                if (jars != null) {
                    jars.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Opens connections, each with the limits that it is to have at the database's side. */
    final class Maker implements DataSource, AutoCloseable {
        private static final String POSTGRESQL = "org.postgresql";

        /** What it would write to stderr is in the errors that it throws. */
        private static final Logger OF_POSTGRESQL = Logger.getLogger(POSTGRESQL);

        static {
            OF_POSTGRESQL.setLevel(Level.OFF);
        }

        private final DatabaseSettings settings;
        private final Sessions sessions;
        private final Drivers drivers;
        private final Driver driver;

        /** Null: it is no file of SQLite. */
        private final @Nullable WatchedFile file;

        private volatile Listener listener = Listener.NONE;
        private volatile boolean closed;

        Maker(DatabaseSettings settings, Time time) {
            this.settings = settings;
            this.sessions = new Sessions(settings);
            this.drivers = Drivers.of(settings);
            Driver found = drivers.driver();
            if (found == null) {
                drivers.close();
                throw new Backend.BackendException(missingDriver(settings).orElse(""));
            }
            this.driver = found;
            this.file =
                    settings.sqliteFile()
                            .map(
                                    it ->
                                            new WatchedFile(
                                                    it,
                                                    time,
                                                    () -> listener.lost(it),
                                                    wal -> listener.walLost(wal)))
                            .orElse(null);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = null;
            try {
                connection = file == null ? connect() : file.open(this::connect);
                sessions.limit(connection);
                if (closed) {
                    throw new SQLException("the pool is closed");
                }
                listener.opened();
                return connection;
            } catch (SQLException | RuntimeException e) {
                if (connection != null) {
                    connection.close();
                }
                if (!closed) {
                    listener.refused(JdbcCall.words(e));
                }
                throw e;
            }
        }

        private Connection connect() throws SQLException {
            Connection connection = driver.connect(url(), sessions.properties());
            if (connection == null) {
                throw new SQLException("the driver does not know " + drivers.kind());
            }
            if (file != null && !settings.readOnly()) {
                // the first look into it makes the files beside it, which are its own from then on
                try {
                    Sessions.carryOut(connection, "PRAGMA schema_version");
                } catch (SQLException e) {
                    connection.close();
                    throw e;
                }
            }
            return connection;
        }

        private String url() {
            return settings.sqliteFile()
                    .map(it -> "jdbc:sqlite:" + it.toAbsolutePath())
                    .orElse(settings.url());
        }

        @Override
        public void close() {
            drivers.close();
        }

        // ---- what a pool does not ask for

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        /** How long a pool that is closed waits for a connection on its way: it is closed here. */
        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
