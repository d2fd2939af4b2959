package io.moondial.modules.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One SQL statement with {@code :name} parameters, read only as far as it takes to know where
 * literals, quoted names and comments are: in them nothing is a parameter and no semicolon ends a
 * statement. The grammar of a database is the database's own business.
 */
final class SqlText {
    /** How the SQL of a database differs in what is read here. */
    enum Dialect {
        POSTGRESQL,
        /** MySQL too. */
        MARIADB,
        SQLITE,
        /** The SQL of the standard. */
        OTHER
    }

    /** The text is not one statement that a script may send. */
    static final class Mistake extends Exception {
        private static final long serialVersionUID = 1L;

        Mistake(String message) {
            super(message, null, false, false);
        }

        /** What is wrong, without a full stop. */
        String words() {
            return String.valueOf(getMessage());
        }
    }

    private static final Pattern DOLLAR_QUOTE =
            Pattern.compile(
                    "\\$([A-Za-z_\\x{80}-\\x{10ffff}][A-Za-z0-9_\\x{80}-\\x{10ffff}]*)?\\$");

    private static final Set<String> TRANSACTION_WORDS =
            Set.of(
                    "BEGIN",
                    "START",
                    "COMMIT",
                    "ROLLBACK",
                    "END",
                    "ABORT",
                    "SAVEPOINT",
                    "RELEASE",
                    "XA");

    /** They change a connection that other scripts use afterwards, or reach beyond the database. */
    private static final Set<String> CONNECTION_WORDS =
            Set.of(
                    "USE",
                    "RESET",
                    "DISCARD",
                    "LISTEN",
                    "UNLISTEN",
                    "PREPARE",
                    "DEALLOCATE",
                    "COPY",
                    "LOAD",
                    "PRAGMA",
                    "ATTACH",
                    "DETACH",
                    "VACUUM",
                    "UNLOCK");

    private static final Set<String> SET_OF_A_TRANSACTION =
            Set.of("LOCAL", "TRANSACTION", "CONSTRAINTS");

    /** MariaDB commits before each of them, without a word. */
    private static final Set<String> COMMITTING_WORDS =
            Set.of(
                    "CREATE",
                    "ALTER",
                    "DROP",
                    "TRUNCATE",
                    "RENAME",
                    "GRANT",
                    "REVOKE",
                    "LOCK",
                    "ANALYZE",
                    "OPTIMIZE",
                    "REPAIR",
                    "FLUSH");

    /** A call of set_config that does not end with its transaction. */
    private static final String SET_CONFIG =
            "\\bset_config\\s*\\((?!(?:[^()]|\\([^()]*\\))*,\\s*(?:true|'t(?:rue)?'|'on'|'1')\\s*\\))";

    /** What changes a session for whoever uses its connection next. */
    private static final Map<Dialect, Pattern> SESSION =
            Map.of(
                    Dialect.POSTGRESQL,
                    Pattern.compile(
                            SET_CONFIG
                                    + "|\\bpg_(?:try_)?advisory_lock(?:_shared)?\\b"
                                    + "|\\b(?:CREATE|INTO)\\s+(?:(?:LOCAL|GLOBAL)\\s+)?TEMP(?:ORARY)?\\b",
                            Pattern.CASE_INSENSITIVE),
                    Dialect.MARIADB,
                    Pattern.compile(
                            "\\bget_lock\\s*\\(|@\\s*[a-z_.$`'\"0-9]+\\s*:=|\\bINTO\\s*@"
                                    + "|\\bCREATE\\s+(?:OR\\s+REPLACE\\s+)?TEMPORARY\\b",
                            Pattern.CASE_INSENSITIVE));

    private final Dialect dialect;
    private final String jdbc;
    private final String compared;
    private final List<String> marks;
    private final List<String> firstWords;

    private SqlText(Scanner scanner) {
        this.dialect = scanner.dialect;
        this.jdbc = scanner.jdbc.toString();
        this.compared = scanner.compared.toString();
        this.marks = List.copyOf(scanner.marks);
        this.firstWords = List.copyOf(scanner.firstWords);
    }

    /**
     * Reads a statement.
     *
     * @throws Mistake if it is none, more than one, or does not end what it begins
     */
    static SqlText of(String text, Dialect dialect) throws Mistake {
        Scanner scanner = new Scanner(text, dialect);
        scanner.scan();
        return new SqlText(scanner);
    }

