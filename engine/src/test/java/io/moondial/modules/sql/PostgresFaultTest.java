package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that hangs, dies, comes back, or was never there. */
class PostgresFaultTest {
    private static final String ASK =
            "local v, why, detail = sql.value('bank', 'SELECT 7')\n"
                    + "return tostring(v) .. ' ' .. tostring(why) .. ' ' .. tostring(detail)";

    private static PostgresServer server;

    @TempDir Path folder;

    @BeforeAll
    static void start() {
        server = new PostgresServer();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private static void untilAnswered(SqlBench bench) {
        await().untilAsserted(() -> assertThat(bench.run(ASK)).isEqualTo("7 nil nil"));
    }

    @Test
    void one_that_hangs_holds_no_script_longer_than_the_timeout_and_comes_back() throws Exception {
        try (SqlBench bench =
                new SqlBench(
                        folder,
                        server.database("pool: 2, timeout: 400ms, acquire_timeout: 300ms"))) {
            untilAnswered(bench);
            server.signal("STOP");
            try {
                await().untilAsserted(
                                () -> assertThat(bench.run(ASK)).startsWith("nil unavailable"));
                assertThat(bench.called)
                        .filteredOn(it -> !it.endsWith(" ok"))
                        .isNotEmpty()
                        .isSubsetOf("sql.bank timeout", "sql.bank unavailable", "sql.bank busy");
            } finally {
                server.signal("CONT");
            }
            untilAnswered(bench);
            await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        }
    }

    @Test
    void a_transaction_in_one_that_hangs_ends_with_its_time_and_leaves_nothing() throws Exception {
        String section = server.database("pool: 1, timeout: 3s, acquire_timeout: 3s");
        String database = PostgresServer.nameIn(section);
        server.execute(database, "CREATE TABLE t (a int)");
        try (SqlBench bench = new SqlBench(folder, section)) {
            untilAnswered(bench);
            bench.logged = line -> signal("STOP");
            try {
                assertThat(
                                bench.run(
                                        """
                                        local v, why = sql.transaction("bank", function(tx)
                                          tx:execute("INSERT INTO t VALUES (1)")
                                          log.info("now")
                                          local n, inner = tx:execute("INSERT INTO t VALUES (2)")
                                          log.debug(inner)
                                          return true
                                        end)
                                        return tostring(v) .. " " .. why
                                        """))
                        .isEqualTo("nil timeout");
            } finally {
                server.signal("CONT");
            }
            untilAnswered(bench);
            assertThat(server.value(database, "SELECT count(*) FROM t")).isEqualTo("0");
            await().untilAsserted(() -> assertThat(server.activity(database)).isEmpty());
            await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        }
    }

    private static void signal(String signal) {
        try {
            server.signal(signal);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void one_that_dies_is_unavailable_at_once_and_comes_back() throws Exception {
        try (SqlBench bench =
                new SqlBench(
                        folder, server.database("pool: 3, timeout: 20s, acquire_timeout: 10s"))) {
            untilAnswered(bench);
            server.kill();
            try {
                await().untilAsserted(
                                () ->
                                        assertThat(bench.run(ASK))
                                                .startsWith(
                                                        "nil unavailable bank: no connection: "));
                assertThat(bench.gauges())
                        .contains(
                                "sql.bank state unreachable",
                                "sql.bank active 0",
                                "sql.bank idle 0");
            } finally {
                server.startAgain();
            }
            untilAnswered(bench);
            await().untilAsserted(
                            () -> assertThat(bench.gauges()).contains("sql.bank state reachable"));
        }
    }

    @Test
    void one_that_is_down_at_the_start_is_no_reason_not_to_start() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String name = PostgresServer.nameIn(server.database(""));
        try (SqlBench bench =
                new SqlBench(
                        folder,
                        PostgresServer.section(name, port, "timeout: 20s, acquire_timeout: 10s"))) {
            assertThat(bench.run(ASK))
                    .startsWith("nil unavailable bank: no connection: ")
                    .contains("refused");
            assertThat(bench.run("return select(2, sql.transaction('bank', function() end))"))
                    .isEqualTo("unavailable");
            try (Wire _ = new Wire(port)) {
                untilAnswered(bench);
            }
        }
    }

    @Test
    void a_connection_that_is_cut_in_the_middle_is_replaced() throws Exception {
        String name = PostgresServer.nameIn(server.database(""));
        try (Wire wire = new Wire(0);
                SqlBench bench =
                        new SqlBench(
                                folder,
                                PostgresServer.section(
                                        name,
                                        wire.port(),
                                        "pool: 1, timeout: 30s, acquire_timeout: 10s"))) {
            untilAnswered(bench);
            SqlBench.Running running =
                    bench.start(
                            "local v, why = sql.value('bank', 'SELECT pg_sleep(600)') return why");
            await().untilAsserted(() -> assertThat(server.activity(name)).isEqualTo("active"));
            wire.cut();
            assertThat(running.text()).isEqualTo("unavailable");
            untilAnswered(bench);
        }
    }

    @Test
    void a_wrong_password_is_said_and_not_shown() throws Exception {
        String section = server.database("");
        String name = PostgresServer.nameIn(section);
        server.execute("postgres", "CREATE ROLE locked LOGIN PASSWORD 'right'");
        Path access = Path.of(server.value("postgres", "SHOW hba_file"));
        String before = Files.readString(access);
        Files.writeString(access, "host all locked 127.0.0.1/32 scram-sha-256\n" + before);
        server.value("postgres", "SELECT pg_reload_conf()");
        Files.writeString(folder.resolve("secret"), "wr0ng\n");
        String locked =
                "sql: {databases: {bank: {url: \"jdbc:postgresql://127.0.0.1:%d/%s\", user: locked, password: {file: secret}, timeout: 20s, acquire_timeout: 20s}}}\n"
                        .formatted(server.port(), name);
        try (SqlBench bench = new SqlBench(folder, locked)) {
            assertThat(bench.run(ASK))
                    .startsWith("nil unavailable bank: no connection: ")
                    .contains("password authentication failed for user \"locked\"")
                    .doesNotContain("wr0ng");
            Files.writeString(folder.resolve("secret"), "right\n");
            bench.reload(locked);
            untilAnswered(bench);
        } finally {
            Files.writeString(access, before);
            server.value("postgres", "SELECT pg_reload_conf()");
        }
    }

    /** What lies between, and can be cut. */
    private static final class Wire implements AutoCloseable {
        private final ServerSocket door;
        private final Set<Socket> ends = ConcurrentHashMap.newKeySet();

        Wire(int port) throws IOException {
            door = new ServerSocket();
            door.setReuseAddress(true);
            door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return door.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket near = door.accept();
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    ends.add(near);
                    ends.add(far);
                    Thread.ofVirtual().start(() -> pass(near, far));
                    Thread.ofVirtual().start(() -> pass(far, near));
                }
            } catch (IOException e) {
                cut(); // closed
            }
        }

        private static void pass(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // cut
            }
        }

        void cut() {
            for (Socket end : List.copyOf(ends)) {
                ends.remove(end);
                try {
                    end.setSoLinger(true, 0);
                    end.close();
                } catch (IOException e) {
                    // it is closed
                }
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
            cut();
        }
    }
}
