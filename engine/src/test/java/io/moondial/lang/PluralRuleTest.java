package io.moondial.lang;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.lang.PluralRule.Category;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms that languages use with numbers. */
class PluralRuleTest {
    private static String forms(String language, String numbers) {
        PluralRule rule = PluralRule.of(language).orElseThrow();
        return Stream.of(numbers.split(" "))
                .map(it -> rule.of(new BigDecimal(it)).word())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "en, 0 1 2 -1 1.0 0.1, other one other one other other",
        "sw, 0 1 2 21, other one other other",
        "yo, 0 1 2, other other other",
        "am, 0 0.5 1 1.0 1.5 2, one one one one other other",
        "hi, 0 1 2, one one other",
        "zu, 0 0.04 1 2, one one one other",
        "ha, 0 1 1.0 2, other one one other",
        "ln, 0 1 2, one one other",
        "fr, 0 1 1.5 2 1000000 1000001, one one one other many other",
        "pt, 0 1 2 2000000, one one other many",
        "pt-PT, 0 1 2, other one other",
        "pt-BR, 0 1 2, one one other",
        "es, 0 1 1.0 2 1000000, other one one other many",
        "it, 0 1 1.0, other one other",
        "da, 0 0.1 1 1.6 2, other one one one other",
        "is, 1 11 21 1.0 0.1, one other one one one",
        "mk, 1 11 21 0.1 0.11, one other one one other",
        "fil, 1 4 5 6 9 10, one other one other other one",
        "lv, 0 1 10 11 21 0.1 1.10 0.11, zero one zero zero one one other zero",
        "he, 0 1 2 0.5 3, other one two one other",
        "ro, 0 1 2 19 20 101 1.5, few one few few other few few",
        "sr, 1 2 5 11 12 21 22 0.1 0.2, one few other other other one few one few",
        "gd, 1 11 2 12 3 10 13 19 20, one one two two few few few few other",
        "sl, 1 101 2 3 4 5 1.5, one one two few few other few",
        "cs, 0 1 2 4 5 1.5, other one few few other many",
        "pl, 0 1 2 5 12 22 25 1.5, many one few many many few many other",
        "ru, 0 1 2 5 11 12 21 22 25 1.5, many one few many many many one few many other",
        "be, 0 1 2 5 1.0 1.5, many one few many one other",
        "lt, 0 1 2 11 21 1.5, other one few other one many",
        "ar, 0 1 2 3 10 11 99 100 102 103 1.5, zero one two few few many many other other few other",
        "mt, 0 1 2 3 10 11 19 20, few one two few few many many other",
        "ga, 1 2 3 6 7 10 11, one two few few many many other",
        "cy, 0 1 2 3 4 6, zero one two few other many",
        "br, 1 2 3 11 21 71 1000000, one two few other one other many"
    })
    void a_language_has_a_form_for_each_number(String language, String numbers, String expected) {
        assertThat(forms(language, numbers)).isEqualTo(expected);
    }

    @Test
    void numbers_beyond_all_counting_have_a_form() {
        assertThat(forms("ru", "100000000000000000001 1E+30 1E-30")).isEqualTo("one many other");
        assertThat(forms("fr", "100000000000000000000")).isEqualTo("many");
    }

    @Test
    void the_forms_of_whole_numbers_are_told_with_their_first_numbers() {
        assertThat(PluralRule.of("ru").orElseThrow().counted().toString())
                .isEqualTo("{ONE=1, 21, 31, 41, FEW=2, 3, 4, 22, MANY=0, 5, 6, 7}");
        assertThat(PluralRule.of("ru").orElseThrow().all())
                .containsExactly(Category.ONE, Category.FEW, Category.MANY, Category.OTHER);
        assertThat(PluralRule.of("fr").orElseThrow().all())
                .containsExactly(Category.ONE, Category.MANY, Category.OTHER);
        assertThat(List.copyOf(PluralRule.of("yo").orElseThrow().all()))
                .containsExactly(Category.OTHER);
    }

    @Test
    void a_language_whose_rule_is_not_known_has_none() {
        assertThat(PluralRule.of("ki")).isEmpty();
        assertThat(PluralRule.of("sw-KE")).isPresent();
    }
}
