package io.moondial.modules.sql;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Secret;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import io.moondial.modules.sql.SqlText.Dialect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code sql}.
 *
 * @param databases by the names that scripts use
 */
@Settings(
        "The databases that scripts reach with the module sql. engine/docs/operations.md says more about pools,"
                + " limits, drivers, and each kind of database.")
record SqlSettings(
        @Key(
                        value = "Each database by the name that scripts use.",
                        matches = "[A-Za-z][A-Za-z0-9_-]{0,31}",
                        allowed = "a letter, then up to 31 of letters, digits, _ and -",
                        example = "bank")
                Map<String, DatabaseSettings> databases) {

    SqlSettings {
        databases = Map.copyOf(databases);
    }

    /**
     * One database.
     *
     * @param file the rules file: a file of SQLite and lib.d are relative to it
     */
    record DatabaseSettings(
            @Key(
                            value =
                                    "Where it is: jdbc:postgresql://HOST/NAME, jdbc:mariadb://HOST/NAME or"
                                            + " jdbc:sqlite:FILE (relative to this file). Another kind needs its"
                                            + " driver, a jar in the folder lib.d beside this file.",
                            matches = "jdbc:[a-z0-9]+:.+",
                            allowed = "a JDBC URL such as jdbc:postgresql://HOST/NAME",
                            example = "jdbc:postgresql://127.0.0.1/bank")
                    String url,
            @Key(
                            value = "Who logs on.",
                            unsetIs = "what the URL or the driver says",
                            example = "ussd")
                    @Nullable String user,
            @Key(value = "The password.", unsetIs = "none", example = "{file: secrets/bank}")
                    @Nullable Secret password,
            @Key(
                            value =
                                    "How many connections are kept open: so many calls and transactions run at"
                                            + " the same time, and others wait their turn.",
                            unset = "10",
                            from = "1",
                            to = "500")
                    int pool,
            @Key(
                            value =
                                    "How long one call may take, the wait for a connection included. The"
                                            + " database stops the statement then; if it does not, the"
                                            + " connection is closed.",
                            unset = "2s",
                            from = "10ms",
                            to = "5m")
                    Duration timeout,
            @Key(
                            value = "How long a call waits for a free connection.",
                            unset = "500ms",
                            from = "1ms",
                            to = "1m")
                    Duration acquireTimeout,
            @Key(
                            value = "The most rows that one call may give.",
                            unset = "1000",
                            from = "1",
                            to = "100000")
                    int maxRows,
            @Key(
                            value = "The largest result of one call.",
                            unset = "1MiB",
                            from = "1KiB",
                            to = "64MiB")
                    int maxBytes,
            @Key(value = "Whether the database refuses each change.", unset = "false")
                    boolean readOnly,
            @Key(
                            value = "SQL by name. A script can give the name instead of the text.",
                            unsetIs = "none",
                            example = "{balance: \"SELECT balance FROM accounts WHERE id = :id\"}",
                            structure = Statements.class)
                    Map<String, String> statements,
            Path file)
            implements Checked {
        private static final Pattern PASSWORD_INSIDE =
                Pattern.compile("(?i)([?&;][a-z]*(password|pwd)=|//[^/?@]*:[^/?@]*@)");

        DatabaseSettings {
            statements = Map.copyOf(statements);
        }

        /** How its SQL is read. */
        Dialect dialect() {
            return dialectOf(url);
        }

        /** The file of a database of SQLite; empty: it is another kind, or in memory. */
        Optional<Path> sqliteFile() {
            if (dialect() != Dialect.SQLITE) {
                return Optional.empty();
            }
            String name = url.substring("jdbc:sqlite:".length());
            return name.startsWith(":") || name.startsWith("file:") || name.contains("?")
                    ? Optional.empty()
                    : Optional.of(file.resolveSibling(name));
        }

        @Override
        public void check(Section section) {
            if (!section.hasAllowed("url")) {
                return;
            }
            if (PASSWORD_INSIDE.matcher(url).find()) {
                section.refuseSecret(
                        "url",
                        "it has a password in it; write that as password: {file: PATH} or"
                                + " {env: NAME}");
            }
            if (dialect() == Dialect.SQLITE && sqliteFile().isEmpty()) {
                section.refuse("url", "allowed for SQLite is jdbc:sqlite:FILE, without options");
            }
            sqliteFile()
                    .map(Path::getParent)
                    .filter(it -> !Files.isDirectory(it))
                    .ifPresent(
                            it ->
                                    section.warn(
                                            "url",
                                            "there is no folder "
                                                    + it
                                                    + ": until it is made, each call returns unavailable"));
            Connections.missingDriver(this).ifPresent(it -> section.needed("url", it));
            if (acquireTimeout.compareTo(timeout) > 0) {
                section.refuse(
                        section.has("acquire_timeout") ? "acquire_timeout" : "timeout",
                        "acquire_timeout (%s) must not be longer than timeout (%s), which includes it"
                                .formatted(text(acquireTimeout), text(timeout)));
            }
            Section written = section.section("statements");
            statements.forEach(
                    (name, text) -> objection(text).ifPresent(it -> written.refuse(name, it)));
        }

        private Optional<String> objection(String text) {
            try {
                return Optional.ofNullable(SqlText.of(text, dialect()).refusal(false));
            } catch (SqlText.Mistake e) {
                return Optional.of(e.words());
            }
        }

        private static String text(Duration duration) {
            return duration.toMillis() % 1000 == 0
                    ? duration.toSeconds() + "s"
                    : duration.toMillis() + "ms";
        }
    }

    private static Dialect dialectOf(String url) {
        return switch (url.split(":", -1)[1].toLowerCase(Locale.ROOT)) {
            case "postgresql" -> Dialect.POSTGRESQL;
            case "mariadb", "mysql" -> Dialect.MARIADB;
            case "sqlite" -> Dialect.SQLITE;
            default -> Dialect.OTHER;
        };
    }

    /** SQL by name. */
    static final class Statements implements Structure<Map<String, String>> {
        /** What is a name, and no SQL: a statement of one word is of no use to scripts. */
        static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

        private static final ValueType<String> NAMES =
                ValueType.text("a letter or _, then up to 63 of letters, digits and _", NAME);

        @Override
        public Map<String, String> read(
                Section section, String key, Map<String, @Nullable Object> before) {
            Map<String, String> statements = new LinkedHashMap<>();
            Section written = section.section(key);
            for (String name :
                    section.values(key, NAMES, (path, value) -> Optional.empty()).keySet()) {
                written.find(name, ValueType.text()).ifPresent(it -> statements.put(name, it));
            }
            return statements;
        }

        @Override
        public void print(SettingsWriter out, String key, Map<String, String> value) {
            if (!value.isEmpty()) {
                out.entry(key, new TreeMap<>(value));
            }
        }

        @Override
        public String allowed() {
            return "SQL by name; a name is " + NAMES.allowed();
        }
    }
}
