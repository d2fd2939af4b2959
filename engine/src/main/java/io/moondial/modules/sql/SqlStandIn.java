package io.moondial.modules.sql;

import io.moondial.modules.json.JsonText;
import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Wanted;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlLine.Count;
import io.moondial.modules.sql.SqlLine.Failing;
import io.moondial.modules.sql.SqlLine.Table;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlText.Dialect;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backend.StandIn;
import io.moondial.script.api.Backend.TestWorld;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a dialog test has instead of the databases: it answers what the test gives, or carries
 * statements out on a database in memory, made from a file. It knows what was called. Each given of
 * a statement answers once, in turn; the last one answers all that follow.
 */
final class SqlStandIn implements StandIn<Databases>, Databases {
    private static final int LONGEST_RECORDED = 20_000;

    private final SqlSettings settings;
    private final TestWorld world;
    private final List<Given> givens = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private final Map<String, Database> inMemory = new LinkedHashMap<>();

    SqlStandIn(SqlSettings settings, TestWorld world) {
        this.settings = settings;
        this.world = world;
        for (String text : world.givens()) {
            give(text);
        }
    }

    /**
     * A given that answers.
     *
     * @param statement in the form that compares; "begin" and "commit" are themselves
     */
    private record Given(SqlLine line, String statement, String text, AtomicBoolean used) {
        boolean answers(String database, String wanted, Map<String, @Nullable Object> values) {
            return line.database().equals(database)
                    && statement.equals(wanted)
                    && JsonText.covers(values, line.with());
        }
    }

    /** A call that was made. */
    private record Made(String database, String statement, Map<String, @Nullable Object> values) {
        @Override
        public String toString() {
            return database
                    + " "
                    + quoted(statement)
                    + (values.isEmpty() ? "" : " with " + json(values));
        }
    }

    private void give(String text) {
        SqlLine line;
        try {
            line = SqlLine.of(text, true);
        } catch (SqlText.Mistake e) {
            throw new IllegalStateException("not objected to before: " + text, e);
        }
        DatabaseSettings database = settings.databases().get(line.database());
        if (database == null) {
            world.fault()
                    .accept(
                            "given sql "
                                    + text
                                    + ": "
                                    + SqlBackend.unknown(
                                            line.database(), settings.databases().keySet()));
            return;
        }
        if (line.answer() instanceof SqlLine.File(String name)) {
            fill(line.database(), database, name);
            return;
        }
        try {
            givens.add(
                    new Given(
                            line,
                            line.isPart()
                                    ? line.statement()
                                    : compared(line.statement(), line.database(), database),
                            text,
                            new AtomicBoolean()));
        } catch (SqlText.Mistake e) {
            world.fault().accept("given sql " + text + ": " + e.words());
        }
    }

    private static String compared(String text, String name, DatabaseSettings database)
            throws SqlText.Mistake {
        return SqlBackend.statement(text, name, database).compared();
    }

    // ---- a database in memory

    private void fill(String name, DatabaseSettings real, String file) {
        DatabaseSettings own = asSqlite(real);
        String at = file;
        try {
            Path path = world.folder().resolve(file);
            String content = Files.readString(path);
            Connection connection =
                    new org.sqlite.JDBC()
                            .connect("jdbc:sqlite::memory:", Sessions.sqlite(own, false));
            if (connection == null) {
                throw new SQLException("no database in memory");
            }
            Database before = inMemory.put(name, new Database(name, own, connection, world.time()));
            if (before != null) {
                before.stop();
            }
            for (SqlText.Piece piece : SqlText.pieces(content, Dialect.SQLITE)) {
                at = file + ":" + piece.line();
                carryOut(connection, piece.text());
            }
            if (own.readOnly()) {
                carryOut(connection, "PRAGMA query_only = ON");
            }
        } catch (InvalidPathException | IOException e) {
            world.fault().accept("given sql " + name + " from " + file + ": cannot read it: " + e);
        } catch (SQLException e) {
            world.fault().accept("given sql " + name + " from " + at + ": " + JdbcCall.words(e));
        } catch (SqlText.Mistake e) {
            world.fault().accept("given sql " + name + " from " + file + ": " + e.words());
        }
    }

