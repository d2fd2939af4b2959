package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.TextLength.Outsider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lengths of texts, and cutting them. */
final class TextLengthTest {
    private static TextLength gsm7(String text) {
        return TextLength.of(text, Alphabet.GSM7);
    }

    @Test
    void a_gsm_text_is_counted_in_septets_an_extension_character_being_two() {
        assertThat(gsm7("5 €")).isEqualTo(new TextLength(Alphabet.GSM7, 4, null));
    }

    @Test
    void a_text_outside_the_gsm_alphabet_is_counted_in_utf_16_units_and_says_why() {
        var outsider = new Outsider(0x1F600, 3, Alphabet.GSM7);
        assertThat(gsm7("hi😀😀")).isEqualTo(new TextLength(Alphabet.UCS2, 6, outsider));
    }

    @Test
    void the_position_of_an_outsider_counts_characters() {
        assertThat(TextLength.of("é€x", Alphabet.OCTETS).outsider())
                .isEqualTo(new Outsider('€', 2, Alphabet.OCTETS));
    }

    @Test
    void the_limits_are_those_of_160_octets() {
        assertThat(Alphabet.GSM7.limit()).isEqualTo(182);
        assertThat(Alphabet.OCTETS.limit()).isEqualTo(160);
        assertThat(Alphabet.UCS2.limit()).isEqualTo(80);
    }

    @Test
    void a_text_fits_up_to_its_alphabet_s_limit_and_not_when_empty() {
        assertThat(gsm7("").fits()).isFalse();
        assertThat(gsm7("a".repeat(182)).fits()).isTrue();
        assertThat(gsm7("a".repeat(183)).fits()).isFalse();
        assertThat(gsm7("ж".repeat(80)).fits()).isTrue();
        assertThat(gsm7("ж".repeat(81)).fits()).isFalse();
        assertThat(gsm7("€".repeat(91)).fits()).isTrue();
        assertThat(gsm7("€".repeat(92)).fits()).isFalse();
    }

    @Test
    void a_cut_does_not_split_an_extension_character() {
        String text = "a".repeat(181) + "€";
        assertThat(TextLength.truncate(text, Alphabet.GSM7)).isEqualTo("a".repeat(181));
    }

    @Test
    void a_cut_does_not_split_a_surrogate_pair() {
        String text = "ж".repeat(79) + "😀";
        assertThat(TextLength.truncate(text, Alphabet.GSM7)).isEqualTo("ж".repeat(79));
    }

    @Test
    void a_cut_before_the_only_outsider_leaves_a_gsm_text_of_its_own_limit() {
        String text = "a".repeat(150) + "😀";
        assertThat(TextLength.truncate(text, Alphabet.GSM7)).isEqualTo("a".repeat(150));
    }

    @Test
    void a_text_that_fits_is_not_cut() {
        assertThat(TextLength.truncate("", Alphabet.GSM7)).isEmpty();
        assertThat(TextLength.truncate("жж", Alphabet.GSM7)).isEqualTo("жж");
    }

    @ParameterizedTest
    @EnumSource
    void a_cut_text_is_the_longest_beginning_that_fits(Alphabet preferred) {
        var random = new RandomText(80);
        for (int round = 0; round < 300; round++) {
            String plain = random.of(preferred, 1 + random.below(200));
            String text = plain + random.of(Alphabet.UCS2, random.below(100));
            String cut = TextLength.truncate(text, preferred);
            assertThat(text).startsWith(cut);
            assertThat(cut).isEqualTo(longestFitting(text, preferred));
        }
    }

    private static String longestFitting(String text, Alphabet preferred) {
        int end = text.length();
        while (!TextLength.of(text.substring(0, end), preferred).fits()) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }
}
