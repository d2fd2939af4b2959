package io.moondial.modules.sql;

import io.moondial.modules.json.JsonText;
import io.moondial.modules.json.JsonText.NotJsonException;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Why;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A line of a test.
 *
 * @param statement SQL, or the name of a statement; empty: any
 * @param isPart whether the statement is {@code begin} or {@code commit}
 * @param with a part of the values; numbers are BigDecimal
 * @param after how long the answer takes
 * @param answer null: the line checks that there was such a call
 */
record SqlLine(
        String database,
        String statement,
        boolean isPart,
        Map<?, ?> with,
        Duration after,
        @Nullable Answer answer) {
    private static final String STATEMENT =
            "DATABASE \"SQL\" (or the name of a statement) [with {\"NAME\":VALUE}]";
    private static final String GIVEN_FORM =
            STATEMENT
                    + " answers [after 2s] ROWS, such as [{\"balance\":12.50}], or the number of changed"
                    + " rows, or one of "
                    + Stream.of(Why.values()).map(Why::word).collect(Collectors.joining(", "))
                    + " [SQLSTATE]; or DATABASE begin answers WHY; or DATABASE commit answers WHY; or"
                    + " DATABASE from FILE";
    private static final String CHECK_FORM = STATEMENT + " [gives ROWS]";

    static final String BEGIN = "begin";
    static final String COMMIT = "commit";

    /** What a line says comes back. */
    sealed interface Answer {}

    /** Rows as a list of objects. */
    record Table(List<?> rows) implements Answer {
        Outcome.Rows outcome() {
            Set<String> columns = new LinkedHashSet<>();
            rows.forEach(row -> ((Map<?, ?>) row).keySet().forEach(it -> columns.add((String) it)));
            List<List<@Nullable Object>> values = new ArrayList<>();
            for (Object row : rows) {
                List<@Nullable Object> one = new ArrayList<>();
                columns.forEach(it -> one.add(value(((Map<?, ?>) row).get(it))));
                values.add(one);
            }
            return new Outcome.Rows(List.copyOf(columns), values);
        }
    }

    /** So many rows have changed. */
    record Count(long rows) implements Answer {}

    /** It does not work. */
    record Failing(Why why, String state) implements Answer {
        Outcome.Failed outcome() {
            return new Outcome.Failed(
                    why, (state.isEmpty() ? "" : "SQLSTATE " + state + ": ") + "as the test says");
        }
    }

    /** A file that makes a database. */
    record File(String name) implements Answer {}

    /**
     * Reads a line.
     *
     * @throws SqlText.Mistake if it is none
     */
    static SqlLine of(String text, boolean given) throws SqlText.Mistake {
        return new Reader(text, given).line();
    }

    boolean isCall() {
        return answer == null;
    }

    /** A value of JSON as one of SQL: a number with a point is a decimal. */
    static @Nullable Object value(@Nullable Object json) {
        return switch (json) {
            case BigDecimal number when number.scale() <= 0 -> {
                BigDecimal whole = number.setScale(0);
                yield whole.toBigInteger().bitLength() <= 53 ? (Object) whole.longValue() : whole;
            }
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.forEach(item -> items.add(value(item)));
                yield items;
            }
            case null, default -> json;
        };
    }

    /** The way through a line. */
    private static final class Reader {
        private final String text;
        private final boolean given;
        private int at;

        Reader(String text, boolean given) {
            this.text = text.strip();
            this.given = given;
        }

        private SqlText.Mistake mistake(String what) {
            return new SqlText.Mistake(what + "; allowed is " + (given ? GIVEN_FORM : CHECK_FORM));
        }

        SqlLine line() throws SqlText.Mistake {
            String database = word();
            if (database.isEmpty()) {
                throw mistake("no database is named");
            }
            if (given && take("from")) {
                String name = text.substring(at).strip();
                if (name.isEmpty()) {
                    throw mistake("no file is named");
                }
                return new SqlLine(
                        database, "", false, Map.of(), Duration.ZERO, new SqlLine.File(name));
            }
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            String statement = quoted ? quoted() : word();
            boolean part =
                    given && !quoted && (statement.equals(BEGIN) || statement.equals(COMMIT));
            Map<?, ?> with = take("with") ? with() : Map.of();
            Duration after = Duration.ZERO;
            Answer answer = null;
            if (take(given ? "answers" : "gives")) {
                after = given && take("after") ? duration(word()) : Duration.ZERO;
                answer = answer();
            } else if (given) {
                throw mistake("'answers' is missing");
            } else if (at < text.length()) {
                throw mistake("found " + rest());
            }
            if (given && statement.isEmpty()) {
                throw mistake("no statement is given");
            }
            if (part && !(answer instanceof Failing)) {
                throw mistake("'" + statement + "' answers only why it does not work");
            }
            if (!given && answer != null && !(answer instanceof Table)) {
                throw mistake("'gives' is followed by rows");
            }
            return new SqlLine(database, statement, part, with, after, answer);
        }

        private Map<?, ?> with() throws SqlText.Mistake {
            // its end is where the next word of the line begins; a quote may have it too
            String next = given ? "answers" : "gives";
            int end = at;
            while (true) {
                int found = text.indexOf(next, end);
                int stop = found < 0 ? text.length() : found;
                try {
                    if (JsonText.read(text.substring(at, stop)) instanceof Map<?, ?> map) {
                        at = stop;
                        return map;
                    }
                    throw mistake("'with' is followed by an object");
                } catch (NotJsonException e) {
                    if (found < 0) {
                        throw mistake("'with' is not followed by JSON (" + e.getMessage() + ")");
                    }
                    end = found + 1;
                }
            }
        }

        private Answer answer() throws SqlText.Mistake {
            String rest = text.substring(at).strip();
            at = text.length();
            if (rest.startsWith("[")) {
                return table(rest);
            }
            if (rest.matches("[0-9]{1,15}")) {
                return new Count(Long.parseLong(rest));
            }
            for (Why why : Why.values()) {
                if (rest.equals(why.word())) {
                    return new Failing(why, "");
                }
                if (rest.matches(why.word() + "\\s+[0-9A-Z]{5}")) {
                    return new Failing(why, rest.substring(rest.length() - 5));
                }
            }
            throw mistake("found " + (rest.isEmpty() ? "no answer" : rest));
        }

        private Table table(String rest) throws SqlText.Mistake {
            try {
                if (JsonText.read(rest) instanceof List<?> rows) {
                    for (Object row : rows) {
                        if (!(row instanceof Map<?, ?> fields)
                                || fields.values().stream().anyMatch(Map.class::isInstance)) {
                            throw mistake("each row is an object without objects in it");
                        }
                    }
                    return new Table(rows);
                }
            } catch (NotJsonException e) {
                throw mistake("the rows are no JSON (" + e.getMessage() + ")");
            }
            throw mistake("found " + rest);
        }

        private Duration duration(String word) throws SqlText.Mistake {
            try {
                if (word.matches("[0-9]{1,6}ms")) {
                    return Duration.ofMillis(Long.parseLong(word.substring(0, word.length() - 2)));
                }
                if (word.matches("[0-9]{1,6}s")) {
                    return Duration.ofSeconds(Long.parseLong(word.substring(0, word.length() - 1)));
                }
            } catch (NumberFormatException e) {
                throw mistake("found after " + word);
            }
            throw mistake("found after " + word);
        }

        private String rest() {
            return text.substring(at);
        }

        private boolean take(String word) {
            if (text.startsWith(word, at)
                    && (at + word.length() == text.length()
                            || Character.isWhitespace(text.charAt(at + word.length())))) {
                at += word.length();
                skip();
                return true;
            }
            return false;
        }

        private String word() {
            int from = at;
            while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            String word = text.substring(from, at);
            skip();
            return word;
        }

        private void skip() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private String quoted() throws SqlText.Mistake {
            StringBuilder read = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                char c = text.charAt(at);
                if (c == '\\' && at + 1 < text.length()) {
                    char escaped = text.charAt(++at);
                    switch (escaped) {
                        case 'n' -> read.append('\n');
                        case 't' -> read.append('\t');
                        case '"', '\\' -> read.append(escaped);
                        default ->
                                throw mistake(
                                        "found \\" + escaped + " in quotes, not \\n \\t \\\" \\\\");
                    }
                } else {
                    read.append(c);
                }
            }
            if (at == text.length()) {
                throw mistake("the quote of the statement does not end");
            }
            at++;
            skip();
            return read.toString();
        }
    }
}