    /** The statement as JDBC takes it: a question mark for each parameter. */
    String jdbc() {
        return jdbc;
    }

    /** The names of the parameters, one for each question mark, in their order. */
    List<String> marks() {
        return marks;
    }

    /** The names of the parameters, each once. */
    Set<String> names() {
        return new LinkedHashSet<>(marks);
    }

    /**
     * The statement in a form that is the same for all ways to arrange it: without comments, and
     * with no blanks but those that are needed.
     */
    String compared() {
        return compared;
    }

    /** Why it may not be sent by a script; null: it may be. */
    @Nullable String refusal(boolean inTransaction) {
        String first = word(0);
        if (TRANSACTION_WORDS.contains(first)) {
            return first + " is not for scripts: sql.transaction begins and ends transactions";
        }
        if (CONNECTION_WORDS.contains(first)
                || (dialect == Dialect.MARIADB && first.equals("LOCK"))) {
            return first + " is not for scripts: it changes more than this call";
        }
        if (first.equals("SET") && !(inTransaction && SET_OF_A_TRANSACTION.contains(word(1)))) {
            return "SET is not for scripts: other scripts use the same connection afterwards;"
                    + " SET LOCAL and SET TRANSACTION are allowed in sql.transaction";
        }
        if (inTransaction && dialect == Dialect.MARIADB && COMMITTING_WORDS.contains(first)) {
            return first + " is not for sql.transaction: MariaDB commits before it";
        }
        return null;
    }

    /** Whether its session is another one afterwards, as far as the text shows it. */
    boolean changesSession() {
        Pattern signs = SESSION.get(dialect);
        return signs != null && signs.matcher(compared).find();
    }

    private String word(int index) {
        return index < firstWords.size() ? firstWords.get(index) : "";
    }

    /** One statement of a script file. */
    record Piece(String text, int line) {}

    /**
     * The statements of a file, each with the line that it begins on. A trigger of SQLite, which
     * has statements inside, is one.
     *
     * @throws Mistake if a literal or a comment does not end
     */
    static List<Piece> pieces(String file, Dialect dialect) throws Mistake {
        List<Piece> pieces = new ArrayList<>();
        Scanner scanner = new Scanner(file, dialect);
        while (scanner.skipToStatement()) {
            int begin = scanner.at;
            scanner.scanPiece();
            pieces.add(new Piece(file.substring(begin, scanner.at), scanner.lineOf(begin)));
        }
        return pieces;
    }

    /** The way through a text. */
    private static final class Scanner {
        private static final int FIRST_WORDS = 4;

        private final String text;
        private final Dialect dialect;
        private final StringBuilder jdbc = new StringBuilder();
        private final StringBuilder compared = new StringBuilder();
        private final List<String> marks = new ArrayList<>();
        private final List<String> firstWords = new ArrayList<>();

        /** The brackets and parentheses that are open. */
        private final Deque<Character> open = new ArrayDeque<>();

        /** Whether parameters are looked for: they are not in a file of several statements. */
        private boolean parameters = true;

        private boolean gap;
        private int at;

        Scanner(String text, Dialect dialect) {
            this.text = text;
            this.dialect = dialect;
        }

        // ---- the whole

        void scan() throws Mistake {
            int nul = text.indexOf('\0');
            if (nul >= 0) {
                throw new Mistake("the statement has a NUL character" + place(nul));
            }
            while (at < text.length() && text.charAt(at) != ';') {
                token();
            }
            if (compared.isEmpty()) {
                throw new Mistake("there is no statement");
            }
            int end = at;
            while (at < text.length()) {
                if (text.charAt(at) == ';') {
                    at++;
                } else if (!blank()) {
                    throw new Mistake(
                            "more follows after the ;"
                                    + place(end)
                                    + ": one call is one statement");
                }
            }
        }

        /** Whether a statement follows. */
        boolean skipToStatement() throws Mistake {
            parameters = false;
            while (at < text.length()) {
                if (text.charAt(at) == ';') {
                    at++;
                } else if (!blank()) {
                    return true;
                }
            }
            return false;
        }

