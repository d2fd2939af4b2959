package io.moondial.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem.ProblemPrinter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProblemPrinterTest {
    @TempDir Path temp;

    @Test
    void shows_the_line_and_a_caret_under_the_column() throws Exception {
        assertThat(print("first\nsecond line\n", 2, 8, "wrong"))
                .isEqualTo(
                        """
                        file:2:8: wrong
                        second line
                               ^
                        """);
    }

    @Test
    void a_warning_says_that_it_is_one() {
        Path file = Path.of("x.lua");
        assertThat(Problem.warning(file, 2, 3, "odd")).hasToString("x.lua:2:3: warning: odd");
        assertThat(Problem.warning(file, 2, 0, "odd")).hasToString("x.lua:2: warning: odd");
        assertThat(Problem.warning(file, 0, 0, "odd").isWarning()).isTrue();
        assertThat(new Problem(file, 0, 0, "bad").isWarning()).isFalse();
    }

    @Test
    void shows_problems_one_after_the_other() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "one\ntwo\n");

        assertThat(
                        ProblemPrinter.print(
                                List.of(
                                        new Problem(file, 1, 1, "bad"),
                                        new Problem(file, 2, 3, "worse"))))
                .isEqualTo("%1$s:1:1: bad\none\n^\n%1$s:2:3: worse\ntwo\n  ^\n".formatted(file));
    }

    @Test
    void keeps_tabs_so_that_the_caret_lines_up() throws Exception {
        assertThat(print("\ta:\tb\n", 1, 5, "wrong"))
                .isEqualTo("file:1:5: wrong\n\ta:\tb\n\t  \t^\n");
    }

    @Test
    void counts_characters_outside_the_basic_plane_as_one() throws Exception {
        assertThat(print("\uD83D\uDE00\uD83D\uDE00 x\n", 1, 4, "wrong"))
                .isEqualTo("file:1:4: wrong\n\uD83D\uDE00\uD83D\uDE00 x\n   ^\n");
    }

    @Test
    void shows_the_caret_behind_the_end_of_a_line() throws Exception {
        assertThat(print("ab", 1, 3, "wrong")).isEqualTo("file:1:3: wrong\nab\n  ^\n");
    }

    @Test
    void shows_no_caret_where_the_line_as_a_whole_is_meant() throws Exception {
        assertThat(print("ab\r\ncd\r\n", 2, 0, "wrong")).isEqualTo("file:2: wrong\ncd\n");
    }

    @Test
    void shows_no_line_where_the_file_as_a_whole_is_meant_or_has_no_such_line() throws Exception {
        assertThat(print("ab\n", 0, 0, "wrong")).isEqualTo("file: wrong\n");
        assertThat(print("ab\n", 2, 1, "wrong")).isEqualTo("file:2:1: wrong\n");
    }

    @Test
    void shows_no_line_of_a_file_that_cannot_be_read() {
        var problem = new Problem(Path.of("no/such/file"), 1, 1, "there is no such file");

        assertThat(ProblemPrinter.print(List.of(problem)))
                .isEqualTo("no/such/file:1:1: there is no such file\n");
    }

    @Test
    void shows_only_the_part_of_a_long_line_around_the_column() throws Exception {
        String line = "a".repeat(500) + "X" + "b".repeat(500);

        assertThat(print(line, 1, 501, "wrong"))
                .isEqualTo(
                        "file:1:501: wrong\n"
                                + ("a".repeat(60) + "X" + "b".repeat(59) + "\n")
                                + (" ".repeat(60) + "^\n"));
    }

    @Test
    void shows_control_characters_as_replaced() throws Exception {
        assertThat(print("a\u001B[2Jb\n", 1, 2, "wrong"))
                .isEqualTo("file:1:2: wrong\na\uFFFD[2Jb\n ^\n");
    }

    @Test
    void does_not_count_a_byte_order_mark() throws Exception {
        assertThat(print("\uFEFFab\n", 1, 2, "wrong")).isEqualTo("file:1:2: wrong\nab\n ^\n");
    }

    private String print(String text, int line, int column, String message) throws Exception {
        Path file = Files.writeString(temp.resolve("file"), text);
        return ProblemPrinter.print(List.of(new Problem(file, line, column, message)))
                .replace(temp + "/", "");
    }
}
