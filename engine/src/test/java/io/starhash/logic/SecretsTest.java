package io.starhash.logic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
    private final Secrets secrets = new Secrets();

    @Test
    void nothing_is_masked_before_there_is_a_secret() {
        assertThat(secrets.mask("4711")).isEqualTo("4711");
    }

    @Test
    void a_secret_is_masked_wherever_it_stands() {
        secrets.add("4711");

        assertThat(secrets.mask("4711 x4711y 04711")).isEqualTo("**** x****y 0****");
    }

    @Test
    void a_short_one_is_masked_where_it_stands_alone_and_leaves_numbers_readable() {
        secrets.add("1");
        secrets.add("42");

        assertThat(secrets.mask("1")).isEqualTo("*");
        assertThat(secrets.mask("it was '42', no: 1.")).isEqualTo("it was '**', no: *.");
        assertThat(secrets.mask("main.lua:10: 421 of 142, x1"))
                .isEqualTo("main.lua:10: 421 of 142, x1");
    }

    @Test
    void one_that_is_part_of_another_does_not_leave_the_rest_of_it_readable() {
        secrets.add("123");
        secrets.add("12345");

        assertThat(secrets.mask("12345, 123")).isEqualTo("*****, ***");
    }

    @Test
    void what_a_pattern_would_read_otherwise_is_only_text() {
        secrets.add("$1.*");
        secrets.add("\\E");

        assertThat(secrets.mask("a$1.*b \\E")).isEqualTo("a****b **");
    }

    @Test
    void a_secret_of_any_alphabet_has_as_many_asterisks_as_characters() {
        secrets.add("пин😀");

        assertThat(secrets.mask("(пин😀)")).isEqualTo("(****)");
    }

    @Test
    void an_empty_or_blank_answer_is_no_secret() {
        secrets.add("");
        secrets.add(" ");

        assertThat(secrets.mask("a b")).isEqualTo("a b");
    }

    @Test
    void a_name_is_looked_through_for_the_longer_ones() {
        secrets.add("4711");
        secrets.add("1");

        assertThat(secrets.isIn("PIN_4711")).isTrue();
        assertThat(secrets.isIn("TRY_1")).isFalse();
    }
}
