package io.moondial.modules.sql;

import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlText.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.sqlite.SQLiteConfig;

/**
 * What differs between the kinds of databases in a session: what its connection is opened with, the
 * limits at the database's side, how a transaction begins and ends, and how a call is stopped.
 */
final class Sessions {
    /** How long the socket may be silent, beyond what a statement may take. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final DatabaseSettings settings;
    private final Dialect dialect;

    Sessions(DatabaseSettings settings) {
        this.settings = settings;
        this.dialect = settings.dialect();
    }

    // ---- its beginning

    /** What the driver opens a connection with. */
    Properties properties() {
        Properties all = dialect == Dialect.SQLITE ? sqlite(settings, true) : new Properties();
        if (settings.user() != null) {
            all.setProperty("user", settings.user());
        }
        if (settings.password() != null) {
            all.setProperty("password", settings.password().text());
        }
        switch (dialect) {
            case POSTGRESQL -> {
                put(all, "ApplicationName", "moondial");
                put(all, "loginTimeout", seconds(Duration.ZERO));
                put(all, "connectTimeout", seconds(Duration.ZERO));
                put(all, "socketTimeout", seconds(SILENCE));
                put(all, "cancelSignalTimeout", 2);
                put(all, "tcpKeepAlive", true);
                put(all, "readOnlyMode", "always");
                // a text becomes what the database expects: a date, a uuid, JSON
                put(all, "stringtype", "unspecified");
                put(all, "maxResultBuffer", 2L * settings.maxBytes());
                // it has values in it
                put(all, "logServerErrorDetail", false);
            }
            case MARIADB -> {
                // the driver of MySQL has other names
                if (settings.url().startsWith("jdbc:mariadb:")) {
                    put(all, "connectTimeout", settings.timeout().toMillis());
                    put(all, "socketTimeout", settings.timeout().plus(SILENCE).toMillis());
                    put(all, "tcpKeepAlive", true);
                    put(all, "allowLocalInfile", false);
                    put(all, "useServerPrepStmts", true);
                }
            }
            case SQLITE, OTHER -> {}
        }
        return all;
    }

    private long seconds(Duration more) {
        return settings.timeout().plus(more).plusMillis(999).toSeconds();
    }

    /** What the URL says by itself stays. */
    private void put(Properties properties, String name, Object value) {
        if (!settings.url()
                .toLowerCase(Locale.ROOT)
                .contains(name.toLowerCase(Locale.ROOT) + "=")) {
            properties.setProperty(name, value.toString());
        }
    }

    /**
     * The settings of a database of SQLite.
     *
     * @param inFile false: it is in memory
     */
    static Properties sqlite(DatabaseSettings settings, boolean inFile) {
        SQLiteConfig config = new SQLiteConfig();
        config.enforceForeignKeys(true);
        config.setBusyTimeout((int) settings.timeout().toMillis());
        // a script reaches no other file
        config.setPragma(SQLiteConfig.Pragma.LIMIT_ATTACHED, "0");
        config.setPragma(
                SQLiteConfig.Pragma.LIMIT_LENGTH, Integer.toString(2 * settings.maxBytes()));
        if (settings.readOnly() && inFile) {
            config.setReadOnly(true);
        } else if (inFile) {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        }
        return config.toProperties();
    }

    /** The first thing on a connection: from now on the database limits the time of a statement. */
    void limit(Connection connection) throws SQLException {
        long limit = settings.timeout().toMillis();
        switch (dialect) {
            case POSTGRESQL -> carryOut(connection, "SET statement_timeout = " + limit);
            case MARIADB -> {
                boolean mysql = connection.getMetaData().getDatabaseProductName().equals("MySQL");
                carryOut(
                        connection,
                        mysql
                                ? "SET SESSION max_execution_time = " + limit
                                : "SET SESSION max_statement_time = " + limit / 1000.0);
            }
            case SQLITE, OTHER -> {}
        }
    }

    /** Whether the database ends a statement by itself when its time is up. */
    boolean limitTime() {
        return dialect == Dialect.POSTGRESQL || dialect == Dialect.MARIADB;
    }

    /**
     * Whether they run in this process: their calls keep the carrier of a virtual thread, and one
     * that is stopped has ended at once, and leaves its connection as it was.
     */
    boolean areHere() {
        return dialect == Dialect.SQLITE;
    }

    // ---- transactions

    void begin(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            // its driver would begin another one with each commit
            carryOut(connection, settings.readOnly() ? "BEGIN" : "BEGIN IMMEDIATE");
        } else {
            connection.setAutoCommit(false);
        }
    }

    void commit(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            carryOut(connection, "COMMIT");
        } else {
            connection.commit();
        }
    }

    void rollback(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            carryOut(connection, "ROLLBACK");
        } else {
            connection.rollback();
        }
    }

    /** Carries out what is no statement of a script. */
    static void carryOut(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
