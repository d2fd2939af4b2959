package io.moondial.modules.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Wanted;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlText.Dialect;
import io.moondial.text.LogText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Array;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One statement with its values, as JDBC has it: how values go in and come out, and what an error
 * of a database means.
 */
final class JdbcCall {
    /** More of a message than this is of no use in a log line. */
    private static final int LONGEST_WORDS = 300;

    /** What SQLite's driver says of any mistake in a statement before it says which. */
    private static final String UNSPECIFIC =
            "(?s)^\\[SQLITE_ERROR\\] SQL error or missing database \\((.*)\\)$";

    private static final int FETCHED_AT_ONCE = 100;
    private static final BigInteger EXACT_TO = BigInteger.ONE.shiftLeft(53);

    private final DatabaseSettings settings;
    private final Call call;

    JdbcCall(DatabaseSettings settings, Call call) {
        this.settings = settings;
        this.call = call;
    }

    /** More than the rules allow. */
    private static final class TooLargeException extends SQLException {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }

    // ---- carrying it out

    /** Carries out the statement, which was prepared from the text of the call. */
    Outcome carryOut(PreparedStatement statement) throws SQLException {
        bind(statement);
        if (call.wanted() == Wanted.FIRST_ROW) {
            statement.setMaxRows(1);
        } else {
            statement.setMaxRows(settings.maxRows() + 1);
            statement.setFetchSize(Math.min(FETCHED_AT_ONCE, settings.maxRows() + 1));
        }
        if (settings.dialect() == Dialect.OTHER) {
            statement.setQueryTimeout((int) settings.timeout().plusMillis(999).toSeconds());
        }
        boolean hasRows = statement.execute();
        if (hasRows) {
            try (ResultSet results = statement.getResultSet()) {
                Outcome.Rows rows = new Reading(results).rows();
                return call.wanted() == Wanted.COUNT
                        ? new Outcome.Changed(rows.rows().size())
                        : rows;
            }
        }
        return call.wanted() == Wanted.COUNT
                ? new Outcome.Changed(Math.max(0, changed(statement)))
                : new Outcome.Rows(List.of(), List.of());
    }

    private static long changed(PreparedStatement statement) throws SQLException {
        return statement.getUpdateCount();
    }

    private void bind(PreparedStatement statement) throws SQLException {
        List<String> marks = call.text().marks();
        for (int i = 0; i < marks.size(); i++) {
            bind(statement, i + 1, call.values().get(marks.get(i)));
        }
    }

