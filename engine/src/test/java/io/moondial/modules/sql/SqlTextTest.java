package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.modules.sql.SqlText.Dialect;
import io.moondial.modules.sql.SqlText.Mistake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where parameters are, and where something only looks like one. */
class SqlTextTest {
    private static String read(String text, Dialect dialect) throws Mistake {
        SqlText read = SqlText.of(text, dialect);
        return read.jdbc() + " " + read.marks();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void a_name_behind_a_colon_is_a_parameter_each_time(Dialect dialect) throws Mistake {
        assertThat(read("SELECT a FROM t WHERE b=:x AND c IN (:y_1,:x)", dialect))
                .isEqualTo("SELECT a FROM t WHERE b=? AND c IN (?,?) [x, y_1, x]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "POSTGRESQL | true  | SELECT set_config('a.b', :x, false)",
                "POSTGRESQL | true  | SELECT Set_Config ('a.b', f(:x, true), :local)",
                "POSTGRESQL | false | SELECT set_config('a.b', f(:x), TRUE)",
                "POSTGRESQL | true  | SELECT set_config('a', 'b', true), set_config('c', 'd', false)",
                "POSTGRESQL | true  | SELECT pg_advisory_lock(:id)",
                "POSTGRESQL | true  | SELECT pg_try_advisory_lock_shared(1)",
                "POSTGRESQL | false | SELECT pg_advisory_xact_lock(1)",
                "POSTGRESQL | true  | CREATE TEMP TABLE t (a int)",
                "POSTGRESQL | true  | SELECT 1 AS a INTO LOCAL TEMPORARY t",
                "POSTGRESQL | false | CREATE TABLE temp (a int)",
                "POSTGRESQL | false | SELECT /* pg_advisory_lock */ get_lock FROM t",
                "MARIADB    | true  | SELECT GET_LOCK(:name, 1)",
                "MARIADB    | true  | SELECT @a := 1",
                "MARIADB    | true  | SELECT 1 INTO @a",
                "MARIADB    | true  | CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
                "MARIADB    | false | SELECT @@version, RELEASE_LOCK('a')",
                "SQLITE     | false | CREATE TEMP TABLE t (a)",
            })
    void what_changes_a_session_is_seen_in_the_text(Dialect dialect, boolean changes, String text)
            throws Mistake {
        assertThat(SqlText.of(text, dialect).changesSession()).as(text).isEqualTo(changes);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void none_is_in_a_literal_a_quoted_name_or_a_comment(Dialect dialect) throws Mistake {
        String text = "SELECT ':a', 'it''s :b', \":c\" -- :d ; '\n, /* :e ; ' */ 1";
        assertThat(SqlText.of(text, dialect).marks()).isEmpty();
        assertThat(SqlText.of(text, dialect).jdbc()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SELECT a::int, :b::text | SELECT a::int, ?::text [b]",
                "SELECT E'it\\':a', :b | SELECT E'it\\':a', ? [b]",
                "SELECT e'\\\\', :b | SELECT e'\\\\', ? [b]",
                "SELECT 'a\\', :b, 'c' | SELECT 'a\\', ?, 'c' [b]",
                "SELECT $$:a;$$, $t$ $$ :b $t$, :c | SELECT $$:a;$$, $t$ $$ :b $t$, ? [c]",
                "SELECT a[1:n], a[i:j], a[:i], a[f(x):n] | SELECT a[1:n], a[i:j], a[?], a[f(x):n] [i]",
                "SELECT ARRAY[:a, x OR :b, (:c)] | SELECT ARRAY[?, x OR ?, (?)] [a, b, c]",
                "SELECT f(a := :b) | SELECT f(a := ?) [b]",
                "SELECT /* a /* :b */ :c */ :d | SELECT /* a /* :b */ :c */ ? [d]",
                "SELECT j ? 'k' AND j ?& :k | SELECT j ?? 'k' AND j ??& ? [k]",
                "SELECT a$1, :b FROM c$d | SELECT a$1, ? FROM c$d [b]",
                "SELECT U&'\\0441', :a | SELECT U&'\\0441', ? [a]",
            })
    void postgresql_has_more_of_them(String text, String read) throws Mistake {
        assertThat(read(text, Dialect.POSTGRESQL)).isEqualTo(read);
    }

    @Test
    void a_literal_with_backslashes_goes_on_in_the_next_line() throws Mistake {
        assertThat(read("SELECT E'a'\n '\\':b', :c", Dialect.POSTGRESQL))
                .isEqualTo("SELECT E'a'\n '\\':b', ? [c]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SELECT 'it\\':a', \"x\\\":b\", `:c`, :d | SELECT 'it\\':a', \"x\\\":b\", `:c`, ? [d]",
                "SELECT 5--:a | SELECT 5--? [a]",
                "SELECT 5 -- :a | SELECT 5 -- :a []",
                "SELECT 5 # :a ; | SELECT 5 # :a ; []",
                "SELECT @a := :b | SELECT @a := ? [b]",
            })
    void mariadb_has_others(String text, String read) throws Mistake {
        assertThat(read(text, Dialect.MARIADB)).isEqualTo(read);
    }

    @Test
    void sqlite_has_names_in_brackets() throws Mistake {
        assertThat(read("SELECT [:a], `:b`, :c", Dialect.SQLITE))
                .isEqualTo("SELECT [:a], `:b`, ? [c]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SELECT 1; DROP TABLE t | more follows after the ;: one call is one statement",
                "SELECT ';'; -- x ; | ",
                "SELECT 1;; | ",
                "; SELECT 1 | there is no statement",
                "-- nothing | there is no statement",
                "SELECT 'a | the text or name that begins with ' does not end",
                "SELECT \"a | the text or name that begins with \" does not end",
                "SELECT /* /* */ 1 | the comment does not end",
                "SELECT $a$ b $$ | the text that begins with $a$ does not end",
                "SELECT $1 | a $: values come only through :name",
            })
    void what_is_not_one_statement_is_refused(String text, String message) throws Mistake {
        if (message == null) {
            assertThat(SqlText.of(text, Dialect.POSTGRESQL).marks()).isEmpty();
        } else {
            assertThatThrownBy(() -> SqlText.of(text, Dialect.POSTGRESQL)).hasMessage(message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SQLITE | SELECT ? | a ?: values come only through :name",
                "SQLITE | SELECT @a | a @: values come only through :name",
                "SQLITE | SELECT $a | a $: values come only through :name",
                "MARIADB | SELECT ? | a ?: values come only through :name",
                "MARIADB | SELECT /*!50000 1 */ | a comment that MariaDB carries out: write it plainly",
            })
    void other_marks_than_names_are_refused(Dialect dialect, String text, String message) {
        assertThatThrownBy(() -> SqlText.of(text, dialect)).hasMessage(message);
    }

    @Test
    void a_mistake_in_several_lines_names_its_line() {
        assertThatThrownBy(() -> SqlText.of("SELECT 1,\n 2,\n 'a", Dialect.OTHER))
                .hasMessage("the text or name that begins with ' in line 3 does not end");
        assertThatThrownBy(() -> SqlText.of("SELECT 1\0", Dialect.OTHER))
                .hasMessage("the statement has a NUL character");
    }

    @Test
    void two_ways_to_arrange_a_statement_compare_as_one() throws Mistake {
        String one = SqlText.of("SELECT a , b\n FROM t WHERE a= :x", Dialect.OTHER).compared();
        assertThat(SqlText.of("SELECT a,b FROM t /* why */ WHERE a = :x ;", Dialect.OTHER))
                .extracting(SqlText::compared)
                .isEqualTo(one)
                .isEqualTo("SELECT a,b FROM t WHERE a=:x");
        assertThat(SqlText.of("SELECT 5 - -2, 'a  b'", Dialect.OTHER).compared())
                .isEqualTo("SELECT 5- -2,'a  b'");
    }

    @ParameterizedTest
    @CsvSource({
        "LOCK TABLES accounts WRITE, false",
        "BEGIN, false",
        "commit, true",
        "ROLLBACK TO x, true",
        "SET search_path = a, false",
        "SET search_path = a, true",
        "SET TRANSACTION READ ONLY, false",
        "USE bank, false",
        "PRAGMA foreign_keys = off, false",
        "ATTACH '/etc/passwd' AS p, false",
        "VACUUM INTO '/tmp/x', false",
        "DROP TABLE t, true",
    })
    void what_changes_more_than_the_call_is_refused(String text, boolean inTransaction)
            throws Mistake {
        assertThat(SqlText.of(text, Dialect.MARIADB).refusal(inTransaction)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "SET LOCAL work_mem = '1MB', true",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, true",
        "DROP TABLE t, false",
        "SELECT 1, true",
        "WITH a AS (SELECT 1) SELECT * FROM a, true",
    })
    void other_statements_are_not(String text, boolean inTransaction) throws Mistake {
        assertThat(SqlText.of(text, Dialect.MARIADB).refusal(inTransaction)).isNull();
    }

    @Test
    void a_file_falls_into_its_statements() throws Mistake {
        String file =
                """
                -- accounts
                CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('x;y');

                CREATE TRIGGER t AFTER INSERT ON a BEGIN
                  UPDATE a SET b = CASE WHEN b = 'x' THEN 'y' END;
                  DELETE FROM a WHERE b = 'z';
                END;
                SELECT 1
                """;
        assertThat(SqlText.pieces(file, Dialect.SQLITE))
                .extracting(it -> it.line() + " " + it.text().lines().findFirst().orElse(""))
                .containsExactly(
                        "2 CREATE TABLE a (b TEXT)",
                        "2 INSERT INTO a VALUES ('x;y')",
                        "4 CREATE TRIGGER t AFTER INSERT ON a BEGIN",
                        "8 SELECT 1");
    }
}
