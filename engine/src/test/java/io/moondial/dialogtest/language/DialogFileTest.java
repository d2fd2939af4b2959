package io.moondial.dialogtest.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialogFileTest {
    private static List<DialogTest> tests(String content) throws DialogFileException {
        return DialogFile.of(Path.of("x.dialog"), content).tests();
    }

    private static String text(String step) throws DialogFileException {
        DialogTest test = tests("test \"x\"\ndial *1#\n" + step + "\n").getFirst();
        return switch (test.steps().getLast()) {
            case Step.Expect expect when expect.text() != null -> expect.text().written();
            case Step.Answer answer -> answer.text().toString();
            case Step other -> throw new AssertionError(other);
        };
    }

    private static Step.Expected expected(String step) throws DialogFileException {
        DialogTest test = tests("test \"x\"\ndial *1#\n" + step + "\n").getFirst();
        return switch (test.steps().getLast()) {
            case Step.Expect expect when expect.text() != null -> expect.text();
            case Step other -> throw new AssertionError(other);
        };
    }

    @Test
    void leading_blanks_go_and_inner_ones_stay() throws Exception {
        assertThat(text("menu   1.  A  \n   \t 2. B")).isEqualTo("1.  A\n2. B");
        assertThat(text("menu\n  1. A\n  2. B")).isEqualTo("1. A\n2. B");
        assertThat(text("menu 1. A\n# a comment\n  2. B")).isEqualTo("1. A\n2. B");
    }

    @Test
    void a_quoted_text_keeps_its_blanks_and_takes_escapes() throws Exception {
        assertThat(text("menu \" a\\n\\t\\\"b\\\\ \"")).isEqualTo(" a\n\t\"b\\ ");
        assertThat(text("menu \"~ a\"\n \"\"\n \" b\"")).isEqualTo("~ a\n\n b");
    }

    @Test
    void the_longest_word_counts() throws Exception {
        assertThat(text("answer and more")).isEqualTo("and more");
        assertThat(text("answer")).isEmpty();
        assertThat(
                        tests("test \"x\"\ndial *1#\nanswer and release 1\n")
                                .getFirst()
                                .steps()
                                .getLast())
                .isInstanceOfSatisfying(Step.Answer.class, it -> assertThat(it.release()).isTrue());
    }

    @Test
    void every_row_of_a_table_is_a_test_of_its_own_name() throws Exception {
        assertThat(tests("test \"n\"\neach a | b\n 1 | \"x | y\"\n 2 | z\ndial ${a}\n"))
                .extracting(DialogTest::name)
                .containsExactly("n (a=1, b=x | y)", "n (a=2, b=z)");
        assertThat(tests("test \"n ${b}\"\neach a | b\n 1 | x\n 2 | z\ndial ${a}\n"))
                .extracting(DialogTest::name)
                .containsExactly("n x", "n z");
    }

    @Test
    void what_stands_before_holds_until_the_next() throws Exception {
        List<DialogTest> tests =
                tests(
                        """
                        before
                        from 1
                        tags slow
                        test "one"
                        dial *1#
                        before
                        test "two"
                        dial *1#
                        """);

        assertThat(tests.get(0).steps()).hasSize(2);
        assertThat(tests.get(0).tags()).containsExactly("slow");
        assertThat(tests.get(1).steps()).hasSize(1);
        assertThat(tests.get(1).tags()).isEmpty();
    }

    @Test
    void a_head_that_stands_too_low_is_told_with_the_line_of_the_dial_above_it() {
        assertThatThrownBy(() -> tests("before\ndial *1#\ntags late\ntest \"x\"\nanswer 1\n"))
                .hasMessageContaining(
                        ":3:1: 'tags' belongs above the first dial or push of its 'before', which is on line 2");
        assertThatThrownBy(
                        () ->
                                tests(
                                        "before\ndial *1#\ntest \"x\"\nanswer 1\ndial *2#\ntags late\n"))
                .hasMessageContaining(
                        ":6:1: 'tags' belongs above the first dial or push, which is on line 5");
    }

    @Test
    void a_number_with_a_plus_is_to_be_written_without_it() {
        assertThatThrownBy(() -> tests("test \"x\"\nfrom +255712500078\ndial *1#\n"))
                .hasMessageContaining("found '+255712500078'; write it without +");
    }

    @Test
    void a_test_that_goes_on_in_the_same_dialog_knows_what_it_kept() throws Exception {
        List<DialogTest> tests =
                tests(
                        """
                        test "one"
                        dial *1#
                        menu ~ (?<code>.*)
                        test "two"
                        same dialog
                        answer ${code}
                        """);

        assertThat(tests).extracting(DialogTest::sameDialog).containsExactly(false, true);
    }

    @Test
    void named_steps_are_those_of_each_test_that_does_them() throws Exception {
        List<DialogTest> tests =
                tests(
                        """
                        steps dial
                        tags dialled
                        from 1
                        dial *1#
                        menu ~ (?<code>.*)

                        steps log in
                        do dial
                        answer ${pin}

                        before
                        given seed 7
                        test "one"
                        each pin
                             12
                        do "log in"
                        answer ${code}
                        before
                        do dial
                        test "two"
                        answer 1
                        """);

        DialogTest one = tests.get(0);
        assertThat(one.tags()).containsExactly("dialled");
        assertThat(one.given().seed()).isEqualTo(7);
        assertThat(one.steps())
                .extracting(it -> it.getClass().getSimpleName())
                .containsExactly("From", "Open", "Expect", "Answer", "Answer");
        assertThat(one.steps().get(3))
                .isInstanceOfSatisfying(
                        Step.Answer.class, it -> assertThat(it.text()).hasToString("12"));
        assertThat(one.steps().get(0).at()).isEqualTo(new DialogFile.Lines(3, 3, List.of(16, 8)));
        assertThat(one.steps().get(4).at()).isEqualTo(new DialogFile.Lines(17, 17));
        assertThat(tests.get(1).steps().get(0).at())
                .isEqualTo(new DialogFile.Lines(3, 3, List.of(19)));
    }

    @Test
    void steps_that_nothing_does_are_read_too() throws Exception {
        String unused = "steps x\nanswer ${pin}\nwait ${time}\ndecline 0\ndo y\n";

        assertThat(tests("steps x\nanswer 1\nwait ${time}\n")).isEmpty();
        assertThatThrownBy(() -> tests(unused))
                .hasMessageContaining(":4:9: 'decline' takes a MAP error code from 1 to 255")
                .hasMessageContaining(":5:4: no steps have this name");
    }

    @Test
    void a_file_can_do_a_limited_number_of_steps() {
        String steps = "steps long\ndial *1#\n" + "wait 1s\n".repeat(1_998) + "abandon\n";
        StringBuilder file = new StringBuilder(steps);
        for (int i = 0; i < 102; i++) {
            file.append("test \"%d\"\ndo long\n".formatted(i));
        }

        DialogFileException thrown =
                catchThrowableOfType(DialogFileException.class, () -> tests(file.toString()));

        assertThat(thrown.problems())
                .extracting(it -> it.line() + ": " + it.message())
                .startsWith(
                        "2203: 'do' adds more than 200000 steps to this file: divide it into several")
                .filteredOn(it -> it.contains("'do' adds"))
                .hasSize(1);
    }

    @Test
    void steps_that_do_steps_that_do_steps_are_refused_before_they_grow() {
        assertThatThrownBy(() -> tests(nested(15) + "test \"x\"\ndo s15\n"))
                .hasMessageContaining(
                        "'do' adds more than 2000 steps to this test; 'do' on line 50 does this step");
        DialogFileException deep =
                catchThrowableOfType(
                        DialogFileException.class,
                        () -> tests(nested(5_000) + "test \"x\"\ndo s5000\n"));
        assertThat(deep.problems())
                .extracting(Problem::message)
                .containsExactly(
                        "steps do steps that do steps, more than 20 deep; 'do' on line 15005 does this step");
    }

    /** Steps each of which does the ones above it twice. */
    private static String nested(int depth) {
        StringBuilder file = new StringBuilder("steps s0\ndial *1#\nabandon\n");
        for (int i = 1; i <= depth; i++) {
            file.append("steps s%d\ndo s%d\ndo s%d\n".formatted(i, i - 1, i - 1));
        }
        return file.toString();
    }

    @Test
    void an_error_before_many_tests_is_told_once() {
        DialogFileException thrown =
                catchThrowableOfType(
                        DialogFileException.class,
                        () -> tests("before\nssn 0\ntest \"a\"\ndial *1#\ntest \"b\"\ndial *1#\n"));

        assertThat(thrown.problems()).hasSize(1);
    }

    @Test
    void a_text_that_begins_as_a_mark_does_is_written_in_quotes() throws Exception {
        for (String text : List.of("contains", "contains nuts", "~ x", "containers", "Contains")) {
            String written = String.join("\n", Wording.lines("menu", text));

            assertThat(expected(written)).isInstanceOf(Step.Expected.Text.class);
            assertThat(text(written)).isEqualTo(text);
        }
        assertThat(expected("menu contains nuts")).isInstanceOf(Step.Expected.Part.class);
        assertThat(Wording.lines("menu", "containers")).containsExactly("menu containers");
        assertThat(Wording.lines("menu", "contains nuts"))
                .containsExactly("menu \"contains nuts\"");
    }

    @Test
    void a_skipped_test_needs_no_steps_and_a_reason() throws Exception {
        assertThat(tests("test \"x\"\nskip not yet\n").getFirst().skip()).isEqualTo("not yet");
    }

    @Test
    void a_dollar_sign_in_quotes_may_begin_no_variable() throws Exception {
        assertThat(text("menu \"\\${x} $5\"")).isEqualTo("${x} $5");
    }
}
