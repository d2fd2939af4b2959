package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What scripts get of a file of SQLite. */
class SqliteTest {
    @TempDir Path folder;
    private SqlBench bench;

    @BeforeEach
    void open() throws Exception {
        open("pool: 2, timeout: 20s, acquire_timeout: 20s");
        bench.run(
                """
                sql.execute("bank", [[CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT UNIQUE,
                  balance NUMERIC(12,2) CHECK (balance >= 0), active BOOLEAN, photo BLOB, part REAL)]])
                sql.execute("bank", "INSERT INTO accounts VALUES (1, 'Ann', 12.5, 1, x'DEAD', 0.5), (2, 'Bob', 100, 0, NULL, 1)")
                """);
    }

    private void open(String more) throws Exception {
        bench = new SqlBench(folder, section(more));
    }

    private static String section(String more) {
        return "sql: {databases: {bank: {url: \"jdbc:sqlite:bank.db\", " + more + "}}}\n";
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    @Test
    void the_file_is_beside_the_rules_and_written_ahead() {
        assertThat(folder.resolve("bank.db")).exists();
        assertThat(folder.resolve("bank.db-wal")).exists();
    }

    @Test
    void a_folder_that_is_not_there_makes_it_unavailable_until_it_is_made() throws Exception {
        close();
        bench = new SqlBench(folder, section("").replace("sqlite:bank.db", "sqlite:data/bank.db"));
        String lua = "local n, why = sql.value('bank', 'SELECT 1') return tostring(n or why)";
        assertThat(bench.run(lua)).isEqualTo("unavailable");
        Files.createDirectory(folder.resolve("data"));
        await().untilAsserted(() -> assertThat(bench.run(lua)).isEqualTo("1"));
    }

    @Test
    void a_declared_type_is_what_a_value_arrives_as() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local r = sql.row("bank", "SELECT *, 9007199254740993 AS large, 1.5 AS e FROM accounts WHERE id = :id", {id = 1})
                                return table.concat({r.id, r.name, tostring(r.balance), tostring(r.active), r.photo, r.part, tostring(r.large), r.e}, "|")
                                """))
                .isEqualTo("1|Ann|12.50|true|dead|0.5|9007199254740993|1.5");
        assertThat(
                        bench.run(
                                "return tostring(sql.value('bank', 'SELECT balance FROM accounts WHERE id = 2'))"))
                .isEqualTo("100.00");
    }

    @Test
    void a_decimal_compares_as_a_number_and_must_fit_one() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local n = sql.execute("bank", "UPDATE accounts SET balance = balance - :x WHERE balance - :x >= 0 AND id = 1", {x = decimal("12.50")})
                                return n .. " " .. tostring(sql.value("bank", "SELECT balance FROM accounts WHERE id = 1"))
                                """))
                .isEqualTo("1 0.00");
        assertThat(
                        bench.run(
                                "return sql.value('bank', 'SELECT :x', {x = decimal('1.12345678901234567890')})"))
                .contains("the parameter :x has more digits than a number of SQLite holds");
        assertThat(
                        bench.run(
                                "return sql.value('bank', 'SELECT :x', {x = decimal('9007199254740993')})"))
                .isEqualTo("9007199254740993");
    }

    @Test
    void constraints_have_the_sqlstates_of_others() throws Exception {
        bench.run(
                "sql.execute('bank', 'CREATE TABLE part (a INT NOT NULL REFERENCES accounts(id))')");
        String lua =
                "local n, why, detail = sql.execute('bank', \"%s\") return why .. ' ' .. detail:sub(1, 20)";
        assertThat(bench.run(lua.formatted("INSERT INTO accounts (id) VALUES (1)")))
                .isEqualTo("constraint bank: SQLSTATE 23505");
        assertThat(bench.run(lua.formatted("UPDATE accounts SET name = 'Ann'")))
                .isEqualTo("constraint bank: SQLSTATE 23505");
        assertThat(bench.run(lua.formatted("UPDATE accounts SET balance = -1")))
                .isEqualTo("constraint bank: SQLSTATE 23514");
        assertThat(bench.run(lua.formatted("INSERT INTO part VALUES (NULL)")))
                .isEqualTo("constraint bank: SQLSTATE 23502");
        assertThat(bench.run(lua.formatted("INSERT INTO part VALUES (77)")))
                .isEqualTo("constraint bank: SQLSTATE 23503");
        assertThat(bench.run("return sql.query('bank', 'SELEC')"))
                .contains("has no statement 'SELEC'");
        assertThat(bench.run("return sql.query('bank', 'SELEC 1')")).contains("syntax error");
    }

    @Test
    void no_script_reaches_another_file() throws Exception {
        Path other = folder.resolve("other.db");
        assertThat(bench.run("return sql.execute('bank', \"ATTACH '" + other + "' AS o\")"))
                .contains("ATTACH is not for scripts");
        assertThat(bench.run("return sql.execute('bank', \"VACUUM INTO '" + other + "'\")"))
                .contains("VACUUM is not for scripts");
        assertThat(bench.run("return sql.execute('bank', 'PRAGMA journal_mode = DELETE')"))
                .contains("PRAGMA is not for scripts");
        assertThat(bench.run("return sql.value('bank', \"SELECT load_extension('x')\")"))
                .contains("not authorized");
        assertThat(other).doesNotExist();
    }

    @Test
    void a_statement_that_takes_too_long_is_stopped() throws Exception {
        bench.close();
        open("timeout: 1s, acquire_timeout: 1s, pool: 1");
        untilAnswered();
        String endless =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        assertThat(bench.run("local v, why = sql.value('bank', '" + endless + "') return why"))
                .isEqualTo("timeout");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        untilAnswered();
    }

    private void untilAnswered() {
        await().untilAsserted(
                        () ->
                                assertThat(bench.run("return sql.value('bank', 'SELECT 7')"))
                                        .isEqualTo("7"));
    }

    @Test
    void a_script_that_is_ended_takes_its_changes_back() throws Exception {
        SqlBench.Running running =
                bench.start(
                        """
                        sql.transaction("bank", function(tx)
                          tx:execute("DELETE FROM accounts")
                          log.info("deleted")
                          tx:value("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
                        end)
                        """);
        await().untilAsserted(() -> assertThat(bench.log).contains("deleted"));
        running.stop();
        running.outcome();
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        assertThat(bench.run("return sql.value('bank', 'SELECT count(*) FROM accounts')"))
                .isEqualTo("2");
    }

    @Test
    void a_file_that_somebody_has_locked_is_busy() throws Exception {
        bench.close();
        open("timeout: 1s, acquire_timeout: 1s");
        untilAnswered();
        try (Connection other =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("bank.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThat(
                            bench.run(
                                    "local n, why = sql.execute('bank', 'DELETE FROM accounts') return why"))
                    .isIn("busy", "timeout");
            assertThat(
                            bench.run(
                                    "local n, why = sql.transaction('bank', function(tx) return 1 end) return why"))
                    .isIn("busy", "timeout");
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    bench.run(
                                                            "return sql.value('bank', 'SELECT count(*) FROM accounts')"))
                                            .isEqualTo("2"));
            statement.execute("ROLLBACK");
        }
        await().untilAsserted(
                        () ->
                                assertThat(
                                                bench.run(
                                                        "return sql.execute('bank', 'DELETE FROM accounts')"))
                                        .isEqualTo("2"));
    }

    @Test
    void transactions_follow_each_other_and_lose_nothing() throws Exception {
        SqlBench.Running[] all = new SqlBench.Running[8];
        for (int i = 0; i < all.length; i++) {
            all[i] =
                    bench.start(
                            """
                            for i = 1, 10 do
                              local ok, why, detail = sql.transaction("bank", function(tx)
                                local b = tx:value("SELECT balance FROM accounts WHERE id = 2")
                                tx:execute("UPDATE accounts SET balance = :b WHERE id = 2", {b = b + decimal("0.25")})
                                return true
                              end)
                              if not ok then return why .. detail end
                            end
                            return "done"
                            """);
        }
        for (SqlBench.Running one : all) {
            assertThat(one.text()).isEqualTo("done");
        }
        assertThat(
                        bench.run(
                                "return tostring(sql.value('bank', 'SELECT balance FROM accounts WHERE id = 2'))"))
                .isEqualTo("120.00");
    }

    @Test
    void a_read_only_one_refuses_changes() throws Exception {
        bench.close();
        open("read_only: true");
        assertThat(bench.run("return sql.execute('bank', 'DELETE FROM accounts')"))
                .contains("readonly database");
        assertThat(
                        bench.run(
                                "return sql.transaction('bank', function(tx) return tx:value('SELECT 7') end)"))
                .isEqualTo("7");
    }

    @Test
    void a_file_that_cannot_be_opened_is_unavailable_until_it_can() throws Exception {
        bench.close();
        String section = "sql: {databases: {bank: {url: \"jdbc:sqlite:later/bank.db\"}}}\n";
        bench = new SqlBench(folder, section);
        untilRefusedWith("there is no folder " + folder.resolve("later") + " for the file bank.db");
        Files.createDirectories(folder.resolve("later"));
        await().untilAsserted(
                        () ->
                                assertThat(bench.run("return sql.value('bank', 'SELECT 7')"))
                                        .isEqualTo("7"));
    }

    private static final String COUNT = "return sql.value('bank', 'SELECT count(*) FROM accounts')";

    /** A copy of the database with one account only, which is not in use. */
    private Path copyWithOneAccount() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + copy);
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE accounts (id INTEGER)");
            statement.execute("INSERT INTO accounts VALUES (1)");
        }
        return copy;
    }

    @Test
    void a_file_that_is_replaced_while_in_use_is_noticed_and_used() throws Exception {
        Path copy = copyWithOneAccount();
        Logger logger = (Logger) LoggerFactory.getLogger(Reachability.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            Files.move(copy, folder.resolve("bank.db"), StandardCopyOption.REPLACE_EXISTING);
            await().untilAsserted(() -> assertThat(bench.run(COUNT)).isEqualTo("1"));
            assertThat(bench.run("return sql.execute('bank', 'INSERT INTO accounts VALUES (2)')"))
                    .isEqualTo("1");
            assertThat(seenByOthers()).isEqualTo(2);
            assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .containsOnlyOnce(
                            "database bank: the file "
                                    + folder.resolve("bank.db")
                                    + " was deleted or replaced while in use; calls under way end on the"
                                    + " lost file, and others use the file that is there now");
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void a_wal_that_is_deleted_alone_is_noticed_and_nothing_in_it_is_lost() throws Exception {
        Path wal = folder.resolve("bank.db-wal");
        Logger logger = (Logger) LoggerFactory.getLogger(Reachability.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            bench.run("sql.execute('bank', \"INSERT INTO accounts (id) VALUES (3)\")");
            Files.delete(wal);
            bench.run("sql.execute('bank', \"INSERT INTO accounts (id) VALUES (4)\")");
            await().untilAsserted(
                            () -> {
                                bench.run(COUNT);
                                assertThat(wal).exists();
                            });
            await().untilAsserted(() -> assertThat(bench.run(COUNT)).isEqualTo("4"));
            assertThat(
                            bench.run(
                                    "return sql.execute('bank', 'INSERT INTO accounts (id) VALUES (5)')"))
                    .isEqualTo("1");
            assertThat(seenByOthers()).isEqualTo(5);
            assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .containsOnlyOnce(
                            "database bank: the file "
                                    + wal.toRealPath()
                                    + " was deleted or replaced while in use; connections are closed,"
                                    + " which saves what it held, and opened anew");
        } finally {
            logger.detachAppender(log);
        }
    }

    private int seenByOthers() throws Exception {
        try (Connection other =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("bank.db"));
                Statement statement = other.createStatement();
                ResultSet results = statement.executeQuery("SELECT count(*) FROM accounts")) {
            return results.getInt(1);
        }
    }

    @Test
    void a_file_that_is_deleted_while_in_use_is_missed_and_not_made_anew() throws Exception {
        bench.close();
        open("pool: 2, timeout: 1s, acquire_timeout: 1s");
        untilAnswered();
        Path file = folder.resolve("bank.db");
        Path copy = copyWithOneAccount();
        Files.delete(file);
        await().untilAsserted(
                        () ->
                                assertThat(
                                                bench.run(
                                                        "local v, why, detail = sql.value('bank', 'SELECT 7') return why .. ' ' .. detail"))
                                        .contains("unavailable")
                                        .contains(
                                                "the file " + file + " was there and is missing"));
        assertThat(file).doesNotExist();

        Files.move(copy, file);
        await().untilAsserted(() -> assertThat(bench.run(COUNT)).isEqualTo("1"));
    }

    @Test
    void a_transaction_under_way_ends_on_the_file_that_it_began_on() throws Exception {
        Path copy = copyWithOneAccount();
        bench.logged =
                it -> {
                    try {
                        Files.move(
                                copy,
                                folder.resolve("bank.db"),
                                StandardCopyOption.REPLACE_EXISTING);
                        await().untilAsserted(() -> assertThat(bench.run(COUNT)).isEqualTo("1"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        assertThat(
                        bench.run(
                                """
                                return sql.transaction("bank", function(tx)
                                  tx:execute("DELETE FROM accounts WHERE id = 1")
                                  log.info("replace it")
                                  return tx:value("SELECT count(*) FROM accounts")
                                end)
                                """))
                .isEqualTo("1");
        assertThat(bench.run(COUNT)).isEqualTo("1");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
    }

    @Test
    void no_message_of_a_transaction_repeats_a_secret_that_it_has_bound() throws Exception {
        bench.run(
                "sql.execute('bank', 'CREATE TABLE part (a INT REFERENCES accounts(id) DEFERRABLE INITIALLY DEFERRED, pin TEXT)')");
        String lua =
                """
                local pin = ussd.menu("PIN?", {secret = true})
                local a, why, detail = sql.transaction("bank", function(tx)
                  tx:execute("INSERT INTO part VALUES (99, :pin)", {pin = pin})
                  %s
                  return true
                end)
                return tostring(a) .. " " .. why .. " " .. detail
                """;
        assertThat(bench.run(lua.formatted("")))
                .isEqualTo(
                        "nil constraint bank: SQLSTATE 23503: the message is left out, since a secret answer is bound");
        assertThat(bench.run(lua.formatted("tx:execute('INSERT INTO accounts (id) VALUES (1)')")))
                .isEqualTo(
                        "nil constraint bank: SQLSTATE 23505: the message is left out, since a secret answer is bound");
    }

    @Test
    void an_error_says_what_is_wrong_with_the_statement_and_nothing_else() throws Exception {
        assertThat(bench.run("return sql.query('bank', 'SELECT * FROM nowhere')"))
                .contains("bank: no such table: nowhere")
                .doesNotContain("missing database");
    }

    @Test
    void a_file_that_is_no_database_is_named() throws Exception {
        bench.close();
        Path file = folder.resolve("text.db");
        Files.writeString(file, "This is no database. ".repeat(100));
        bench = new SqlBench(folder, "sql: {databases: {bank: {url: \"jdbc:sqlite:text.db\"}}}\n");
        untilRefusedWith("the file " + file + ": ");
    }

    private void untilRefusedWith(String words) {
        await().untilAsserted(
                        () ->
                                assertThat(
                                                bench.run(
                                                        "local v, why, detail = sql.value('bank', 'SELECT 7') return why .. ' ' .. detail"))
                                        .startsWith("unavailable bank: no connection: " + words));
    }
}
