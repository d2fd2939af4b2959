package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dialog tests have instead of databases. */
class SqlStandInTest {
    private static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            sql:
              databases:
                bank:
                  url: "jdbc:postgresql://127.0.0.1:1/bank"
                  timeout: 3s
                  max_rows: 3
                  statements: {balance: "SELECT balance FROM accounts WHERE msisdn = :msisdn"}
            """;

    @TempDir Path folder;

    @BeforeEach
    void writeFixture() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.createDirectories(folder.resolve("fixtures"));
        Files.writeString(
                folder.resolve("fixtures/bank.sql"),
                """
                CREATE TABLE accounts (msisdn TEXT PRIMARY KEY, balance NUMERIC(12,2) CHECK (balance >= 0),
                  active BOOLEAN DEFAULT true);
                INSERT INTO accounts (msisdn, balance) VALUES ('27761485722', 12.5), ('2', 100);
                """);
        script("return tostring(sql.value('bank', 'balance', {msisdn = request.msisdn}))");
    }

    private void script(String lua) throws Exception {
        Files.writeString(folder.resolve("scripts/main.lua"), "local request = ...\n" + lua);
    }

    private List<String> failuresOf(String dialog) throws Exception {
        return failuresOf(dialog, 1);
    }

    private List<String> failuresOf(String dialog, int workers) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, RULES);
        List<TestResult> results =
                new Suite(
                                Configuration.read(
                                        rules, CompilationObserver.NONE, SqlBench.MODULES),
                                DialogFile.of(folder.resolve("x.dialog"), dialog)
                                        .tests(SqlBench.MODULES),
                                new Suite.Options(workers, false))
                        .run(it -> {});
        return results.stream()
                .flatMap(
                        it ->
                                Stream.concat(
                                                it.failures().stream().map(Failure::message),
                                                it.unused().stream().map(one -> "unused: " + one))
                                        .map(fault -> it.test().name() + ": " + fault))
                .toList();
    }

    @Test
    void a_test_that_fails_names_the_givens_that_nothing_has_used() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "another number"
                                given sql bank balance with {"msisdn": "1"} answers [{"balance":12.50}]
                                given sql bank balance with {"msisdn": "2"} answers [{"balance":2}]
                                from 1
                                dial *1#
                                respond 2
                                """))
                .last()
                .isEqualTo(
                        "another number: unused: given sql bank balance with {\"msisdn\": \"2\"} answers [{\"balance\":2}]");
    }

    @Test
    void a_given_answers_a_statement_however_it_is_arranged() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "by its name"
                                given sql bank balance answers [{"balance":12.50}]
                                from 1
                                dial *1#
                                respond 12.50

                                test "by its text"
                                given sql bank "SELECT   balance FROM accounts
                                    WHERE msisdn=:msisdn" answers [{"balance":"12.5"}]
                                from 1
                                dial *1#
                                respond 12.5

                                test "of some values only"
                                given sql bank balance with {"msisdn":"1"} answers [{"balance":1}]
                                given sql bank balance with {"msisdn":"27761485722"} answers [{"balance":2}]
                                from 27761485722
                                dial *1#
                                respond 2
                                sql bank balance with {"msisdn":"27761485722"}
                                sql bank
                                no sql bank balance with {"msisdn":"1"}

                                test "NULL, and no row"
                                given sql bank balance answers [{"balance":null}]
                                given sql bank balance answers []
                                from 1
                                dial *1#
                                respond nil
                                dial *1#
                                respond nil
                                """))
                .isEmpty();
    }

    @Test
    void givens_answer_in_turn_and_in_virtual_time() throws Exception {
        script(
                """
                local out = {}
                for i = 1, 3 do
                  local n, why, detail = sql.execute("bank", "UPDATE accounts SET balance = :b", {b = i})
                  out[i] = tostring(n) .. (why and " " .. why .. " " .. detail or "")
                end
                return table.concat(out, "\\n")
                """);
        assertThat(
                        failuresOf(
                                """
                                test "in turn; the last one goes on"
                                given sql bank "UPDATE accounts SET balance = :b" answers 2
                                given sql bank "UPDATE accounts SET balance = :b" answers constraint 23505
                                dial *1#
                                respond 2
                                        nil constraint bank: SQLSTATE 23505: as the test says
                                        nil constraint bank: SQLSTATE 23505: as the test says

                                test "later, and too late"
                                given sql bank "UPDATE accounts SET balance = :b" answers after 1s 1
                                given sql bank "UPDATE accounts SET balance = :b" answers after 7s 1
                                given sql bank "UPDATE accounts SET balance = :b" answers timeout
                                dial *1#
                                wait 1s
                                wait 3s
                                respond 1
                                        nil timeout bank: as the test says
                                        nil timeout bank: as the test says
                                """))
                .isEmpty();
    }

    @Test
    void what_no_given_answers_fails_the_test_with_the_nearest() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "none"
                                from 1
                                dial *1#
                                respond nil

                                test "another"
                                given sql bank "SELECT a FROM b" answers []
                                given sql bank "SELECT balance FROM accounts WHERE id = :id" answers []
                                from 1
                                dial *1#
                                respond nil
                                """))
                .containsExactly(
                        "none: no 'given sql' answers bank \"SELECT balance FROM accounts WHERE"
                                + " msisdn=:msisdn\" with {\"msisdn\":\"1\"}; the test gives none",
                        "another: no 'given sql' answers bank \"SELECT balance FROM accounts WHERE"
                                + " msisdn=:msisdn\" with {\"msisdn\":\"1\"}; the nearest is: given sql"
                                + " bank \"SELECT balance FROM accounts WHERE id = :id\" answers []",
                        "another: unused: given sql bank \"SELECT a FROM b\" answers []",
                        "another: unused: given sql bank \"SELECT balance FROM accounts WHERE id = :id\" answers []");
    }

    @Test
    void a_check_that_does_not_hold_says_what_was_called() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "a"
                                given sql bank balance answers []
                                from 1
                                dial *1#
                                respond nil
                                sql bank balance with {"msisdn":"2"}

                                test "b"
                                given sql bank balance answers []
                                from 1
                                dial *1#
                                respond nil
                                no sql

                                test "c"
                                dial *1#
                                sql bonk
                                """))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .startsWith("a: ")
                                        .contains("expected such a call, but the nearest was bank")
                                        .contains("with {\"msisdn\":\"1\"}"))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .startsWith("b: ")
                                        .contains("expected no such call, but there was bank"))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .startsWith("c: ")
                                        .contains("no database 'bonk'; did you mean bank?"));
    }

    private static final String TRANSFER =
            """
            local ok, why = sql.transaction("bank", function(tx)
              if tx:execute("UPDATE accounts SET balance = balance - :sum WHERE msisdn = :from AND balance >= :sum",
                  {sum = decimal("5.25"), from = "27761485722"}) ~= 1 then
                return false
              end
              local n = tx:execute("UPDATE accounts SET balance = balance + :sum WHERE msisdn = :to",
                {sum = decimal("5.25"), to = request.text:sub(2, 2)})
              if n ~= 1 then tx:rollback() return "nobody" end
              return "done"
            end)
            local left = sql.value("bank", "balance", {msisdn = "27761485722"})
            return tostring(ok) .. " " .. tostring(why) .. " " .. tostring(left)
            """;

    @Test
    void a_file_makes_a_database_in_memory_for_each_test() throws Exception {
        script(TRANSFER);
        String dialog =
                """
                test "a transfer"
                given sql bank from fixtures/bank.sql
                dial *2#
                respond done nil 7.25
                sql bank "SELECT msisdn, balance, active FROM accounts ORDER BY msisdn" gives
                    [{"msisdn":"2","balance":105.25,"active":true},{"msisdn":"27761485722","balance":7.25,"active":true}]
                sql bank "SELECT balance FROM accounts WHERE msisdn = :m" with {"m":"2"} gives [{"balance":105.25}]

                test "to nobody"
                given sql bank from fixtures/bank.sql
                dial *9#
                respond nobody nil 12.50

                test "the database is out of order in the middle"
                given sql bank from fixtures/bank.sql
                given sql bank "UPDATE accounts SET balance = balance + :sum WHERE msisdn = :to" answers conflict 40001
                dial *2#
                respond nil conflict 12.50

                test "or at the commit"
                given sql bank from fixtures/bank.sql
                given sql bank commit answers unavailable
                dial *2#
                respond nil unavailable 12.50

                test "or from the start"
                given sql bank from fixtures/bank.sql
                given sql bank begin answers busy
                dial *2#
                respond nil busy 12.50
                """;
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            many.append(dialog.replace("test \"", "test \"" + i + " ")).append('\n');
        }
        assertThat(failuresOf(many.toString(), 4)).isEmpty();
    }

    @Test
    void a_transaction_of_givens_fails_as_a_real_one() throws Exception {
        script(TRANSFER);
        assertThat(
                        failuresOf(
                                """
                                test "a"
                                given sql bank "UPDATE accounts SET balance = balance - :sum WHERE msisdn = :from AND balance >= :sum" answers constraint 23514
                                given sql bank balance answers [{"balance":12.50}]
                                dial *2#
                                respond nil constraint 12.50
                                no sql bank "UPDATE accounts SET balance = balance + :sum WHERE msisdn = :to"
                                """))
                .isEmpty();
    }

    @Test
    void a_file_that_is_no_good_fails_the_test_at_its_line() throws Exception {
        Files.writeString(
                folder.resolve("fixtures/bad.sql"),
                "CREATE TABLE a (b INT);\n\nINSERT INTO c VALUES (1);");
        assertThat(
                        failuresOf(
                                """
                                test "a"
                                given sql bank from fixtures/bad.sql
                                dial *1#

                                test "b"
                                given sql bank from fixtures/none.sql
                                dial *1#

                                test "c"
                                given sql bonk from fixtures/bank.sql
                                given sql bank from fixtures/bank.sql
                                dial *1#
                                """))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains("a: given sql bank from fixtures/bad.sql:3: ")
                                        .contains("no such table: c"))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains(
                                                "b: given sql bank from fixtures/none.sql: cannot read it"))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains("c: given sql bonk from")
                                        .contains("did you mean bank?"));
    }

    @Test
    void a_line_is_checked_where_it_stands() {
        assertThatThrownBy(
                        () ->
                                failuresOf(
                                        "test \"x\"\ngiven sql bank \"SELECT 1\" ansers 1\ndial *1#\n"))
                .hasMessageContaining("x.dialog:2:")
                .hasMessageContaining("'given sql': 'answers' is missing; allowed is DATABASE");
        assertThatThrownBy(
                        () ->
                                failuresOf(
                                        "test \"x\"\ngiven sql bank \"SELECT 1\" with {a} answers 1\ndial *1#\n"))
                .hasMessageContaining("'with' is not followed by JSON");
        assertThatThrownBy(
                        () ->
                                failuresOf(
                                        "test \"x\"\ngiven sql bank \"SELECT 1\" answers [1]\ndial *1#\n"))
                .hasMessageContaining("each row is an object");
        assertThatThrownBy(
                        () ->
                                failuresOf(
                                        "test \"x\"\ngiven sql bank \"SELECT 1\" answers never\ndial *1#\n"))
                .hasMessageContaining("found never");
        assertThatThrownBy(
                        () -> failuresOf("test \"x\"\ndial *1#\nsql bank \"SELECT 1\" gives 3\n"))
                .hasMessageContaining("'gives' is followed by rows");
        assertThatThrownBy(
                        () ->
                                failuresOf(
                                        "test \"x\"\ndial *1#\nno sql bank \"SELECT 1\" gives []\n"))
                .hasMessageContaining("'gives' has no opposite");
    }

    @Test
    void what_is_recorded_answers_the_same() throws Exception {
        script("return 'x'");
        String section =
                """
                sql:
                  databases:
                    bank:
                      url: "jdbc:sqlite:bank.db"
                      statements:
                        n: SELECT count(*) AS n, 'a"b' AS t FROM accounts
                """;
        try (SqlBench bench = new SqlBench(folder, section)) {
            bench.run(
                    "sql.execute('bank', [[CREATE TABLE accounts (a INTEGER PRIMARY KEY, b NUMERIC(9,2))]])");
            bench.run(
                    "sql.execute('bank', 'INSERT INTO accounts VALUES (:a, :b)', {a = 1, b = decimal('1.50')})");
            bench.run(
                    "sql.execute('bank', 'INSERT INTO accounts VALUES (:a, :b)', {a = 1, b = 0.25})");
            bench.run("return #sql.query('bank', 'n')");
            bench.run("return #sql.query('bank', 'SELECT a, b, NULL AS c FROM accounts -- all')");
            assertThat(bench.givens)
                    .containsExactly(
                            "bank \"CREATE TABLE accounts(a INTEGER PRIMARY KEY,b NUMERIC(9,2))\" answers 0",
                            "bank \"INSERT INTO accounts VALUES(:a,:b)\" with {\"a\":1,\"b\":1.50} answers 1",
                            "bank \"INSERT INTO accounts VALUES(:a,:b)\" with {\"a\":1,\"b\":0.25} answers constraint 23505",
                            "bank n answers [{\"n\":1,\"t\":\"a\\\"b\"}]",
                            "bank \"SELECT a,b,NULL AS c FROM accounts\" answers [{\"a\":1,\"b\":1.50,\"c\":null}]");
            for (String given : bench.givens) {
                assertThat(SqlStandIn.objection(io.moondial.script.api.Backend.Line.GIVEN, given))
                        .isEmpty();
            }
        }
    }
}