        void scanPiece() throws Mistake {
            firstWords.clear();
            int blocks = 0;
            while (at < text.length() && (text.charAt(at) != ';' || blocks > 0)) {
                if (!blank()) {
                    int from = at;
                    token();
                    blocks += isTrigger() ? opened(text.substring(from, at)) : 0;
                }
            }
        }

        /** By how many a word changes the number of blocks that are open. */
        private static int opened(String word) {
            return switch (word.toUpperCase(Locale.ROOT)) {
                case "BEGIN", "CASE" -> 1;
                case "END" -> -1;
                default -> 0;
            };
        }

        private boolean isTrigger() {
            return !firstWords.isEmpty()
                    && firstWords.getFirst().equals("CREATE")
                    && firstWords.contains("TRIGGER");
        }

        // ---- one token

        private void token() throws Mistake {
            if (blank()) {
                return;
            }
            char c = text.charAt(at);
            if (isWordStart(c)) {
                word();
            } else if (Character.isDigit(c)) {
                number();
            } else if (c == '\'') {
                quoted(c, backslashes());
            } else if (c == '"') {
                quoted(c, dialect == Dialect.MARIADB);
            } else if (c == '`' && dialect != Dialect.POSTGRESQL) {
                quoted(c, false);
            } else if (c == '[' && dialect == Dialect.SQLITE) {
                quoted(']', false);
            } else if (c == '$') {
                dollar();
            } else if (c == ':') {
                colon();
            } else {
                symbol(c);
            }
        }

        private boolean backslashes() {
            return dialect == Dialect.MARIADB;
        }

        /** Skips whitespace or a comment, if one is here. */
        private boolean blank() throws Mistake {
            int from = at;
            char c = text.charAt(at);
            if (Character.isWhitespace(c) || c == '\uFEFF') {
                at++;
            } else if (startsLineComment()) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end + 1;
            } else if (text.startsWith("/*", at)) {
                comment();
            } else {
                return false;
            }
            jdbc.append(text, from, at);
            gap = true;
            return true;
        }

        private boolean startsLineComment() {
            if (dialect != Dialect.MARIADB) {
                return text.startsWith("--", at);
            }
            // 5--2 is 7 there
            return text.charAt(at) == '#'
                    || (text.startsWith("--", at)
                            && (at + 2 == text.length() || text.charAt(at + 2) <= ' '));
        }

        private void comment() throws Mistake {
            int begin = at;
            if (dialect == Dialect.MARIADB
                    && (text.startsWith("/*!", at) || text.startsWith("/*M!", at))) {
                throw new Mistake(
                        "a comment that MariaDB carries out" + place(begin) + ": write it plainly");
            }
            int depth = 0;
            do {
                if (text.startsWith("/*", at) && (depth == 0 || nested())) {
                    depth++;
                    at += 2;
                } else if (text.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                } else {
                    at++;
                }
                if (at >= text.length() && depth > 0) {
                    throw new Mistake("the comment" + place(begin) + " does not end");
                }
            } while (depth > 0);
        }

        private boolean nested() {
            return dialect == Dialect.POSTGRESQL;
        }

        private void word() throws Mistake {
            int from = at;
            while (at < text.length() && isWordPart(text.charAt(at))) {
                at++;
            }
            String word = text.substring(from, at);
            copy(word);
            if (firstWords.size() < FIRST_WORDS) {
                firstWords.add(word.toUpperCase(Locale.ROOT));
            }
            if (dialect == Dialect.POSTGRESQL
                    && word.equalsIgnoreCase("e")
                    && at < text.length()
                    && text.charAt(at) == '\'') {
                quoted('\'', true);
                continued();
            }
        }

