package io.starhash.logic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void control_characters_are_written_out() {
        assertThat(LogText.of("a\nb\r\t\u001b[31m\u0085"))
                .isEqualTo("a\\nb\\r\\t\\u001b[31m\\u0085");
    }

    @Test
    void other_text_stays_as_it_is() {
        assertThat(LogText.of("Größe 😀")).isEqualTo("Größe 😀");
    }
}
