package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.text.Gsm7.Septets;
import io.moondial.text.UssdString.UnsendableText;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts behind a language code: coding group 0001 of 3GPP TS 23.038 clause 5. */
class AfterLanguageTest {
    private static final Dcs GSM7 = new Dcs(16);
    private static final Dcs UCS2 = new Dcs(17);

    @Test
    void the_code_is_two_letters_and_a_carriage_return_of_the_gsm_alphabet() throws Exception {
        UssdString string = UssdString.afterLanguage("en", "*100#", GSM7);
        assertThat(Gsm7.text(Septets.unpack(string.octets()))).isEqualTo("en\r*100#");
        assertThat(string.decode()).isEqualTo("*100#");
    }

    @Test
    void before_ucs2_the_code_is_two_octets_of_packed_letters() throws Exception {
        UssdString string = UssdString.afterLanguage("en", "Да", UCS2);
        assertThat(HexFormat.of().formatHex(string.octets())).isEqualTo("653704140430");
        assertThat(string.decode()).isEqualTo("Да");
    }

    @Test
    void the_language_is_that_of_the_code_if_there_is_one() throws Exception {
        assertThat(UssdString.afterLanguage("sw", "*100#", GSM7).language()).contains("sw");
        assertThat(UssdString.afterLanguage("SW", "*100#", UCS2).language()).contains("sw");
        assertThat(new UssdString(GSM7, Alphabet.GSM7.encode("*100#")).language()).isEmpty();
        assertThat(new UssdString(GSM7, Alphabet.GSM7.encode("1*\r100#")).language()).isEmpty();
        assertThat(new UssdString(GSM7, new byte[0]).language()).isEmpty();
        assertThat(new UssdString(UCS2, new byte[] {0x65}).language()).isEmpty();
        assertThat(UssdString.encode("x", Dcs.gsm7(8)).language()).contains("pt");
    }

    @Test
    void the_code_takes_its_room() throws Exception {
        assertThat(UssdString.afterLanguage("en", "x".repeat(179), GSM7).decode()).hasSize(179);
        assertThat(UssdString.afterLanguage("en", "x".repeat(79), UCS2).decode()).hasSize(79);
        assertThatThrownBy(() -> UssdString.afterLanguage("en", "x".repeat(180), GSM7))
                .isInstanceOf(UnsendableText.class)
                .hasMessageContaining("180 septets of GSM 7-bit, 179 septets of GSM 7-bit are");
        assertThatThrownBy(() -> UssdString.afterLanguage("en", "x".repeat(80), UCS2))
                .isInstanceOf(UnsendableText.class)
                .hasMessageContaining("80 UTF-16 units of UCS2, 79 UTF-16 units of UCS2 are");
    }

    @Test
    void a_text_that_the_gsm_alphabet_lacks_does_not_go_under_16() {
        assertThatThrownBy(() -> UssdString.afterLanguage("en", "Да", GSM7))
                .isInstanceOf(UnsendableText.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17})
    void an_empty_text_goes_nowhere(int dcs) {
        assertThatThrownBy(() -> UssdString.afterLanguage("en", "", new Dcs(dcs)))
                .isInstanceOf(UnsendableText.class)
                .hasMessageContaining("the text is empty");
    }

    @Test
    void what_is_no_code_and_what_is_no_such_scheme_are_refused() {
        assertThatThrownBy(() -> UssdString.afterLanguage("eng", "x", GSM7))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UssdString.afterLanguage("en", "x", Dcs.UNSPECIFIED))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
