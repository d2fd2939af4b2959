package io.moondial.dialogtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.run.Suite.Filter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final String CONTENT =
            """
            test "a PIN is asked for"
            tags pin slow
            dial *1#
            test "the balance"
            dial *2#
            test "and its answer"
            same dialog
            answer 1
            """;

    private static List<String> names(String words) throws Exception {
        List<DialogTest> tests = DialogFile.of(Path.of("menus/top.dialog"), CONTENT).tests();
        return new Filter(words).of(tests).stream().map(DialogTest::name).toList();
    }

    @Test
    void every_word_must_occur_in_file_name_or_tags() throws Exception {
        assertThat(names("pin")).containsExactly("a PIN is asked for");
        assertThat(names("top BALANCE")).containsExactly("the balance");
        assertThat(names("menus/top slow asked")).hasSize(1);
        assertThat(names("nothing")).isEmpty();
    }

    @Test
    void a_tag_is_matched_as_a_whole_and_a_word_can_be_turned_around() throws Exception {
        assertThat(names("tag:slow")).containsExactly("a PIN is asked for");
        assertThat(names("tag:slo")).isEmpty();
        assertThat(names("!tag:slow !answer")).containsExactly("the balance");
    }

    @Test
    void a_test_that_goes_on_brings_those_that_it_goes_on_with() throws Exception {
        assertThat(names("answer")).containsExactly("the balance", "and its answer");
    }
}
