package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts get of a real MariaDB, where one is installed. */
class MariadbTest {
    private static final String USER = "ussd";

    @TempDir static Path data;
    private static Process server;
    private static int port;

    @TempDir Path folder;
    private SqlBench bench;

    private static Optional<Path> installed() {
        return Stream.concat(
                        Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        Stream.of("/usr/sbin"))
                .map(it -> Path.of(it).resolve("mariadbd"))
                .filter(Files::isExecutable)
                .filter(it -> Files.isExecutable(folderOf(it).resolve("bin/my_print_defaults")))
                .findFirst();
    }

    /** What bin and sbin are in. */
    private static Path folderOf(Path program) {
        return program.resolve("../..").normalize();
    }

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = installed();
        assumeTrue(program.isPresent(), "mariadbd or its my_print_defaults is not installed");
        Path base = folderOf(program.orElseThrow());
        Path files = data.resolve("data");
        run(
                base.resolve("bin/mariadb-install-db").toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + files,
                "--user=root",
                "--skip-test-db",
                "--auth-root-authentication-method=normal");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path init = data.resolve("init.sql");
        Files.writeString(
                init,
                "CREATE DATABASE bank;\nCREATE USER 'ussd'@'%' IDENTIFIED BY 'pa55';\nGRANT ALL ON *.* TO 'ussd'@'%';\n");
        server =
                new ProcessBuilder(
                                program.orElseThrow().toString(),
                                "--no-defaults",
                                "--basedir=" + base,
                                "--datadir=" + files,
                                "--socket=" + data.resolve("s"),
                                "--pid-file=" + data.resolve("pid"),
                                "--bind-address=127.0.0.1",
                                "--port=" + port,
                                "--skip-name-resolve",
                                "--user=root",
                                "--innodb-flush-log-at-trx-commit=0",
                                "--init-file=" + init)
                        .redirectErrorStream(true)
                        .redirectOutput(data.resolve("log").toFile())
                        .start();
        await().ignoreExceptions().until(() -> value("SELECT 1").equals("1"));
    }

    private static void run(String... command) throws Exception {
        Path out = data.resolve("install.out");
        Process process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90));
    }

    private static String value(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:mariadb://127.0.0.1:" + port + "/bank", USER, "pa55");
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet results = statement.getResultSet()) {
                results.next();
                return String.valueOf(results.getString(1));
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        value("DROP TABLE IF EXISTS accounts");
        value(
                "CREATE TABLE accounts (id int PRIMARY KEY, name varchar(20) UNIQUE, balance decimal(12,2)"
                        + " CHECK (balance >= 0)) ENGINE = InnoDB");
        value("INSERT INTO accounts VALUES (1, 'Ann', 12.50), (2, 'Bob', 100)");
        open("pool: 2, timeout: 20s, acquire_timeout: 20s");
    }

    private void open(String more) throws Exception {
        Files.writeString(folder.resolve("secret"), "pa55\n");
        bench =
                new SqlBench(
                        folder,
                        "sql: {databases: {bank: {url: \"jdbc:mariadb://127.0.0.1:%d/bank\", user: ussd, password: {file: secret}, %s}}}\n"
                                .formatted(port, more));
    }

    @AfterEach
    void close() throws IOException {
        if (bench != null) {
            bench.close();
        }
    }

    private String read(String expression) throws Exception {
        return bench.run(
                "local v, why, detail = sql.value('bank', [==[SELECT "
                        + expression
                        + "]==])\nreturn type(v) .. ' ' .. tostring(v) .. (why and ' ' .. why .. ' ' .. detail or '')");
    }

    @Test
    void each_type_arrives_as_the_manual_says() throws Exception {
        assertThat(read("12")).isEqualTo("number 12");
        assertThat(read("CAST(12.5 AS DECIMAL(12,2))")).isEqualTo("userdata 12.50");
        assertThat(read("18446744073709551615")).isEqualTo("userdata 18446744073709551615");
        assertThat(read("CAST(1.5 AS DOUBLE)")).isEqualTo("number 1.5");
        assertThat(read("NULL")).isEqualTo("nil nil");
        assertThat(read("'ž :x'")).isEqualTo("string ž :x");
        assertThat(read("DATE '2026-01-31'")).isEqualTo("string 2026-01-31");
        assertThat(read("TIME '08:30:00'")).isEqualTo("string 08:30:00");
        assertThat(read("TIMESTAMP '2026-01-31 08:30:00.25'"))
                .isEqualTo("string 2026-01-31T08:30:00.25");
        assertThat(read("x'DEAD'")).isEqualTo("string dead");
        value("CREATE OR REPLACE TABLE kinds (flag boolean, bits bit(4), j json, b blob)");
        value("INSERT INTO kinds VALUES (true, b'1010', '{\"a\":1}', x'BEEF')");
        assertThat(read("flag FROM kinds")).isEqualTo("boolean true");
        assertThat(read("j FROM kinds")).isEqualTo("string {\"a\":1}");
        assertThat(read("b FROM kinds")).isEqualTo("string beef");
    }

    @Test
    void values_go_in_and_a_transfer_is_done() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local n = sql.transaction("bank", function(tx)
                                  tx:execute("UPDATE accounts SET balance = balance - :s WHERE id = :a # :none", {s = decimal("2.50"), a = 1})
                                  return tx:execute("UPDATE `accounts` SET balance = balance + :s WHERE id = :a -- :none", {s = decimal("2.50"), a = 2})
                                end)
                                local r = sql.row("bank", "SELECT sum(balance) AS s, max(name) AS \\"n\\", 5--:minus AS d FROM accounts", {minus = 1})
                                return n .. tostring(r.s) .. r.n .. r.d
                                """))
                .isEqualTo("1112.50Bob6");
        assertThat(value("SELECT group_concat(balance ORDER BY id) FROM accounts"))
                .isEqualTo("10.00,102.50");
    }

    @Test
    void errors_mean_the_same_as_elsewhere() throws Exception {
        String lua =
                "local n, why, detail = sql.execute('bank', \"%s\") return why .. ' ' .. detail";
        assertThat(bench.run(lua.formatted("INSERT INTO accounts VALUES (1, 'Zoe', 0)")))
                .startsWith("constraint bank: SQLSTATE 23000: Duplicate entry");
        assertThat(bench.run(lua.formatted("UPDATE accounts SET balance = -1")))
                .startsWith("constraint bank: SQLSTATE 23000: ");
        assertThat(bench.run("return sql.query('bank', 'SELEC 1')")).contains("SQLSTATE 42000: ");
        assertThat(bench.run("return sql.query('bank', 'SELECT * FROM nowhere')"))
                .contains("SQLSTATE 42S02: ");
        assertThat(
                        bench.run(
                                "return sql.transaction('bank', function(tx) tx:execute('DROP TABLE accounts') end)"))
                .contains("DROP is not for sql.transaction: MariaDB commits before it");
        assertThat(bench.run("return sql.value('bank', \"SELECT /*!99999 1, */ 2\")"))
                .contains("a comment that MariaDB carries out");
    }

    @Test
    void a_deadlock_is_a_conflict() throws Exception {
        bench.logged =
                line -> {
                    if (line.equals("second")) {
                        await().until(() -> bench.log.contains("first"));
                    } else if (line.equals("first")) {
                        await().until(() -> bench.log.contains("second"));
                    }
                };
        String lua =
                """
                local ok, why = sql.transaction("bank", function(tx)
                  tx:execute("UPDATE accounts SET balance = balance + 1 WHERE id = %d")
                  log.info("%s")
                  tx:execute("UPDATE accounts SET balance = balance + 1 WHERE id = %d")
                  return true
                end)
                return tostring(ok) .. tostring(why)
                """;
        SqlBench.Running one = bench.start(lua.formatted(1, "first", 2));
        SqlBench.Running other = bench.start(lua.formatted(2, "second", 1));
        assertThat(List.of(one.text(), other.text()))
                .containsExactlyInAnyOrder("truenil", "nilconflict");
    }

    @Test
    void a_statement_that_takes_too_long_is_stopped_at_both_sides() throws Exception {
        bench.close();
        open("timeout: 2s, acquire_timeout: 2s");
        assertThat(
                        bench.run(
                                "local v, why = sql.value('bank', 'SELECT sleep(600)') return tostring(why)"))
                .isIn("timeout", "nil");
        assertThat(
                        bench.run(
                                "local v, why = sql.value('bank', 'SELECT max(a.help_topic_id + b.help_topic_id * rand()) FROM mysql.help_topic a, mysql.help_topic b, mysql.help_topic c') return tostring(why)"))
                .isIn("timeout", "nil");
        await().untilAsserted(
                        () ->
                                assertThat(
                                                value(
                                                        "SELECT count(*) FROM information_schema.processlist WHERE command <> 'Sleep' AND info NOT LIKE '%processlist%'"))
                                        .isEqualTo("0"));
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
    }

    @Test
    void a_huge_result_is_refused_and_leaves_the_pool_sound() throws Exception {
        bench.close();
        open("max_rows: 10, timeout: 20s, acquire_timeout: 10s");
        assertThat(
                        bench.run(
                                "local v, why = sql.query('bank', 'SELECT seq FROM seq_1_to_100000000') return tostring(why)"))
                .isEqualTo("too_large");
        assertThat(bench.run("return sql.value('bank', 'SELECT 7')")).isEqualTo("7");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
    }

    @Test
    void a_read_only_one_refuses_changes() throws Exception {
        bench.close();
        open("read_only: true");
        assertThat(bench.run("return sql.execute('bank', 'DELETE FROM accounts')"))
                .contains("SQLSTATE 25006");
    }

    @Test
    void a_script_that_is_ended_in_a_transaction_leaves_nothing_behind() throws Exception {
        SqlBench.Running running =
                bench.start(
                        """
                        sql.transaction("bank", function(tx)
                          tx:execute("DELETE FROM accounts")
                          log.info("deleted")
                          tx:value("SELECT sleep(600)")
                        end)
                        """);
        await().until(() -> bench.log.contains("deleted"));
        running.stop();
        running.outcome();
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        await().untilAsserted(
                        () ->
                                assertThat(
                                                value(
                                                        "SELECT count(*) FROM information_schema.innodb_trx"))
                                        .isEqualTo("0"));
        assertThat(value("SELECT count(*) FROM accounts")).isEqualTo("2");
    }
}
