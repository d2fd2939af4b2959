package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {
    @Test
    void control_characters_are_written_out() {
        assertThat(LogText.of("a\nb\r\t\u001b[31m\u0085"))
                .isEqualTo("a\\nb\\r\\t\\u001b[31m\\u0085");
    }

    @Test
    void what_other_readers_take_for_the_end_of_a_line_is_written_out() {
        assertThat(LogText.of("a\u2028b\u2029c\u000bd\fe"))
                .isEqualTo("a\\u2028b\\u2029c\\u000bd\\u000ce");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e,
                0x200f, 0x061c, 0x200b, 0x200d, 0x2060, 0xfeff, 0x00ad, 0xfff9, 0x180e
            })
    void what_turns_or_hides_text_is_written_out(int character) {
        assertThat(LogText.of("12" + Character.toString(character) + "34"))
                .isEqualTo("12\\u%04x34".formatted(character));
    }

    @Test
    void what_is_beyond_16_bits_or_half_a_pair_is_written_out_as_in_java() {
        assertThat(LogText.of("a\uDB40\uDC41b\uD83Dc")).isEqualTo("a\\udb40\\udc41b\\ud83dc");
    }

    @Test
    void other_text_stays_as_it_is() {
        assertThat(LogText.of("Größe 😀 שלום à")).isEqualTo("Größe 😀 שלום à");
    }

    @Test
    void among_lines_only_a_break_before_an_indented_one_stays() {
        assertThat(LogText.ofLines("fault\n    at x\n\tat y\nERROR forged\n  z\t\r\u202e"))
                .isEqualTo("fault\n    at x\n\tat y\\nERROR forged\\n  z\\t\\r\\u202e");
    }
}
