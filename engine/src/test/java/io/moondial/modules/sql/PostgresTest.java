package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.script.ScriptLimits;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts get of a real PostgreSQL. */
class PostgresTest {
    private final PostgresServer server = PostgresServer.shared();

    @TempDir Path folder;
    private SqlBench bench;
    private String database;

    @BeforeEach
    void open() throws Exception {
        open(
                "pool: 2, timeout: 20s, acquire_timeout: 20s, statements: {one: \"SELECT :x::int + 1\"}");
    }

    private void open(String more) throws Exception {
        String section = server.database(more);
        database = PostgresServer.nameIn(section);
        server.execute(
                database,
                "CREATE TABLE accounts (id int PRIMARY KEY, name text UNIQUE, balance numeric(12,2)"
                        + " CHECK (balance >= 0));"
                        + " INSERT INTO accounts VALUES (1, 'Ann', 12.50), (2, 'Bob', 100)");
        bench = new SqlBench(folder, section);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_session_that_a_script_has_changed_is_used_by_no_other() throws Exception {
        bench.close();
        bench =
                new SqlBench(
                        folder, server.database("pool: 1, timeout: 20s, acquire_timeout: 20s"));
        String session = "return tostring(sql.value('bank', 'SELECT pg_backend_pid()::text'))";
        String mark =
                " .. '/' .. tostring(sql.value('bank', \"SELECT current_setting('a.mark', true)\"))";
        String first = bench.run(session);
        bench.run(
                "sql.transaction('bank', function(tx) tx:value(\"SELECT set_config('a.mark', 'mine', true)\") end)");
        assertThat(bench.run(session)).isEqualTo(first);
        bench.run("sql.value('bank', \"SELECT set_config('a.mark', 'mine', false)\")");
        String second = bench.run(session);
        assertThat(second).isNotEqualTo(first);
        assertThat(bench.run(session + mark)).isEqualTo(second + "/nil");
        bench.run(
                "sql.transaction('bank', function(tx) tx:value('SELECT pg_advisory_lock(1)::text') end)");
        assertThat(bench.run(session)).isNotEqualTo(second);
        String locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
        await().untilAsserted(
                        () ->
                                assertThat(bench.run("return sql.value('bank', \"" + locks + "\")"))
                                        .isEqualTo("0"));
    }

    /** The value of an expression, as tostring has it, with its type. */
    private String value(String expression) throws Exception {
        return bench.run(
                "local v, why, detail = sql.value('bank', [==[SELECT "
                        + expression
                        + "]==])\nreturn type(v) .. ' ' .. tostring(v) .. (why and ' ' .. why .. ' ' .. detail or '')");
    }

    @Test
    void each_type_arrives_as_the_manual_says() throws Exception {
        assertThat(value("12::smallint")).isEqualTo("number 12");
        assertThat(value("9007199254740992")).isEqualTo("number 9.007199254741e+15");
        assertThat(value("9007199254740993")).isEqualTo("userdata 9007199254740993");
        assertThat(value("12.50::numeric(12,2)")).isEqualTo("userdata 12.50");
        assertThat(value("5::numeric")).isEqualTo("userdata 5");
        assertThat(value("'NaN'::numeric")).startsWith("number ").containsIgnoringCase("nan");
        assertThat(value("1.5::real")).isEqualTo("number 1.5");
        assertThat(value("1e300::float8")).isEqualTo("number 1e+300");
        assertThat(value("true")).isEqualTo("boolean true");
        assertThat(value("NULL::int")).isEqualTo("nil nil");
        assertThat(value("'x'::varchar")).isEqualTo("string x");
        assertThat(value("'ž'::char(3)")).isEqualTo("string ž  ");
        assertThat(value("'2026-01-31'::date")).isEqualTo("string 2026-01-31");
        assertThat(value("'08:30'::time")).isEqualTo("string 08:30:00");
        assertThat(value("'08:30:00+02'::timetz")).isEqualTo("string 08:30:00+02:00");
        assertThat(value("'2026-01-31 08:30:00.250'::timestamp"))
                .isEqualTo("string 2026-01-31T08:30:00.25");
        assertThat(value("'2026-01-31 08:30:00+02'::timestamptz"))
                .isEqualTo("string 2026-01-31T06:30:00Z");
        assertThat(value("'infinity'::timestamptz")).isEqualTo("string infinity");
        assertThat(value("'\\xdeadbeef'::bytea")).isEqualTo("string deadbeef");
        assertThat(value("'{\"a\": 1}'::jsonb")).isEqualTo("string {\"a\": 1}");
        assertThat(value("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid"))
                .isEqualTo("string a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        assertThat(value("'1 day'::interval")).isEqualTo("string 1 day");
    }

    @Test
    void an_array_is_a_list_whose_nulls_keep_their_places() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local v = sql.value("bank", "SELECT ARRAY[1, NULL, 3]")
                                local w = sql.value("bank", "SELECT '{{a,b},{c,d}}'::text[]")
                                local t = sql.value("bank", "SELECT ARRAY['2026-01-31 08:30+02'::timestamptz]")
                                local n = sql.value("bank", "SELECT ARRAY[1.50, 2]")
                                return v[1] + v[3] .. tostring(v[2] == sql.null) .. w[2][1] .. t[1] .. tostring(n[1])
                                """))
                .isEqualTo("4truec2026-01-31T06:30:00Z1.50");
    }

    @Test
    void values_go_in_by_name_with_their_types() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local r = sql.row("bank", [[
                                  SELECT pg_typeof(:whole)::text AS whole, pg_typeof(:large)::text AS large,
                                    pg_typeof(:part)::text AS part, pg_typeof(:flag)::text AS flag,
                                    pg_typeof(:money)::text AS money, :money + :money AS sum,
                                    :text::text || :text AS text, :none::text IS NULL AS none,
                                    (ARRAY[5,6,7])[1:2] AS slice, ':x -- :y' AS kept, 7 AS "n:n"
                                ]], {whole = 5, large = 2^40, part = 0.5, flag = false,
                                  money = decimal("12.50"), text = "ü'\\\\", none = sql.null})
                                return table.concat({r.whole, r.large, r.part, r.flag, r.money,
                                  tostring(r.sum), r.text, tostring(r.none), #r.slice, r.kept, r["n:n"]}, "|")
                                """))
                .isEqualTo(
                        "integer|bigint|double precision|boolean|numeric|25.00|ü'\\ü'\\|true|2|:x -- :y|7");
        assertThat(
                        bench.run(
                                """
                                return tostring(sql.value("bank", [[SELECT '{"a": 1}'::jsonb ? :k
                                  AND :d::date = '2026-01-31' AND :j::jsonb = '{"b":2}' AND :u = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid]],
                                  {k = "a", d = "2026-01-31", j = '{"b":2}', u = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}))
                                """))
                .isEqualTo("true");
    }

    @Test
    void a_row_a_value_and_a_number_of_rows() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local all = sql.query("bank", "SELECT name FROM accounts ORDER BY id")
                                local row, why = sql.row("bank", "SELECT * FROM accounts WHERE id = 99")
                                local none, why2 = sql.value("bank", "SELECT name FROM accounts WHERE id = 99")
                                local changed = sql.execute("bank", "UPDATE accounts SET balance = balance + :x", {x = decimal("0.01")})
                                local given = sql.execute("bank", "INSERT INTO accounts VALUES (3, 'Eve', 0) RETURNING id")
                                local id = sql.value("bank", "UPDATE accounts SET name = 'Al' WHERE id > 1 RETURNING id")
                                local made = sql.query("bank", "CREATE TABLE t (a int)")
                                return table.concat({#all, all[2].name, tostring(row), tostring(why),
                                  tostring(none), tostring(why2), changed, given, #made}, "|")
                                """))
                .isEqualTo("2|Bob|nil|nil|nil|nil|2|1|0")
                .isNotEmpty();
    }

    @Test
    void a_statement_of_the_rules_is_called_by_its_name() throws Exception {
        assertThat(bench.run("return sql.value('bank', 'one', {x = 41})")).isEqualTo("42");
        assertThat(bench.run("return sql.value('bank', 'onne', {x = 41})"))
                .isEqualTo(
                        "main.lua:1: sql.value: the database 'bank' has no statement 'onne' in the"
                                + " rules; did you mean one?");
    }

    @Test
    void what_a_script_does_wrong_is_an_error_at_its_line() throws Exception {
        assertThat(bench.run("\nreturn sql.value('bonk', 'SELECT 1')"))
                .isEqualTo(
                        "main.lua:2: sql.value: the rules have no database 'bonk'; did you mean bank?");
        assertThat(bench.run("return sql.value('bank', 'SELECT 1; SELECT 2')"))
                .isEqualTo(
                        "main.lua:1: sql.value: more follows after the ;: one call is one statement");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a, :b', {a = 1})"))
                .isEqualTo(
                        "main.lua:1: sql.value: the parameter :b is missing; sql.null binds NULL");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a', {a = 1, b = 2})"))
                .isEqualTo("main.lua:1: sql.value: the statement has no parameter :b; it has :a");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a', {a = {}})"))
                .contains("the parameter :a is a table; a string, a number, a boolean");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a', {a = 'x\\0y'})"))
                .contains("the parameter :a has a NUL character");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a', {a = '\\255'})"))
                .contains("the parameter :a is not UTF-8");
        assertThat(bench.run("return sql.value('bank', 'SELECT :a', {a = 0/0})"))
                .contains("the parameter :a is NaN or an infinity");
        assertThat(bench.run("return sql.query('bank', 'SELECT 1 AS a, 2 AS a')"))
                .contains("two columns are called a; name them apart with AS");
        assertThat(bench.run("return sql.execute('bank', 'BEGIN')"))
                .contains("BEGIN is not for scripts: sql.transaction begins and ends transactions");
        assertThat(bench.called).contains("sql.bank mistake").doesNotContain("sql.bonk mistake");
    }

    @Test
    void what_the_database_finds_wrong_is_an_error_with_its_sqlstate() throws Exception {
        assertThat(bench.run("return sql.value('bank', 'SELEC 1')"))
                .isEqualTo(
                        "main.lua:1: sql.value: bank: SQLSTATE 42601: ERROR: syntax error at or near"
                                + " \"SELEC\"");
        assertThat(bench.run("return sql.query('bank', 'SELECT * FROM nowhere')"))
                .contains("SQLSTATE 42P01: ERROR: relation \"nowhere\" does not exist");
        assertThat(bench.run("return sql.query('bank', \"SELECT * FROM accounts WHERE id = 'x'\")"))
                .contains("SQLSTATE 22P02");
    }

    @Test
    void a_change_that_the_database_refuses_is_a_constraint() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local n, why, detail = sql.execute("bank",
                                  "INSERT INTO accounts VALUES (:id, 'Zoe', 0)", {id = 1})
                                local _, why2, detail2 = sql.execute("bank", "UPDATE accounts SET balance = -1")
                                return why .. "|" .. detail .. "|" .. why2 .. "|" .. detail2
                                """))
                .startsWith("constraint|bank: SQLSTATE 23505: ERROR: duplicate key value")
                .contains("|constraint|bank: SQLSTATE 23514: ERROR: new row")
                .doesNotContain("(id)=(1)");
        assertThat(bench.called).containsExactly("sql.bank constraint", "sql.bank constraint");
    }

    @Test
    void a_secret_answer_reaches_the_database_and_no_message() throws Exception {
        assertThat(
                        bench.run(
                                """
                                local pin = ussd.menu("PIN?", {secret = true})
                                local ok = sql.value("bank", "SELECT length(:pin::text) = 4", {pin = pin})
                                local fine, message = pcall(sql.value, "bank", "SELECT :pin::date", {pin = pin})
                                return tostring(ok) .. "|" .. message
                                """))
                .startsWith("true|")
                .contains("SQLSTATE 22007: the message is left out")
                .doesNotContain("1234");
        assertThat(bench.givens).hasSize(1);
        assertThat(bench.givens.getFirst())
                .isEqualTo("bank \"SELECT length(:pin::text)=4\" answers [{\"?column?\":true}]");
    }

    @Test
    void a_statement_that_takes_too_long_is_stopped_at_both_sides() throws Exception {
        reopen("timeout: 2s, acquire_timeout: 2s");
        untilAnswered();
        assertThat(
                        bench.run(
                                """
                                local v, why, detail = sql.value("bank", "SELECT pg_sleep(600)")
                                return tostring(v) .. why
                                """))
                .isEqualTo("niltimeout");
        await().untilAsserted(() -> assertThat(server.activity(database)).isEmpty());
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        untilAnswered();
    }

    @Test
    void who_finds_no_free_connection_is_told_so() throws Exception {
        reopen("pool: 1, timeout: 30s, acquire_timeout: 2s");
        untilAnswered();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        bench.logged =
                line -> {
                    inside.countDown();
                    wait(told);
                };
        SqlBench.Running holder =
                bench.start(
                        "return sql.transaction('bank', function(tx) log.info('in') return 'out' end)");
        wait(inside);
        assertThat(
                        bench.run(
                                "local v, why, detail = sql.value('bank', 'SELECT 1') return why .. ' ' .. detail"))
                .isEqualTo(
                        "busy bank: no connection was free within 2000 ms (acquire_timeout); all 1 (pool) were in use");
        told.countDown();
        assertThat(holder.text()).isEqualTo("out");
        untilAnswered();
    }

    @Test
    void those_that_wait_for_a_connection_get_it_in_their_order() throws Exception {
        reopen("pool: 1, timeout: 60s, acquire_timeout: 60s");
        CountDownLatch told = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch inside = new CountDownLatch(1);
        bench.logged =
                line -> {
                    order.add(line);
                    if (line.equals("0")) {
                        inside.countDown();
                        wait(told);
                    }
                };
        List<SqlBench.Running> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int waiting = i - 1;
            all.add(
                    bench.start(
                            "return sql.transaction('bank', function(tx) log.info('"
                                    + i
                                    + "') end)"));
            if (i == 0) {
                wait(inside);
            } else {
                await().untilAsserted(
                                () ->
                                        assertThat(bench.gauges())
                                                .contains("sql.bank waiting " + (waiting + 1)));
            }
        }
        told.countDown();
        for (SqlBench.Running one : all) {
            one.outcome();
        }
        assertThat(order).containsExactly("0", "1", "2", "3");
    }

    @Test
    void a_result_has_an_end() throws Exception {
        reopen("max_rows: 10, max_bytes: 1KiB, timeout: 60s");
        String lua =
                "local v, why, detail = sql.%s return tostring(v) .. ' ' .. tostring(why) .. ' ' .. tostring(detail)";
        assertThat(
                        bench.run(
                                lua.formatted(
                                        "query('bank', 'SELECT generate_series(1, 100000000)')")))
                .isEqualTo("nil too_large bank: more than 10 rows (max_rows)");
        assertThat(
                        bench.run(
                                lua.formatted(
                                        "query('bank', \"SELECT repeat('x', 200) FROM generate_series(1, 9)\")")))
                .startsWith("nil too_large bank: ");
        assertThat(bench.run(lua.formatted("value('bank', \"SELECT repeat('x', 50000000)\")")))
                .startsWith("nil too_large bank: ");
        assertThat(bench.run(lua.formatted("query('bank', 'SELECT generate_series(1, 10)')")))
                .startsWith("table");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
    }

    @Test
    void a_script_pays_for_the_rows_that_it_gets() throws Exception {
        bench.limits = new ScriptLimits(10_000_000, 100_000, Duration.ofMinutes(10));
        assertThat(bench.run("return #sql.query('bank', 'SELECT generate_series(1, 999)')"))
                .contains("max_memory");
    }

    @Test
    void a_read_only_database_refuses_changes() throws Exception {
        reopen("read_only: true");
        assertThat(bench.run("return sql.execute('bank', 'DELETE FROM accounts')"))
                .contains("SQLSTATE 25006");
        assertThat(
                        bench.run(
                                "return sql.transaction('bank', function(tx) return tx:execute('DELETE FROM accounts') end)"))
                .contains("SQLSTATE 25006");
        assertThat(bench.run("return sql.value('bank', 'SELECT count(*) FROM accounts')"))
                .isEqualTo("2");
    }

    // ---- transactions

    private static final String TRANSFER =
            """
            local a, b, c = sql.transaction("bank", function(tx)
              tx:execute("UPDATE accounts SET balance = balance - :sum WHERE id = 1", {sum = 5})
              tx:execute("UPDATE accounts SET balance = balance + :sum WHERE id = 2", {sum = 5})
              %s
            end)
            return table.concat({tostring(a), tostring(b), tostring(c)}, " ")
            """;

    private String balances() throws Exception {
        return server.value(
                database, "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
    }

    @Test
    void a_transaction_is_committed_when_its_function_returns() throws Exception {
        assertThat(bench.run(TRANSFER.formatted("return tx:value('SELECT 1'), 'b', nil")))
                .isEqualTo("1 b nil");
        assertThat(balances()).isEqualTo("7.50 105.00");
    }

    @Test
    void an_error_takes_its_changes_back_and_goes_on() throws Exception {
        assertThat(bench.run(TRANSFER.formatted("error('no')"))).isEqualTo("main.lua:4: no");
        assertThat(bench.run(TRANSFER.formatted("tx:execute('UPDAT x')")))
                .startsWith("main.lua:4: tx:execute: bank: SQLSTATE 42601");
        assertThat(
                        bench.run(
                                "return tostring(pcall(function() "
                                        + TRANSFER.formatted("error{code = 7}")
                                        + " end))"))
                .isEqualTo("false");
        assertThat(balances()).isEqualTo("12.50 100.00");
        assertThat(server.activity(database)).isEmpty();
    }

    @Test
    void tx_rollback_takes_them_back_too() throws Exception {
        assertThat(bench.run(TRANSFER.formatted("tx:rollback() return 'too little'")))
                .isEqualTo("too little nil nil");
        assertThat(bench.run(TRANSFER.formatted("tx:rollback() tx:row('SELECT 1')")))
                .isEqualTo("main.lua:4: tx:row: the transaction has ended");
        assertThat(balances()).isEqualTo("12.50 100.00");
    }

    @Test
    void a_statement_that_fails_fails_the_transaction() throws Exception {
        assertThat(
                        bench.run(
                                TRANSFER.formatted(
                                        "tx:execute('INSERT INTO accounts VALUES (1, NULL, 0)')"
                                                + " local v, why = tx:value('SELECT 1') return 'fine', why")))
                .startsWith("nil constraint bank: SQLSTATE 23505");
        assertThat(bench.run(TRANSFER.formatted("pcall(tx.execute, tx, 'UPDAT x') return 'fine'")))
                .contains("sql.transaction: bank: SQLSTATE 42601");
        assertThat(balances()).isEqualTo("12.50 100.00");
    }

    @Test
    void nothing_else_is_waited_for_inside() throws Exception {
        assertThat(bench.run(TRANSFER.formatted("ussd.menu('Sure?')")))
                .contains("main.lua:4: sql.transaction: no primitive of the dialog");
        assertThat(bench.run(TRANSFER.formatted("sql.value('bank', 'SELECT 1')")))
                .isEqualTo(
                        "main.lua:4: sql.value: not within sql.transaction; tx:value is part of it");
        assertThat(bench.run(TRANSFER.formatted("sql.transaction('bank', function() end)")))
                .isEqualTo("main.lua:4: sql.transaction: not within another transaction");
        assertThat(bench.run(TRANSFER.formatted("tx.value('SELECT 1')")))
                .isEqualTo("main.lua:4: tx:value: write it with a colon, as tx:value");
        assertThat(
                        bench.run(
                                "local kept sql.transaction('bank', function(tx) kept = tx end) kept:value('SELECT 1')"))
                .isEqualTo("main.lua:1: tx:value: the transaction has ended");
        assertThat(balances()).isEqualTo("12.50 100.00");
        assertThat(bench.gauges()).contains("sql.bank active 0");
    }

    @Test
    void a_transaction_that_another_one_has_overtaken_is_a_conflict() throws Exception {
        bench.logged = line -> executed("UPDATE accounts SET balance = 50 WHERE id = 1");
        assertThat(
                        bench.run(
                                """
                                local a, why, detail = sql.transaction("bank", function(tx)
                                  tx:execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                                  tx:row("SELECT balance FROM accounts WHERE id = 1")
                                  log.info("now")
                                  tx:execute("UPDATE accounts SET balance = balance - 1 WHERE id = 1")
                                  return true
                                end)
                                return tostring(a) .. " " .. why .. " " .. detail
                                """))
                .startsWith("nil conflict bank: SQLSTATE 40001");
        assertThat(balances()).isEqualTo("50.00 100.00");
    }

    @Test
    void a_constraint_that_is_checked_at_the_commit_fails_it() throws Exception {
        server.execute(
                database,
                "CREATE TABLE part (a int REFERENCES accounts(id) DEFERRABLE INITIALLY DEFERRED)");
        assertThat(
                        bench.run(
                                """
                                local a, why, detail = sql.transaction("bank", function(tx)
                                  tx:execute("INSERT INTO part VALUES (99)")
                                  return true
                                end)
                                return tostring(a) .. " " .. why .. " " .. detail
                                """))
                .startsWith("nil constraint bank: SQLSTATE 23503");
        assertThat(bench.run("return sql.value('bank', 'SELECT count(*) FROM part')"))
                .isEqualTo("0");
    }

    @Test
    void a_script_that_is_ended_in_a_transaction_leaves_nothing_behind() throws Exception {
        SqlBench.Running running =
                bench.start(TRANSFER.formatted("log.info('in') tx:value('SELECT pg_sleep(600)')"));
        await().untilAsserted(() -> assertThat(server.activity(database)).isEqualTo("active"));
        running.stop();
        assertThat(running.text()).contains("stopped: the test says so");
        await().untilAsserted(() -> assertThat(server.activity(database)).isEmpty());
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        assertThat(balances()).isEqualTo("12.50 100.00");
        assertThat(bench.called).contains("sql.bank left");
    }

    @Test
    void a_script_that_computes_too_long_in_a_transaction_leaves_nothing_behind() throws Exception {
        bench.limits = new ScriptLimits(1_000_000, 16 << 20, Duration.ofMinutes(10));
        assertThat(bench.run(TRANSFER.formatted("while true do end"))).contains("max_instructions");
        await().untilAsserted(() -> assertThat(server.activity(database)).isEmpty());
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        assertThat(balances()).isEqualTo("12.50 100.00");
    }

    @Test
    void a_script_that_is_ended_while_it_waits_for_a_connection_takes_none() throws Exception {
        reopen("pool: 1, timeout: 60s, acquire_timeout: 60s");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        bench.logged =
                line -> {
                    inside.countDown();
                    wait(told);
                };
        SqlBench.Running holder =
                bench.start("return sql.transaction('bank', function(tx) log.info('in') end)");
        wait(inside);
        SqlBench.Running waiting = bench.start("return sql.transaction('bank', function(tx) end)");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank waiting 1"));
        waiting.stop();
        waiting.outcome();
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank waiting 0"));
        told.countDown();
        holder.outcome();
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        untilAnswered();
    }

    @Test
    void a_script_that_is_ended_just_when_its_transaction_begins_leaves_nothing_behind()
            throws Exception {
        CompletableFuture<SqlBench.Running> running = new CompletableFuture<>();
        bench.ended = () -> running.orTimeout(60, TimeUnit.SECONDS).join().stop();
        running.complete(bench.start("return sql.transaction('bank', function() return 'in' end)"));
        assertThat(running.join().text()).contains("stopped: the test says so");
        await().untilAsserted(() -> assertThat(bench.gauges()).contains("sql.bank active 0"));
        bench.ended = () -> {};
        assertThat(bench.run("return sql.transaction('bank', function() return 'in' end)"))
                .isEqualTo("in");
    }

    @Test
    void many_that_are_ended_at_any_moment_leave_nothing_behind() throws Exception {
        reopen("pool: 3, timeout: 60s, acquire_timeout: 60s");
        untilAnswered();
        server.execute(database, "UPDATE accounts SET balance = 10000");
        Random chance = new Random(7);
        List<SqlBench.Running> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.add(
                    bench.start(
                            TRANSFER.formatted(
                                    "tx:value('SELECT pg_sleep(0.01)') "
                                            + (i % 3 == 0 ? "error('no')" : "return true"))));
            if (chance.nextBoolean()) {
                all.get(chance.nextInt(all.size())).stop();
            }
        }
        for (SqlBench.Running one : all) {
            if (chance.nextInt(4) == 0) {
                one.stop();
            }
            one.outcome();
        }
        await().untilAsserted(
                        () ->
                                assertThat(bench.gauges())
                                        .contains("sql.bank active 0", "sql.bank waiting 0"));
        await().untilAsserted(() -> assertThat(server.activity(database)).isEmpty());
        assertThat(server.value(database, "SELECT sum(balance) FROM accounts"))
                .isEqualTo("20000.00");
        // as many as before may run at the same time
        CountDownLatch inside = new CountDownLatch(3);
        bench.logged =
                line -> {
                    inside.countDown();
                    wait(inside);
                };
        List<SqlBench.Running> together = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            together.add(
                    bench.start(
                            "return sql.transaction('bank', function(tx) log.info('in') return 'out' end)"));
        }
        for (SqlBench.Running one : together) {
            assertThat(one.text()).isEqualTo("out");
        }
    }

    // ---- reloads

    @Test
    void a_reload_changes_the_pool_and_hurts_no_transaction() throws Exception {
        String section = PostgresServer.section(database, server.port(), "pool: 1");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        bench.logged =
                line -> {
                    inside.countDown();
                    wait(told);
                };
        SqlBench.Running holder =
                bench.start(TRANSFER.formatted("log.info('in') return tx:value('SELECT 1')"));
        wait(inside);
        bench.reload(section);
        untilAnswered();
        assertThat(bench.run("return sql.value('bank', 'one', {x = 1})"))
                .contains("has no statement 'one'");
        told.countDown();
        assertThat(holder.text()).isEqualTo("1 nil nil");
        assertThat(balances()).isEqualTo("7.50 105.00");
        await().untilAsserted(
                        () ->
                                assertThat(
                                                server.value(
                                                        database,
                                                        "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                                                + " current_database() AND application_name ="
                                                                + " 'moondial'"))
                                        .isEqualTo("1"));
        bench.reload("");
        assertThat(bench.run("return sql.value('bank', 'SELECT 7')"))
                .contains("the rules have no database 'bank'");
        assertThat(bench.gauges()).isEmpty();
    }

    @Test
    void a_stop_leaves_no_connection_and_no_thread() throws Exception {
        bench.run("return sql.value('bank', 'SELECT 7')");
        bench.close();
        await().untilAsserted(
                        () ->
                                assertThat(
                                                server.value(
                                                        database,
                                                        "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                                                + " current_database() AND application_name ="
                                                                + " 'moondial'"))
                                        .isEqualTo("0"));
        await().untilAsserted(
                        () ->
                                assertThat(Thread.getAllStackTraces().keySet())
                                        .extracting(Thread::getName)
                                        .noneMatch(it -> it.startsWith("sql-bank")));
    }

    // ----

    private void untilAnswered() {
        await().untilAsserted(
                        () ->
                                assertThat(bench.run("return sql.value('bank', 'SELECT 7')"))
                                        .isEqualTo("7"));
    }

    private void reopen(String more) throws Exception {
        bench.close();
        open(more);
    }

    private void executed(String sql) {
        try {
            server.execute(database, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