    private void bind(PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, Types.NULL);
            case String text -> statement.setString(at, text);
            case Boolean flag -> statement.setBoolean(at, flag);
            case Integer number -> statement.setInt(at, number);
            case Long number -> statement.setLong(at, number);
            case Double number -> statement.setDouble(at, number);
            case BigDecimal number -> {
                if (settings.dialect() == Dialect.SQLITE) {
                    bindToSqlite(statement, at, number);
                } else {
                    statement.setBigDecimal(at, number);
                }
            }
            case Object other ->
                    throw new IllegalArgumentException("no value of SQL: " + other.getClass());
        }
    }

    /** SQLite has no decimals. As a text, one would compare as a text: beyond all numbers. */
    private static void bindToSqlite(PreparedStatement statement, int at, BigDecimal number)
            throws SQLException {
        if (number.stripTrailingZeros().scale() <= 0 && number.toBigInteger().bitLength() < 64) {
            statement.setLong(at, number.toBigInteger().longValue());
        } else {
            statement.setDouble(at, number.doubleValue());
        }
    }

    /** What a value that is bound cannot be, beyond its type; null: it can be bound. */
    static @Nullable String objection(Dialect dialect, BigDecimal number) {
        return dialect == Dialect.SQLITE
                        && new BigDecimal(Double.toString(number.doubleValue())).compareTo(number)
                                != 0
                        && (number.stripTrailingZeros().scale() > 0
                                || number.toBigInteger().bitLength() >= 64)
                ? "has more digits than a number of SQLite holds; bind tostring(x) and keep it as a text"
                : null;
    }

    // ---- results

    /** Rows on their way in. */
    private final class Reading {
        private final ResultSet results;
        private final ResultSetMetaData columns;
        private final int[] types;
        private final String[] typeNames;
        private long octets;

        Reading(ResultSet results) throws SQLException {
            this.results = results;
            this.columns = results.getMetaData();
            this.types = new int[columns.getColumnCount()];
            this.typeNames = new String[types.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = columns.getColumnType(i + 1);
                typeNames[i] = columns.getColumnTypeName(i + 1).toLowerCase(Locale.ROOT);
            }
        }

        Outcome.Rows rows() throws SQLException {
            List<String> labels = labels();
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (results.next()) {
                if (rows.size() == settings.maxRows()) {
                    throw new TooLargeException(
                            "more than " + settings.maxRows() + " rows (max_rows)");
                }
                List<@Nullable Object> row = new ArrayList<>(types.length);
                for (int i = 1; i <= types.length; i++) {
                    @Nullable Object value = value(i);
                    row.add(value);
                    count(value);
                }
                rows.add(row);
                if (call.wanted() == Wanted.FIRST_ROW) {
                    break;
                }
            }
            return new Outcome.Rows(labels, rows);
        }

        private List<String> labels() throws SQLException {
            List<String> labels = new ArrayList<>();
            Set<String> known = new HashSet<>();
            for (int i = 1; i <= types.length; i++) {
                String label = columns.getColumnLabel(i);
                if (!known.add(label)) {
                    throw new SQLException(
                            "two columns are called " + label + "; name them apart with AS");
                }
                labels.add(label);
            }
            return labels;
        }

        private void count(@Nullable Object value) throws SQLException {
            octets +=
                    switch (value) {
                        case String text -> 8 + text.getBytes(UTF_8).length;
                        case List<?> list -> 8L + 16L * list.size();
                        case BigDecimal number -> 8 + number.precision() / 2;
                        case null, default -> 8;
                    };
            if (octets > settings.maxBytes()) {
                throw new TooLargeException(
                        "more than " + settings.maxBytes() + " octets (max_bytes)");
            }
        }

        private @Nullable Object value(int column) throws SQLException {
            @Nullable Object value =
                    settings.dialect() == Dialect.SQLITE ? ofSqlite(column) : ofType(column);
            return results.wasNull() ? null : value;
        }

        private @Nullable Object ofType(int column) throws SQLException {
            return switch (types[column - 1]) {
                case Types.BIT, Types.BOOLEAN -> bit(column);
                case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> results.getLong(column);
                case Types.BIGINT -> {
                    BigDecimal number = results.getBigDecimal(column);
                    yield number == null ? null : exact(number);
                }
                case Types.REAL, Types.FLOAT, Types.DOUBLE -> results.getDouble(column);
                case Types.NUMERIC, Types.DECIMAL -> number(results.getString(column));
                case Types.TIMESTAMP ->
                        timestamp(column, typeNames[column - 1].equals("timestamptz"));
                case Types.TIMESTAMP_WITH_TIMEZONE -> timestamp(column, true);
                case Types.TIME_WITH_TIMEZONE -> zoned(results.getString(column));
                case Types.TIME ->
                        typeNames[column - 1].equals("timetz")
                                ? zoned(results.getString(column))
                                : results.getString(column);
                case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
                        hex(results.getBytes(column));
                case Types.ARRAY -> list(results.getArray(column));
                default -> results.getString(column);
            };
        }

        private @Nullable Object bit(int column) throws SQLException {
            // PostgreSQL's bit(4) and MariaDB's are no truth values
            return typeNames[column - 1].equals("bit") && columns.getPrecision(column) > 1
                    ? results.getString(column)
                    : results.getBoolean(column);
        }

        private @Nullable Object timestamp(int column, boolean zone) throws SQLException {
            if (zone) {
                OffsetDateTime time = results.getObject(column, OffsetDateTime.class);
                return time == null
                                || time.equals(OffsetDateTime.MAX)
                                || time.equals(OffsetDateTime.MIN)
                        ? results.getString(column)
                        : text(time);
            }
            LocalDateTime time = results.getObject(column, LocalDateTime.class);
            return time == null || time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)
                    ? results.getString(column)
                    : text(time);
        }

        /** In SQLite the value has a type, and the column only a declaration. */
        private @Nullable Object ofSqlite(int column) throws SQLException {
            @Nullable Object value = results.getObject(column);
            String declared = typeNames[column - 1];
            return switch (value) {
                case Integer number -> declared(declared, column, number.longValue());
                case Long number -> declared(declared, column, number);
                case Double number ->
                        isDecimal(declared)
                                ? scaled(column, BigDecimal.valueOf(number))
                                : (Object) number;
                case byte[] octets -> hex(octets);
                case String text ->
                        isDecimal(declared) && isNumber(text) ? new BigDecimal(text) : text;
                case null -> null;
                default -> results.getString(column);
            };
        }

        private Object declared(String declared, int column, long number) throws SQLException {
            if (declared.startsWith("bool")) {
                return number != 0;
            }
            return isDecimal(declared)
                    ? scaled(column, BigDecimal.valueOf(number))
                    : exact(BigDecimal.valueOf(number));
        }

        private static boolean isDecimal(String declared) {
            return declared.startsWith("numeric") || declared.startsWith("decimal");
        }

        private static boolean isNumber(String text) {
            return text.matches("-?[0-9]{1,100}(\\.[0-9]{1,100})?");
        }

        /** As many places as the column declares, if the value has no more. */
        private BigDecimal scaled(int column, BigDecimal number) throws SQLException {
            BigDecimal plain = number.stripTrailingZeros();
            int scale = Math.max(columns.getScale(column), 0);
            return plain.scale() <= scale ? plain.setScale(scale, RoundingMode.UNNECESSARY) : plain;
        }
    }

    /** Up to 2^53 a number of Lua's holds it. */
    private static Object exact(BigDecimal number) {
        return number.toBigInteger().abs().compareTo(EXACT_TO) > 0
                ? number
                : (Object) number.longValue();
    }

    /** PostgreSQL's NUMERIC can be NaN and infinite. */
    private static @Nullable Object number(@Nullable String text) {
        return switch (text) {
            case null -> null;
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> new BigDecimal(text);
        };
    }

    private static String text(OffsetDateTime time) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                time.withOffsetSameInstant(ZoneOffset.UTC));
    }

    private static String text(LocalDateTime time) {
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
    }

    /** PostgreSQL writes an offset of whole hours without minutes. */
    private static @Nullable String zoned(@Nullable String text) {
        return text == null ? null : text.replaceFirst("([+-][0-9]{2})$", "$1:00");
    }

    private static @Nullable String hex(byte @Nullable [] octets) {
        return octets == null ? null : HexFormat.of().formatHex(octets);
    }

    private static @Nullable Object list(@Nullable Array array) throws SQLException {
        if (array == null) {
            return null;
        }
        boolean zone = "timestamptz".equals(array.getBaseTypeName());
        return item(array.getArray(), zone);
    }

    private static @Nullable Object item(@Nullable Object item, boolean zone) {
        return switch (item) {
            case null -> null;
            case Object[] items -> {
                List<@Nullable Object> list = new ArrayList<>(items.length);
                for (@Nullable Object one : items) {
                    list.add(item(one, zone));
                }
                yield list;
            }
            case Boolean flag -> flag;
            case BigDecimal number -> number;
            case Double number -> number;
            case Float number -> Double.parseDouble(number.toString());
            case Number number -> exact(BigDecimal.valueOf(number.longValue()));
            case Timestamp time ->
                    zone
                            ? text(time.toInstant().atOffset(ZoneOffset.UTC))
                            : text(time.toLocalDateTime());
            case Date date -> DateTimeFormatter.ISO_LOCAL_DATE.format(date.toLocalDate());
            case LocalDate date -> DateTimeFormatter.ISO_LOCAL_DATE.format(date);
            case Time time -> DateTimeFormatter.ISO_LOCAL_TIME.format(time.toLocalTime());
            case byte[] octets -> hex(octets);
            default -> item.toString();
        };
    }

    // ---- errors

    /**
     * What an error of the database means for the script.
     *
     * @param secrets whether its message may repeat a secret answer
     */
    static Outcome failure(SQLException e, Dialect dialect, boolean secrets) {
        if (e instanceof TooLargeException) {
            return new Outcome.Failed(Why.TOO_LARGE, words(e));
        }
        String state = state(e);
        String detail =
                (state.isEmpty() ? "" : "SQLSTATE " + state + ": ")
                        + (secrets
                                ? "the message is left out, since a secret answer is bound"
                                : words(e));
        Why why = why(e, state, dialect);
        return why == null ? new Outcome.Mistaken(detail) : new Outcome.Failed(why, detail);
    }

    /** The SQLSTATE; SQLite has none, so it gets those of PostgreSQL. */
    private static String state(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            return switch (sqlite.getResultCode()) {
                case SQLITE_CONSTRAINT_UNIQUE,
                        SQLITE_CONSTRAINT_PRIMARYKEY,
                        SQLITE_CONSTRAINT_ROWID ->
                        "23505";
                case SQLITE_CONSTRAINT_FOREIGNKEY -> "23503";
                case SQLITE_CONSTRAINT_NOTNULL -> "23502";
                case SQLITE_CONSTRAINT_CHECK -> "23514";
                case SQLITE_CONSTRAINT_TRIGGER -> "P0001";
                default -> isConstraint(sqlite.getResultCode()) ? "23000" : "";
            };
        }
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    private static boolean isConstraint(SQLiteErrorCode code) {
        return (code.code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    private static @Nullable Why why(SQLException e, String state, Dialect dialect) {
        if (e instanceof SQLiteException sqlite && !isConstraint(sqlite.getResultCode())) {
            return ofSqlite(sqlite.getResultCode());
        }
        if (dialect == Dialect.POSTGRESQL && words(e).contains("maxResultBuffer")) {
            return Why.TOO_LARGE;
        }
        Why byCode = dialect == Dialect.MARIADB ? ofMariadb(e.getErrorCode()) : null;
        return byCode != null ? byCode : ofState(e, state);
    }

    private static @Nullable Why ofState(SQLException e, String state) {
        return switch (state) {
            case "57014" -> Why.TIMEOUT;
            case "40001", "40P01", "55P03" -> Why.CONFLICT;
            case "P0001", "45000", "44000" -> Why.CONSTRAINT;
            case "40003" -> Why.UNAVAILABLE; // nobody knows whether it was carried out
            case "25P03", "57P01", "57P02", "57P03", "57P05" -> Why.UNAVAILABLE;
            default ->
                    switch (state.length() < 2 ? "" : state.substring(0, 2)) {
                        case "23" -> Why.CONSTRAINT;
                        case "08", "28", "53", "58", "XX" -> Why.UNAVAILABLE;
                        case "40" -> Why.CONFLICT;
                        default -> e instanceof SQLTimeoutException ? Why.TIMEOUT : null;
                    };
        };
    }

    private static @Nullable Why ofMariadb(int code) {
        return switch (code) {
            case 1205, 1317, 1969, 3024 -> Why.TIMEOUT;
            case 1213, 1020 -> Why.CONFLICT;
            case 1021, 1040, 1041, 1053, 1114, 1129, 1203, 1226, 1927, 4031 -> Why.UNAVAILABLE;
            case 4025, 3819 -> Why.CONSTRAINT;
            default -> null;
        };
    }

    private static @Nullable Why ofSqlite(SQLiteErrorCode code) {
        if (code == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT) {
            return Why.CONFLICT;
        }
        return switch (code.code & 0xff) {
            case 5, 6 -> Why.BUSY; // BUSY, LOCKED
            case 9 -> Why.TIMEOUT; // INTERRUPT
            case 18 -> Why.TOO_LARGE; // TOOBIG
            case 7, 10, 11, 13, 14, 15, 26 -> Why.UNAVAILABLE; // NOMEM, IOERR ... NOTADB
            default -> null;
        };
    }

    /** The message of an error, on one line and not endless. */
    static String words(Exception e) {
        Throwable first = e;
        while (first.getCause() instanceof SQLException cause) {
            first = cause;
        }
        String message = String.valueOf(first.getMessage());
        String plain =
                LogText.of(
                        message.replaceFirst("^\\(conn=-?[0-9]+\\) ", "")
                                .replaceFirst(UNSPECIFIC, "$1")
                                .replaceAll("\\s+", " ")
                                .strip()
                                .replaceFirst("\\.$", ""));
        return plain.length() <= LONGEST_WORDS ? plain : plain.substring(0, LONGEST_WORDS) + "...";
    }
}
