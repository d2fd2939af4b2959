package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaskTest {
    @ParameterizedTest
    @CsvSource({"1234, ****", "'', ''", "a😀, **"})
    void a_secret_is_masked_by_as_many_asterisks_as_it_has_characters(String secret, String mask) {
        assertThat(Mask.of(secret)).isEqualTo(mask);
    }
}
