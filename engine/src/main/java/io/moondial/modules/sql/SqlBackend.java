package io.moondial.modules.sql;

import io.moondial.config.Nearest;
import io.moondial.config.Schema;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlSettings.Statements;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What stands behind the module {@code sql}: a pool for each database of the rules. */
final class SqlBackend implements Backend<SqlSettings, Databases> {
    @Override
    public Class<Databases> type() {
        return Databases.class;
    }

    @Override
    public Schema<SqlSettings> settings() {
        return Schema.of(SqlSettings.class, new Statements());
    }

    @Override
    public Databases start(SqlSettings settings, Time time) {
        Running running = new Running(time);
        running.change(settings);
        return running;
    }

    @Override
    public void reload(Databases running, SqlSettings before, SqlSettings after) {
        ((Running) running).change(after);
    }

    @Override
    public void stop(Databases started) {
        ((Running) started).stop();
    }

    @Override
    public List<Gauge> gauges(Databases running) {
        return ((Running) running).gauges();
    }

    @Override
    public StandIn<Databases> standIn(SqlSettings settings, TestWorld world) {
        return new SqlStandIn(settings, world);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return SqlStandIn.objection(line, text).map(Mistake::of);
    }

    @Override
    public Optional<String> objection(
            SqlSettings settings, String function, List<@Nullable String> literals) {
        String name = literals.isEmpty() ? null : literals.getFirst();
        if (name == null) {
            return Optional.empty();
        }
        DatabaseSettings database = settings.databases().get(name);
        if (database == null) {
            return Optional.of(unknown(name, settings.databases().keySet()));
        }
        String text = literals.size() < 2 ? null : literals.get(1);
        if (text == null || function.equals("transaction")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(statement(text, name, database).refusal(false));
        } catch (SqlText.Mistake e) {
            return Optional.of(e.words());
        }
    }

    /** What is said of a database that the rules do not have. */
    static String unknown(String name, Set<String> known) {
        return "the rules have no database '"
                + name
                + "'"
                + (known.isEmpty() ? "; they have none: see sql: databases:" : hint(name, known));
    }

    private static String hint(String name, Set<String> known) {
        String near = Nearest.suggestion(name, known);
        return near.isEmpty() ? "; they have " + String.join(", ", new TreeSet<>(known)) : near;
    }

    /**
     * The statement that a script means by a text: that of the rules if it is a name.
     *
     * @throws SqlText.Mistake if it is none
     */
    static SqlText statement(String text, String database, DatabaseSettings settings)
            throws SqlText.Mistake {
        if (!Statements.NAME.matcher(text).matches()) {
            return SqlText.of(text, settings.dialect());
        }
        String named = settings.statements().get(text);
        if (named == null) {
            SqlText word = SqlText.of(text, settings.dialect());
            if (word.refusal(false) != null) {
                return word;
            }
            throw new SqlText.Mistake(
                    "the database '"
                            + database
                            + "' has no statement '"
                            + text
                            + "' in the rules"
                            + (settings.statements().isEmpty()
                                    ? ""
                                    : hint(text, settings.statements().keySet())));
        }
        return SqlText.of(named, settings.dialect());
    }

    /** The databases of an engine. */
    private static final class Running implements Databases {
        private final Time time;
        private volatile Map<String, Database> databases = Map.of();

        /** Those that the rules do not have any more, and whose last calls may be under way. */
        private final Set<Database> retired = ConcurrentHashMap.newKeySet();

        Running(Time time) {
            this.time = time;
        }

        @Override
        public @Nullable Reached find(String name) {
            return databases.get(name);
        }

        @Override
        public Set<String> names() {
            return databases.keySet();
        }

        /** Those that have changed are other ones from now on. */
        synchronized void change(SqlSettings settings) {
            Map<String, Database> before = databases;
            Map<String, Database> after = new LinkedHashMap<>();
            try {
                new TreeMap<>(settings.databases())
                        .forEach((name, wanted) -> after.put(name, of(name, wanted, before)));
            } catch (RuntimeException | Error e) {
                retire(after, before);
                throw e;
            }
            databases = after;
            retire(before, after);
        }

        private Database of(String name, DatabaseSettings wanted, Map<String, Database> before) {
            Database present = before.get(name);
            return present != null && present.settings().equals(wanted)
                    ? present
                    : new Database(name, wanted, time, this::find);
        }

        /** Those that are not among the others end. */
        private void retire(Map<String, Database> some, Map<String, Database> others) {
            retired.removeIf(Database::isClosed);
            some.forEach(
                    (name, database) -> {
                        if (!Objects.equals(others.get(name), database)) {
                            retired.add(database);
                            database.retire();
                        }
                    });
        }

        void stop() {
            databases.values().forEach(Database::stop);
            retired.forEach(Database::stop);
        }

        List<Gauge> gauges() {
            return databases.values().stream().flatMap(it -> it.gauges().stream()).toList();
        }
    }
}
