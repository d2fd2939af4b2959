package io.moondial.dialogtest.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.dialogtest.Golden;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.problem.Problem.ProblemPrinter;
import io.moondial.script.api.ApiModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialogFileProblemsTest {
    @TempDir Path folder;

    @Test
    void all_problems_of_a_file_are_told_together_each_at_its_place() throws Exception {
        Path file = Golden.file("many-problems.dialog");

        var thrown =
                catchThrowableOfType(
                        DialogFileException.class,
                        () -> DialogFile.read(file).tests(withoutWordsOfTheirOwn()));

        String told = ProblemPrinter.print(thrown.problems());
        Golden.assertEqual(
                "many-problems.txt", told.replace(file.toString(), "many-problems.dialog"));
    }

    /** The modules that add nothing to the language of dialog tests. */
    private static List<ApiModule> withoutWordsOfTheirOwn() {
        return BuiltInModules.create().stream().filter(it -> it.backend() == null).toList();
    }

    @Test
    void where_no_steps_have_a_name_a_do_says_how_they_get_one() throws Exception {
        Path file = folder.resolve("a.dialog");
        Files.writeString(file, "test \"t\"\ndo log in\ndial *1#\n");

        var thrown =
                catchThrowableOfType(
                        DialogFileException.class,
                        () -> DialogFile.read(file).tests(withoutWordsOfTheirOwn()));

        assertThat(thrown.problems().getFirst().message())
                .isEqualTo("no steps have this name: define them above, with 'steps log in'");
    }

    @ParameterizedTest
    @CsvSource({"tset 'a', tset, test", "befor, befor, before", "stepps x, stepps, steps"})
    void a_misspelt_word_that_others_stand_below_is_the_only_problem(
            String line, String written, String meant) throws Exception {
        String test = "test \"b\"\ndial *1#\nmenu x\nabandon\n";
        DialogFile file = read(line + "\ndial *1#\nmenu x\nabandon\n\n" + test);

        var thrown = catchThrowableOfType(DialogFileException.class, file::tests);

        assertThat(thrown.problems())
                .extracting(it -> it.line() + ":" + it.column() + ": " + it.message())
                .containsExactly(
                        "1:1: unknown word '%s'; did you mean %s?".formatted(written, meant));
    }

    @Test
    void a_file_without_tests_has_none_and_is_no_problem() throws Exception {
        assertThat(read("").tests()).isEmpty();
        assertThat(read("# a comment\n#another\n\n \t \n").tests()).isEmpty();
    }

    @Test
    void tabs_crlf_and_a_byte_order_mark_change_nothing() throws Exception {
        String plain = "test \"x\"\ndial *1#\nmenu 1. A\n     2. B\nabandon\n";
        String odd = "\uFEFFtest\t\"x\"\r\ndial\t*1#\r\nmenu\t1. A\t\r\n\t2. B \r\nabandon\r\n";

        assertThat(read(odd).tests().getFirst().steps().toString())
                .isEqualTo(read(plain).tests().getFirst().steps().toString());
    }

    @Test
    void a_file_that_is_not_utf_8_is_refused() throws Exception {
        Path file = folder.resolve("latin.dialog");
        Files.write(file, "test \"é\"\n".getBytes(StandardCharsets.ISO_8859_1));

        var thrown = catchThrowableOfType(DialogFileException.class, () -> DialogFile.read(file));

        assertThat(thrown.problems())
                .containsExactly(
                        new Problem(file, 0, 0, "the file is not UTF-8: save it in that encoding"));
    }

    private DialogFile read(String content) throws Exception {
        Path file = folder.resolve("x.dialog");
        Files.writeString(file, content);
        return DialogFile.read(file);
    }
}
