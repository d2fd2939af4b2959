package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a viewer sees of numbers in texts. */
class CallerTest {
    private static final Caller VIEWER = new Caller("vera", Role.VIEWER);

    @ParameterizedTest
    @CsvSource({
        "no account for 254711000001, no account for 25471100****",
        "254711000001 5000, 25471100**** ****",
        "254711000001 2026-01-05, 25471100**** ****-**-**",
        "254711000001 10.50, 25471100**** **.**",
        "254 711 000 001, *** *** *** ***",
        "254711000001 254711000002, 25471100**** 25471100****",
        "1234567, 123****",
        "123456, 123456",
        "money.lua:112, money.lua:112",
        "x:254711000001:, x:25471100****:"
    })
    void whatever_stands_after_a_number_takes_no_mask_away(String text, String shown) {
        assertThat(VIEWER.text(text)).isEqualTo(shown);
    }

    @Test
    void an_operator_sees_all() {
        assertThat(new Caller("olga", Role.OPERATOR).text("254711000001"))
                .isEqualTo("254711000001");
    }
}
