package io.moondial.modules.sql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL. */
final class PostgresServer implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable PostgresServer shared;

    private final Path data;
    private EmbeddedPostgres server;

    /** One of the test's own, which it may hurt. */
    PostgresServer() {
        try {
            // PostgreSQL's own user must reach it
            data = Files.createTempDirectory("moondial-postgres");
            Runtime.getRuntime().addShutdownHook(new Thread(this::closeQuietly));
            server = start(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one that all tests of a process share; it stops with the process. */
    static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = new PostgresServer();
        }
        return shared;
    }

    private EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofMinutes(2))
                .setServerConfig("max_connections", "60")
                .setServerConfig("fsync", "off")
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** A database of its own, and what a rules file says of it. */
    String database(String more) throws SQLException {
        String name = "t" + DATABASES.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return section(name, port(), more);
    }

    /** What a rules file says of a database. */
    static String section(String name, int port, String more) {
        return "sql: {databases: {bank: {url: \"jdbc:postgresql://127.0.0.1:%d/%s\", user: postgres%s}}}\n"
                .formatted(port, name, more.isEmpty() ? "" : ", " + more);
    }

    /** The name of the database in a section. */
    static String nameIn(String section) {
        return section.replaceAll("(?s).*jdbc:postgresql://[^/]+/(\\w+).*", "$1");
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port(), database));
    }

    void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String value(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(sql)) {
            results.next();
            return results.getString(1);
        }
    }

    /** What others do in a database at this moment: state and transaction. */
    String activity(String database) throws SQLException {
        return value(
                database,
                "SELECT coalesce(string_agg(state, ',' ORDER BY state), '') FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND application_name = 'moondial'"
                        + " AND state <> 'idle'");
    }

    // ---- what befalls it

    /** All of its processes. */
    private List<Long> processes() throws IOException {
        long first =
                Long.parseLong(
                        Files.readAllLines(data.resolve("data/postmaster.pid")).getFirst().strip());
        List<Long> all = new ArrayList<>();
        all.add(first);
        ProcessHandle.of(first)
                .ifPresent(it -> it.descendants().forEach(child -> all.add(child.pid())));
        return all;
    }

    /** First the one that makes others, so that none is missed. */
    void signal(String signal) throws Exception {
        signal(signal, processes().subList(0, 1));
        signal(signal, processes());
    }

    private static void signal(String signal, List<Long> processes) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.forEach(it -> command.add(it.toString()));
        if (!new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("kill does not end");
        }
    }

    /** It is gone at once, without a word to anybody. */
    void kill() throws Exception {
        List<Long> all = processes();
        signal("KILL", all);
        for (long process : all) {
            ProcessHandle.of(process)
                    .ifPresent(it -> it.onExit().orTimeout(60, TimeUnit.SECONDS).join());
        }
    }

    /** It is there again, with what it knew. */
    void startAgain() throws IOException {
        int port = port();
        server.close(); // what it holds here
        Files.deleteIfExists(data.resolve("data/postmaster.pid"));
        server = start(port);
    }

    @Override
    public synchronized void close() throws IOException {
        if (Files.exists(data)) {
            server.close();
            try (Stream<Path> all = Files.walk(data)) {
                for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