        /** A literal with backslashes goes on after a line break, with its backslashes. */
        private void continued() throws Mistake {
            while (true) {
                int next = at;
                boolean broken = false;
                while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
                    broken |= text.charAt(next) == '\n' || text.charAt(next) == '\r';
                    next++;
                }
                if (!broken || next == text.length() || text.charAt(next) != '\'') {
                    return;
                }
                while (at < next) {
                    blank();
                }
                quoted('\'', true);
            }
        }

        private void number() {
            int from = at;
            while (at < text.length() && (isWordPart(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            copy(text.substring(from, at));
        }

        /** A literal or a name in quotes; the quote twice is one of it. */
        private void quoted(char end, boolean backslashes) throws Mistake {
            int begin = at++;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '\\' && backslashes) {
                    at++;
                } else if (c == end) {
                    if (end == ']' || at == text.length() || text.charAt(at) != end) {
                        copy(text.substring(begin, at));
                        return;
                    }
                    at++;
                }
            }
            throw new Mistake(
                    "the text or name that begins with "
                            + text.charAt(begin)
                            + place(begin)
                            + " does not end");
        }

        private void dollar() throws Mistake {
            int begin = at;
            Matcher quote = DOLLAR_QUOTE.matcher(text).region(at, text.length());
            if (dialect == Dialect.POSTGRESQL && quote.lookingAt()) {
                int end = text.indexOf(quote.group(), quote.end());
                if (end < 0) {
                    throw new Mistake(
                            "the text that begins with "
                                    + quote.group()
                                    + place(begin)
                                    + " does not end");
                }
                at = end + quote.group().length();
                copy(text.substring(begin, at));
                return;
            }
            throw otherMark(begin);
        }

        private void colon() {
            if (text.startsWith("::", at) || text.startsWith(":=", at)) {
                at += 2;
                copy(text.substring(at - 2, at));
            } else if (parameters
                    && at + 1 < text.length()
                    && isNameStart(text.charAt(at + 1))
                    && !isSlice()) {
                int from = ++at;
                while (at < text.length() && isNamePart(text.charAt(at))) {
                    at++;
                }
                String name = text.substring(from, at);
                marks.add(name);
                separate('n'); // as a name
                compared.append(':').append(name);
                jdbc.append('?');
            } else {
                at++;
                copy(":");
            }
        }

        /** In brackets, a colon directly behind a value separates the ends of a slice: a[1:n]. */
        private boolean isSlice() {
            if (dialect != Dialect.POSTGRESQL || open.isEmpty() || open.peek() != '[' || at == 0) {
                return false;
            }
            char before = text.charAt(at - 1);
            return isWordPart(before) || ")]'\"".indexOf(before) >= 0;
        }

        private void symbol(char c) throws Mistake {
            if (parameters && (c == '?' || c == '@') && isOtherMark(c)) {
                throw otherMark(at);
            }
            at++;
            if (c == '(' || c == '[') {
                open.push(c);
            } else if ((c == ')' || c == ']') && !open.isEmpty()) {
                open.pop();
            }
            copy(Character.toString(c));
            if (c == '?') {
                jdbc.append('?'); // an operator of PostgreSQL, which its driver wants twice
            }
        }

        private boolean isOtherMark(char c) {
            return c == '?' ? dialect != Dialect.POSTGRESQL : dialect == Dialect.SQLITE;
        }

        private Mistake otherMark(int where) {
            return new Mistake(
                    "a " + text.charAt(where) + place(where) + ": values come only through :name");
        }

        // ---- what is kept

        private void copy(String token) {
            separate(token.charAt(0));
            compared.append(token);
            jdbc.append(token);
        }

        /** A blank is kept where two words, or two signs, would become one without it. */
        private void separate(char next) {
            if (gap && !compared.isEmpty()) {
                char last = compared.charAt(compared.length() - 1);
                if (isWordLike(last) == isWordLike(next) && !isBracket(last) && !isBracket(next)) {
                    compared.append(' ');
                }
            }
            gap = false;
        }

        private static boolean isWordLike(char c) {
            return isNamePart(c) || c >= 0x80 || "'\"`$".indexOf(c) >= 0;
        }

        private static boolean isBracket(char c) {
            return "()[],".indexOf(c) >= 0;
        }

        private static boolean isNameStart(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        }

        private static boolean isNamePart(char c) {
            return isNameStart(c) || (c >= '0' && c <= '9');
        }

        private static boolean isWordStart(char c) {
            return isNameStart(c) || c >= 0x80;
        }

        private boolean isWordPart(char c) {
            return isNamePart(c) || c >= 0x80 || (c == '$' && dialect != Dialect.SQLITE);
        }

        private String place(int where) {
            return text.lastIndexOf('\n') < 0 ? "" : " in line " + lineOf(where);
        }

        int lineOf(int where) {
            return 1 + (int) text.substring(0, where).chars().filter(c -> c == '\n').count();
        }
    }
}