    private static void carryOut(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static DatabaseSettings asSqlite(DatabaseSettings real) {
        return new DatabaseSettings(
                "jdbc:sqlite:test",
                null,
                null,
                1,
                real.timeout(),
                real.acquireTimeout(),
                real.maxRows(),
                real.maxBytes(),
                real.readOnly(),
                real.statements(),
                real.file());
    }

    @Override
    public void close() {
        inMemory.values().forEach(Database::stop);
    }

    // ---- what scripts find

    @Override
    public Databases running() {
        return this;
    }

    @Override
    public Set<String> names() {
        return settings.databases().keySet();
    }

    @Override
    public @Nullable Reached find(String name) {
        DatabaseSettings database = settings.databases().get(name);
        if (database == null) {
            return null;
        }
        Database real = inMemory.get(name);
        return new Played(name, real == null ? database : real.settings(), real);
    }

    private static Map<String, @Nullable Object> comparable(Call call) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        call.values().forEach((name, value) -> values.put(name, comparable(value)));
        return values;
    }

    /** A value as JSON has it. */
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case Integer number -> BigDecimal.valueOf(number);
            case Long number -> BigDecimal.valueOf(number);
            case Double number ->
                    Double.isFinite(number) ? BigDecimal.valueOf(number) : number.toString();
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.forEach(item -> items.add(comparable(item)));
                yield items;
            }
            case null, default -> value;
        };
    }

    private synchronized @Nullable Given next(
            String database, String statement, Map<String, @Nullable Object> values) {
        Given last = null;
        for (Given given : givens) {
            if (given.answers(database, statement, values)) {
                if (!given.used().getAndSet(true)) {
                    return given;
                }
                last = given;
            }
        }
        return last;
    }

    private synchronized void note(Made call) {
        if (world.isChecked()) {
            made.add(call);
        }
    }

    private CompletableFuture<Outcome> answer(
            String database, DatabaseSettings own, Call call, Databases.@Nullable Target real) {
        Made now = new Made(database, call.text().compared(), comparable(call));
        note(now);
        Given given = next(database, now.statement(), now.values());
        if (given != null) {
            return later(given, own, outcome(given, call, own));
        }
        if (real != null) {
            return real.run(call);
        }
        String missing = "no 'given sql' answers " + now + nearest(now);
        world.fault().accept(missing);
        return CompletableFuture.completedFuture(new Outcome.Failed(Why.UNAVAILABLE, missing));
    }

    private CompletableFuture<Outcome> later(Given given, DatabaseSettings own, Outcome outcome) {
        Duration after = given.line().after();
        if (after.isZero()) {
            return CompletableFuture.completedFuture(outcome);
        }
        boolean late = after.compareTo(own.timeout()) >= 0;
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        var alarm =
                world.time()
                        .after(
                                late ? own.timeout() : after,
                                () ->
                                        answer.complete(
                                                late
                                                        ? new Failing(Why.TIMEOUT, "").outcome()
                                                        : outcome));
        var _ = answer.whenComplete((_, _) -> alarm.cancel());
        return answer;
    }

    private static Outcome outcome(Given given, Call call, DatabaseSettings own) {
        return switch (Objects.requireNonNull(given.line().answer())) {
            case Failing failing -> failing.outcome();
            case Count(long count) ->
                    call.wanted() == Wanted.COUNT
                            ? new Outcome.Changed(count)
                            : new Outcome.Rows(List.of(), List.of());
            case Table table ->
                    table.rows().size() > own.maxRows() && call.wanted() != Wanted.FIRST_ROW
                            ? new Outcome.Failed(
                                    Why.TOO_LARGE,
                                    "more than " + own.maxRows() + " rows (max_rows)")
                            : call.wanted() == Wanted.COUNT
                                    ? new Outcome.Changed(table.rows().size())
                                    : table.outcome();
            case SqlLine.File _ -> throw new IllegalStateException("a file answers by itself");
        };
    }

    private String nearest(Made wanted) {
        return givens.stream()
                .max(Comparator.comparingDouble(it -> likeness(it.text(), wanted.toString())))
                .map(it -> "; the nearest is: given sql " + it.text())
                .orElse("; the test gives none");
    }

    /** The share of the words of both that are in both. */
    private static double likeness(String one, String other) {
        Set<String> words = words(one);
        Set<String> all = new HashSet<>(words(other));
        Set<String> common = new HashSet<>(words);
        common.retainAll(all);
        all.addAll(words);
        return (double) common.size() / Math.max(1, all.size());
    }

    private static Set<String> words(String text) {
        return new LinkedHashSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("\\W+", -1)));
    }

    /** One database of the test. */
    private final class Played implements Reached {
        private final String name;
        private final DatabaseSettings own;
        private final @Nullable Database real;

        Played(String name, DatabaseSettings own, @Nullable Database real) {
            this.name = name;
            this.own = own;
            this.real = real;
        }

        @Override
        public DatabaseSettings settings() {
            return own;
        }

        @Override
        public CompletableFuture<Outcome> run(Call call) {
            return answer(name, own, call, real);
        }

        @Override
        public CompletableFuture<Outcome> begin() {
            Given given = next(name, SqlLine.BEGIN, Map.of());
            if (given != null && given.line().answer() instanceof Failing failing) {
                return later(given, own, failing.outcome());
            }
            if (real == null) {
                return CompletableFuture.completedFuture(
                        new Outcome.Begun(new PlayedTransaction(name, own, null)));
            }
            CompletableFuture<Outcome> begun = new CompletableFuture<>();
            CompletableFuture<Outcome> inside = real.begin();
            var _ =
                    inside.whenComplete(
                            (outcome, e) -> {
                                if (outcome instanceof Outcome.Begun(Transaction it)) {
                                    begun.complete(
                                            new Outcome.Begun(
                                                    new PlayedTransaction(name, own, it)));
                                } else if (outcome != null) {
                                    begun.complete(outcome);
                                } else {
                                    begun.completeExceptionally(e);
                                }
                            });
            var _ =
                    begun.whenComplete(
                            (_, e) -> {
                                if (e != null) {
                                    inside.cancel(true);
                                }
                            });
            return begun;
        }
    }

    /** A transaction of the test: what a given answers in it may fail it too. */
    private final class PlayedTransaction implements Transaction {
        private final String name;
        private final DatabaseSettings own;
        private final @Nullable Transaction real;
        private @Nullable CompletableFuture<Outcome> last;

        PlayedTransaction(String name, DatabaseSettings own, @Nullable Transaction real) {
            this.name = name;
            this.own = own;
            this.real = real;
        }

        private @Nullable Outcome failure() {
            Outcome outcome = last == null ? null : last.getNow(null);
            return outcome instanceof Outcome.Failed || outcome instanceof Outcome.Mistaken
                    ? outcome
                    : null;
        }

        @Override
        public CompletableFuture<Outcome> run(Call call) {
            Outcome failure = failure();
            if (failure != null) {
                return CompletableFuture.completedFuture(failure);
            }
            CompletableFuture<Outcome> answer = answer(name, own, call, real);
            last = answer;
            return answer;
        }

        @Override
        public CompletableFuture<Outcome> commit() {
            Outcome failure = failure();
            Given given = failure == null ? next(name, SqlLine.COMMIT, Map.of()) : null;
            if (given != null && given.line().answer() instanceof Failing failing) {
                failure = failing.outcome();
            }
            if (failure != null) {
                Outcome why = failure;
                return rollback().thenApply(_ -> why);
            }
            return real == null
                    ? CompletableFuture.completedFuture(new Outcome.Ended())
                    : real.commit();
        }

        @Override
        public CompletableFuture<Outcome> rollback() {
            return real == null
                    ? CompletableFuture.completedFuture(new Outcome.Ended())
                    : real.rollback();
        }

        @Override
        public void abandon() {
            if (real != null) {
                real.abandon();
            }
        }
    }

    @Override
    public List<String> unused() {
        return givens.stream().filter(it -> !it.used().get()).map(Given::text).toList();
    }

    // ---- checks

    /** What is wrong with a line; empty: nothing. */
    static Optional<String> objection(Backend.Line kind, String text) {
        try {
            switch (kind) {
                case GIVEN -> SqlLine.of(text, true);
                case CHECK -> SqlLine.of(text, false);
                case CHECK_ABSENT -> {
                    if (!text.isBlank() && !SqlLine.of(text, false).isCall()) {
                        return Optional.of("'gives' has no opposite; say what it gives");
                    }
                }
            }
            return Optional.empty();
        } catch (SqlText.Mistake e) {
            return Optional.of(e.words());
        }
    }

    @Override
    public Optional<String> check(boolean absent, String text) {
        List<Made> all;
        synchronized (this) {
            all = List.copyOf(made);
        }
        if (text.isBlank()) {
            return calls(absent, all, all);
        }
        try {
            SqlLine line = SqlLine.of(text, false);
            DatabaseSettings database = settings.databases().get(line.database());
            if (database == null) {
                return Optional.of(
                        SqlBackend.unknown(line.database(), settings.databases().keySet()));
            }
            if (!line.isCall()) {
                return state(line);
            }
            String wanted =
                    line.statement().isEmpty()
                            ? ""
                            : compared(line.statement(), line.database(), database);
            List<Made> found =
                    all.stream()
                            .filter(it -> it.database().equals(line.database()))
                            .filter(it -> wanted.isEmpty() || it.statement().equals(wanted))
                            .filter(it -> JsonText.covers(it.values(), line.with()))
                            .toList();
            return calls(
                    absent,
                    found,
                    all.stream()
                            .sorted(
                                    Comparator.comparingDouble(
                                            it -> -likeness(it.toString(), text)))
                            .toList());
        } catch (SqlText.Mistake e) {
            return Optional.of(e.words());
        }
    }

    private static Optional<String> calls(boolean absent, List<Made> found, List<Made> near) {
        if (absent) {
            return found.isEmpty()
                    ? Optional.empty()
                    : Optional.of("expected no such call, but there was " + found.getFirst());
        }
        if (!found.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                "expected such a call, but "
                        + (near.isEmpty()
                                ? "there was none at all"
                                : "the nearest was " + near.getFirst()));
    }

    /** What the database in memory says now. */
    private Optional<String> state(SqlLine line) throws SqlText.Mistake {
        Database database = inMemory.get(line.database());
        if (database == null) {
            return Optional.of(
                    "'gives' needs a database: given sql " + line.database() + " from FILE");
        }
        SqlText text = SqlText.of(line.statement(), Dialect.SQLITE);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String name : text.names()) {
            values.put(name, bound(line.with().get(name)));
        }
        Call call = new Call(text, null, values, Set.of(), Wanted.ROWS);
        Outcome outcome = database.run(call).join();
        if (!(outcome instanceof Outcome.Rows rows)) {
            return Optional.of("expected " + line.answer() + ", but " + outcome);
        }
        List<Map<String, @Nullable Object>> found = new ArrayList<>();
        for (List<@Nullable Object> row : rows.rows()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                fields.put(rows.columns().get(i), comparable(row.get(i)));
            }
            found.add(fields);
        }
        Object expected = line.answer() instanceof Table(List<?> wanted) ? wanted : List.of();
        return JsonText.covers(found, expected)
                ? Optional.empty()
                : Optional.of("expected " + json(expected) + ", but it gives " + json(found));
    }

    private static @Nullable Object bound(@Nullable Object json) {
        return json instanceof BigDecimal number ? SqlLine.value(number) : json;
    }

    // ---- recordings

    /**
     * What follows {@code given sql} to answer a call like this one in the same way; null: nothing
     * does.
     */
    static @Nullable String given(String database, Call call, Outcome outcome) {
        Map<String, @Nullable Object> values = comparable(call);
        values.keySet().removeAll(call.secrets());
        String answer =
                switch (outcome) {
                    case Outcome.Changed(long rows) -> Long.toString(rows);
                    case Outcome.Rows rows -> json(objects(rows));
                    case Outcome.Failed(Why why, String detail) -> why.word() + state(detail);
                    default -> null;
                };
        return answer == null || answer.length() > LONGEST_RECORDED
                ? null
                : database
                        + " "
                        + (call.named() == null ? quoted(call.text().compared()) : call.named())
                        + (values.isEmpty() ? "" : " with " + json(values))
                        + " answers "
                        + answer;
    }

    private static String state(String detail) {
        return detail.startsWith("SQLSTATE ") && detail.indexOf(':') > 0
                ? " " + detail.substring("SQLSTATE ".length(), detail.indexOf(':'))
                : "";
    }

    private static List<Map<String, @Nullable Object>> objects(Outcome.Rows rows) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        for (List<@Nullable Object> row : rows.rows()) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                object.put(rows.columns().get(i), comparable(row.get(i)));
            }
            objects.add(object);
        }
        return objects;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(
                        c ->
                                quoted.append(
                                        switch (c) {
                                            case '"' -> "\\\"";
                                            case '\\' -> "\\\\";
                                            case '\n' -> "\\n";
                                            case '\t' -> "\\t";
                                            case '\r' -> "";
                                            default ->
                                                    c < ' '
                                                            ? String.format(
                                                                    Locale.ROOT, "\\u%04x", c)
                                                            : Character.toString(c);
                                        }));
        return quoted.append('"').toString();
    }

    private static String json(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case BigDecimal number -> number.toPlainString();
            case Boolean flag -> flag.toString();
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(it -> quoted(it.getKey().toString()) + ":" + json(it.getValue()))
                            .collect(Collectors.joining(",", "{", "}"));
            case List<?> list ->
                    list.stream().map(SqlStandIn::json).collect(Collectors.joining(",", "[", "]"));
            default -> quoted(value.toString());
        };
    }
}
