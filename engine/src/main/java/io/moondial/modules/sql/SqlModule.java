package io.moondial.modules.sql;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.FUNCTION;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TEXT;

import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Reached;
import io.moondial.modules.sql.Databases.Target;
import io.moondial.modules.sql.Databases.Transaction;
import io.moondial.modules.sql.Databases.Wanted;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The module {@code sql}: databases that the rules name. */
public final class SqlModule {
    private static final String WHY =
            "nil, why, detail, where why is timeout, busy, unavailable, conflict, constraint or"
                    + " too_large";
    private static final String ERRORS =
            "a database or a statement that the rules do not have; text that is not one statement; a"
                    + " parameter that is missing, not used, or of a type that SQL has not; an error that"
                    + " the database finds in the statement, such as its syntax or an unknown table, with"
                    + " its SQLSTATE";

    private static final double EXACT_TO = 0x1p53;

    private final LuaTable nothing = LuaTable.unmetered();

    private SqlModule() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__metatable", false);
        metatable.set(
                "__tostring", new NativeFunction("sql.null", a -> Lua.values(Lua.text("null"))));
        nothing.setMetatable(metatable.seal("sql.null"));
        nothing.seal("sql.null");
    }

    /** Makes the module. */
    public static ApiModule create() {
        return new SqlModule().describe();
    }

    private ApiModule describe() {
        return ApiModule.of(
                        "sql",
                        "Databases that the rules name (sql: databases:). One call is one statement, and"
                                + " values get into it only through :name. A call that does not work returns nil,"
                                + " why, detail: timeout (not finished in time; a change may have been carried out),"
                                + " busy (no connection was free in time), unavailable (the database cannot be reached, or was"
                                + " lost on the way), conflict (another transaction was in the way: the same"
                                + " again may work), constraint (the database refuses the change; detail"
                                + " has the SQLSTATE, such as \"SQLSTATE 23505\"), too_large (more than max_rows or max_bytes).")
                .backedBy(new SqlBackend())
                .value(
                        "null",
                        "binds NULL, and stands for NULL in an array; compare with ==. A column that is"
                                + " NULL is nil",
                        nothing)
                .function(
                        "query",
                        "Gives the rows of a statement. NUMERIC, and whole numbers beyond 2^53, arrive as"
                                + " decimal; timestamps, dates and times as ISO 8601 text; an array as a list;"
                                + " octets as hexadecimal text; other types as the text that the database writes.",
                        f ->
                                statement(f, Effect.READ)
                                        .returns(
                                                "a list of rows, each a table by column name; or "
                                                        + WHY)
                                        .does(
                                                "local rows, why = sql.query(\"bank\", \"SELECT name,"
                                                        + " balance FROM accounts WHERE msisdn = :msisdn\",\n"
                                                        + "  {msisdn = \"27761485722\"})",
                                                (a, call) -> call(a, call, Wanted.ROWS, false)))
                .function(
                        "row",
                        "Gives the first row of a statement.",
                        f ->
                                statement(f, Effect.READ)
                                        .returns(
                                                "the row, a table by column name; nil if there is none; or "
                                                        + WHY)
                                        .does(
                                                "local account, why = sql.row(\"bank\", \"SELECT name,"
                                                        + " balance FROM accounts WHERE id = :id\", {id = 1})",
                                                (a, call) ->
                                                        call(a, call, Wanted.FIRST_ROW, false)))
                .function(
                        "value",
                        "Gives the first column of the first row.",
                        f ->
                                statement(f, Effect.READ)
                                        .returns(
                                                "the value; nil if it is NULL or there is no row; or "
                                                        + WHY)
                                        .does(
                                                "local balance, why = sql.value(\"bank\", \"SELECT balance"
                                                        + " FROM accounts WHERE id = :id\", {id = 1})",
                                                (a, call) -> call(a, call, Wanted.FIRST_ROW, true)))
                .function(
                        "execute",
                        "Carries out a statement that changes something.",
                        f ->
                                statement(f, Effect.CHANGE)
                                        .returns(
                                                "the number of rows that it has changed, or given; or "
                                                        + WHY)
                                        .does(
                                                "local changed, why = sql.execute(\"bank\", \"UPDATE"
                                                        + " accounts SET name = :name WHERE id = :id\",\n"
                                                        + "  {id = 1, name = sql.null})",
                                                (a, call) -> call(a, call, Wanted.COUNT, false)))
                .function(
                        "transaction",
                        "Calls a function with a transaction tx: tx:query, tx:row, tx:value and tx:execute are"
                                + " as above without the database, and tx:rollback() takes all changes back. What the function changes is"
                                + " committed when it returns. If it raises an error, the changes are taken back and the error goes on. If a"
                                + " statement fails (nil, why), the transaction has failed: later statements"
                                + " give the same, and nothing is committed. If the commit itself gives timeout or"
                                + " unavailable, nobody knows whether the changes are there: look for a key of"
                                + " your own among them. No screen and no other wait is"
                                + " allowed in it.",
                        f ->
                                f.takes("database", TEXT, "its name in the rules")
                                        .takes("body", FUNCTION, "a function that takes tx")
                                        .returns(
                                                "what the function returns, once that is committed; or "
                                                        + WHY)
                                        .raises(
                                                "what the function raises; a screen, another wait or another"
                                                        + " transaction inside; an error that the database finds in a"
                                                        + " statement")
                                        .effect(Effect.CHANGE)
                                        .madeOfOthers()
                                        .waits()
                                        .does(
                                                "local done, why = sql.transaction(\"bank\", function(tx)\n"
                                                        + "  tx:execute(\"UPDATE accounts SET balance = balance"
                                                        + " - :sum WHERE id = 1\", {sum = 5})\n"
                                                        + "  tx:execute(\"UPDATE accounts SET balance = balance"
                                                        + " + :sum WHERE id = 2\", {sum = 5})\n"
                                                        + "  return true\n"
                                                        + "end)",
                                                this::transaction))
                .build();
    }

    private static ApiFunction.Builder statement(ApiFunction.Builder f, Effect effect) {
        return f.takes("database", TEXT, "its name in the rules")
                .takes(
                        "statement",
                        TEXT,
                        "one SQL statement, or the name of one that the rules have for the database")
                .mayTake(
                        "params",
                        TABLE,
                        "the values of its :name parameters: a string, a boolean, a number (whole ones"
                                + " as INTEGER or BIGINT, others as DOUBLE), a decimal (NUMERIC) or"
                                + " sql.null")
                .raises(ERRORS)
                .effect(effect)
                .waits();
    }

    // ---- one statement

    private @Nullable Object[] call(Arguments a, HostCall call, Wanted wanted, boolean oneValue) {
        if (call.alone() != null) {
            throw new LuaError(
                    a.function()
                            + ": not within sql.transaction; tx:"
                            + a.function().substring("sql.".length())
                            + " is part of it");
        }
        String name = a.openText(1, "name of a database");
        Reached database = database(a.function(), name, call);
        return run(
                new Statement(a, a.function(), name, database.settings(), 2),
                call,
                database,
                wanted,
                oneValue,
                null);
    }

    private static Reached database(String function, String name, HostCall call) {
        Databases databases = call.backend(Databases.class);
        Reached database = databases.find(name);
        if (database == null) {
            throw new LuaError(function + ": " + SqlBackend.unknown(name, databases.names()));
        }
        return database;
    }

    /**
     * What a script calls for.
     *
     * @param at the position of the text among the arguments; the values follow
     */
    private record Statement(
            Arguments a, String function, String name, DatabaseSettings settings, int at) {
        String called() {
            return "sql." + name;
        }
    }

    private @Nullable Object[] run(
            Statement statement,
            HostCall host,
            Target target,
            Wanted wanted,
            boolean oneValue,
            @Nullable Running transaction) {
        Arguments a = statement.a();
        Call call = read(statement, wanted, transaction != null);
        Outcome outcome =
                host.await(
                        statement.called(),
                        () -> target.run(call),
                        SqlModule::word,
                        it -> SqlStandIn.given(statement.name(), call, it));
        if (transaction != null
                && (outcome instanceof Outcome.Failed || outcome instanceof Outcome.Mistaken)) {
            transaction.failure = outcome;
        }
        return switch (outcome) {
            case Outcome.Rows rows -> rows(a.state(), statement, rows, wanted, oneValue);
            case Outcome.Changed changed -> Lua.values(Lua.number((double) changed.rows()));
            default -> failed(a.state(), statement.function(), statement.name(), outcome);
        };
    }

    private static @Nullable Object[] failed(
            LuaState state, String function, String database, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed ->
                    Lua.values(
                            null,
                            Lua.text(failed.why().word()),
                            state.newString(database + ": " + failed.detail()));
            case Outcome.Mistaken mistaken ->
                    throw new LuaError(function + ": " + database + ": " + mistaken.message());
            default -> throw new IllegalStateException("no outcome of this: " + outcome);
        };
    }

    /** An outcome as counters have it. */
    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> failed.why().word();
            case Outcome.Mistaken _ -> "mistake";
            default -> "ok";
        };
    }

    // ---- what goes in

    private Call read(Statement statement, Wanted wanted, boolean inTransaction) {
        Arguments a = statement.a();
        String function = statement.function();
        String text = a.openText(statement.at(), "statement");
        a.meter().work(text.length() >> 3);
        SqlText sql;
        try {
            sql = SqlBackend.statement(text, statement.name(), statement.settings());
        } catch (SqlText.Mistake e) {
            throw new LuaError(function + ": " + e.words());
        }
        String refusal = sql.refusal(inTransaction);
        if (refusal != null) {
            throw new LuaError(function + ": " + refusal);
        }
        boolean isName = SqlSettings.Statements.NAME.matcher(text).matches();
        Set<String> secrets = new HashSet<>();
        Map<String, @Nullable Object> values = values(statement, sql, secrets);
        return new Call(sql, isName ? text : null, values, secrets, wanted);
    }

    private Map<String, @Nullable Object> values(
            Statement statement, SqlText sql, Set<String> secrets) {
        Arguments a = statement.a();
        String function = statement.function();
        Set<String> names = sql.names();
        LuaTable given =
                a.isNil(statement.at() + 1) ? LuaTable.unmetered() : a.table(statement.at() + 1);
        for (var e = given.next(null); e != null; e = given.next(e[0])) {
            a.meter().work(1);
            if (!(e[0] instanceof LuaString key) || !names.contains(key.toText())) {
                throw new LuaError(
                        function
                                + ": the statement has no parameter :"
                                + a.state().show(e[0])
                                + (names.isEmpty()
                                        ? ", and no other"
                                        : "; it has :" + String.join(", :", names)));
            }
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String name : names) {
            @Nullable Object value = given.get(LuaString.of(name));
            if (a.state().isSecret(value)) {
                secrets.add(name);
            }
            values.put(name, value(statement, name, value));
        }
        return values;
    }

    private @Nullable Object value(Statement statement, String name, @Nullable Object value) {
        return switch (value) {
            case null -> throw wrong(statement, name, "is missing; sql.null binds NULL");
            case Boolean flag -> flag;
            case Double number -> number(statement, name, number);
            case LuaDecimal decimal -> decimal(statement, name, decimal.value());
            case LuaString text -> text(statement, name, text);
            case Object it when it == nothing -> null;
            case Object other ->
                    throw wrong(
                            statement,
                            name,
                            "is a "
                                    + Lua.typeName(other)
                                    + "; a string, a number, a boolean, a decimal or sql.null can be"
                                    + " bound");
        };
    }

    private static LuaError wrong(Statement statement, String name, String what) {
        return new LuaError(statement.function() + ": the parameter :" + name + " " + what);
    }

    private static Object number(Statement statement, String name, double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw wrong(statement, name, "is NaN or an infinity");
        }
        if (number != Math.rint(number) || Math.abs(number) > EXACT_TO) {
            return number;
        }
        long whole = (long) number;
        return whole == (int) whole ? (Object) (int) whole : (Object) whole;
    }

    private static BigDecimal decimal(Statement statement, String name, BigDecimal number) {
        String objection = JdbcCall.objection(statement.settings().dialect(), number);
        if (objection != null) {
            throw wrong(statement, name, objection);
        }
        return number;
    }

    private static String text(Statement statement, String name, LuaString octets) {
        statement.a().meter().work(octets.length() >> 3);
        String text = octets.toText();
        if (text.indexOf('\0') >= 0) {
            throw wrong(statement, name, "has a NUL character, which no text in SQL can have");
        }
        if (!LuaString.of(text).equals(octets)) {
            throw wrong(statement, name, "is not UTF-8");
        }
        return text;
    }

    // ---- what comes out

    private @Nullable Object[] rows(
            LuaState state,
            Statement statement,
            Outcome.Rows rows,
            Wanted wanted,
            boolean oneValue) {
        if (wanted == Wanted.ROWS) {
            LuaTable list = state.newTable();
            for (int i = 0; i < rows.rows().size(); i++) {
                list.set(i + 1, row(state, statement, rows.columns(), rows.rows().get(i)));
            }
            return Lua.values(list);
        }
        if (rows.rows().isEmpty()) {
            return Lua.values((Object) null);
        }
        List<@Nullable Object> first = rows.rows().getFirst();
        return Lua.values(
                oneValue
                        ? value(state, statement, rows.columns().getFirst(), first.getFirst())
                        : row(state, statement, rows.columns(), first));
    }

    private LuaTable row(
            LuaState state,
            Statement statement,
            List<String> columns,
            List<@Nullable Object> values) {
        LuaTable row = state.newTable();
        for (int i = 0; i < values.size(); i++) {
            state.meter().work(1);
            @Nullable Object value = value(state, statement, columns.get(i), values.get(i));
            if (value != null) {
                row.set(state.newString(columns.get(i)), value);
            }
        }
        return row;
    }

    private @Nullable Object value(
            LuaState state, Statement statement, String column, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case Long number -> Lua.number(number);
            case Double number -> number;
            case String text -> state.newString(text);
            case BigDecimal number -> {
                if (!LuaDecimal.fits(number)) {
                    throw new LuaError(
                            statement.function()
                                    + ": the column "
                                    + column
                                    + " has a number of more than "
                                    + LuaDecimal.MAX_DIGITS
                                    + " digits; let the database round it, or cast it to a text");
                }
                yield state.newDecimal(number);
            }
            case List<?> items -> {
                LuaTable list = state.newTable();
                for (int i = 0; i < items.size(); i++) {
                    @Nullable Object item = value(state, statement, column, items.get(i));
                    list.set(i + 1, item == null ? nothing : item);
                }
                yield list;
            }
            case Object other ->
                    throw new IllegalStateException("no value of SQL: " + other.getClass());
        };
    }

    // ---- transactions

    private @Nullable Object[] transaction(Arguments a, HostCall call) {
        Journal journal = call.journal();
        return journal == null
                ? transact(a, call)
                : journal.part(a, () -> transact(a, call), () -> runAgain(a, call));
    }

    /** Runs the function of a transaction that was made before: what it calls is in the journal. */
    private void runAgain(Arguments a, HostCall call) {
        String name = a.openText(1, "name of a database");
        DatabaseSettings settings = database(a.function(), name, call).settings();
        var _ =
                a.state()
                        .call(
                                a.function(2),
                                tx(a.state(), new Running(name, settings, Transaction.MADE)));
    }

    private @Nullable Object[] transact(Arguments a, HostCall call) {
        String function = a.function();
        String name = a.openText(1, "name of a database");
        LuaFunction body = a.function(2);
        if (call.alone() != null) {
            throw new LuaError(function + ": not within another transaction");
        }
        Reached database = database(function, name, call);
        Outcome begun = begin(call, name, database);
        if (!(begun instanceof Outcome.Begun(Transaction transaction))) {
            return failed(a.state(), function, name, begun);
        }
        Running running = new Running(name, database.settings(), transaction);
        try {
            @Nullable Object[] results =
                    call.alone(
                            function,
                            "sql." + name,
                            () -> a.state().call(body, tx(a.state(), running)));
            if (running.rolledBack) {
                return running.failure == null
                        ? results
                        : failed(a.state(), function, name, running.failure);
            }
            running.over = true;
            Outcome ended = await(call, name, transaction::commit);
            return ended instanceof Outcome.Ended
                    ? results
                    : failed(a.state(), function, name, ended);
        } catch (LuaError e) {
            if (!running.over && !running.rolledBack) {
                var _ = await(call, name, transaction::rollback);
            }
            throw e;
        } finally {
            running.over = true;
            transaction.abandon();
        }
    }

    private static Outcome await(
            HostCall call, String name, Supplier<CompletableFuture<Outcome>> outcome) {
        return call.await("sql." + name, outcome, SqlModule::word);
    }

    /** Begins a transaction; it is abandoned if the script ends before it can have it. */
    private static Outcome begin(HostCall call, String name, Reached database) {
        AtomicReference<@Nullable CompletableFuture<Outcome>> beginning = new AtomicReference<>();
        boolean handedOver = false;
        try {
            Outcome begun =
                    await(
                            call,
                            name,
                            () -> {
                                CompletableFuture<Outcome> it = database.begin();
                                beginning.set(it);
                                return it;
                            });
            handedOver = true;
            return begun;
        } finally {
            CompletableFuture<Outcome> it = beginning.get();
            if (!handedOver && it != null) {
                var _ = it.thenAccept(SqlModule::abandon);
            }
        }
    }

    private static void abandon(Outcome outcome) {
        if (outcome instanceof Outcome.Begun(Transaction transaction)) {
            transaction.abandon();
        }
    }

    /** A transaction that a function works with. */
    private static final class Running {
        final String name;
        final DatabaseSettings settings;
        final Transaction transaction;
        boolean rolledBack;
        boolean over;

        /** What has failed in it. */
        @Nullable Outcome failure;

        Running(String name, DatabaseSettings settings, Transaction transaction) {
            this.name = name;
            this.settings = settings;
            this.transaction = transaction;
        }
    }

    private LuaTable tx(LuaState state, Running running) {
        LuaTable tx = state.newTable();
        set(tx, "query", running, a -> run(a, running, Wanted.ROWS, false));
        set(tx, "row", running, a -> run(a, running, Wanted.FIRST_ROW, false));
        set(tx, "value", running, a -> run(a, running, Wanted.FIRST_ROW, true));
        set(tx, "execute", running, a -> run(a, running, Wanted.COUNT, false));
        set(
                tx,
                "rollback",
                running,
                a -> {
                    running.rolledBack = true;
                    var _ =
                            await(
                                    a.context(HostCall.class),
                                    running.name,
                                    running.transaction::rollback);
                    return Lua.nothing();
                });
        return tx.seal("tx");
    }

    private static void set(
            LuaTable tx,
            String name,
            Running running,
            Function<Arguments, @Nullable Object[]> does) {
        String called = "tx:" + name;
        tx.set(
                name,
                new NativeFunction(
                        called,
                        a -> {
                            if (a.get(1) != tx) {
                                throw new LuaError(
                                        called + ": write it with a colon, as " + called);
                            }
                            Journal journal = a.context(HostCall.class).journal();
                            return journal == null
                                    ? unlessEnded(a, running, does)
                                    : journal.call(
                                            called,
                                            Effect.READ,
                                            false,
                                            a.rest(),
                                            _ -> unlessEnded(a, running, does));
                        }));
    }

    private static @Nullable Object[] unlessEnded(
            Arguments a, Running running, Function<Arguments, @Nullable Object[]> does) {
        if (running.over || running.rolledBack) {
            throw new LuaError(a.function() + ": the transaction has ended");
        }
        return does.apply(a);
    }

    private @Nullable Object[] run(Arguments a, Running running, Wanted wanted, boolean oneValue) {
        if (!(a.get(2) instanceof LuaString)) {
            throw new LuaError(a.function() + ": statement expected (string), got " + a.given(2));
        }
        return run(
                new Statement(a, a.function(), running.name, running.settings, 2),
                a.context(HostCall.class),
                running.transaction,
                wanted,
                oneValue,
                running);
    }
}
