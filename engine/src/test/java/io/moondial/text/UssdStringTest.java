package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.text.Gsm7.Septets;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** USSD strings, written and read. */
final class UssdStringTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Dcs DATA = new Dcs(0x44);

    private static UssdString received(int dcs, String hex) {
        return new UssdString(new Dcs(dcs), HEX.parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0F, 0x01, 0x20, 0x40, 0x53, 0xF0})
    void a_text_of_the_gsm_alphabet_goes_under_the_preferred_scheme(int dcs) throws Exception {
        assertThat(UssdString.encode("*100#", new Dcs(dcs))).isEqualTo(received(dcs, "aa180c3602"));
    }

    @Test
    void a_text_that_the_preferred_alphabet_lacks_goes_as_ucs2_by_itself() throws Exception {
        assertThat(UssdString.encode("Да", Dcs.UNSPECIFIED)).isEqualTo(received(0x48, "04140430"));
        assertThat(UssdString.encode("Да", DATA)).isEqualTo(received(0x48, "04140430"));
    }

    @Test
    void a_text_of_the_gsm_alphabet_goes_as_ucs2_where_that_is_preferred() throws Exception {
        assertThat(UssdString.encode("ab", new Dcs(0x59))).isEqualTo(received(0x59, "00610062"));
    }

    @Test
    void an_emoji_goes_as_a_surrogate_pair() throws Exception {
        UssdString sent = UssdString.encode("😀", Dcs.UNSPECIFIED);
        assertThat(sent).isEqualTo(received(0x48, "d83dde00"));
        assertThat(sent.decode()).isEqualTo("😀");
    }

    @Test
    void eight_bit_data_is_iso_8859_1_both_ways() throws Exception {
        UssdString sent = UssdString.encode("Aé", DATA);
        assertThat(sent).isEqualTo(received(0x44, "41e9"));
        assertThat(sent.decode()).isEqualTo("Aé");
    }

    @Test
    void an_unpaired_surrogate_is_sent_as_the_replacement_character() throws Exception {
        assertThat(UssdString.encode("a\uD83D", Dcs.UCS2)).isEqualTo(received(0x48, "0061fffd"));
    }

    @ParameterizedTest
    @CsvSource({
        "d83d0041, \uFFFDA",
        "0041de00, A\uFFFD",
        "d83d, \uFFFD",
        "d83dd83dde00, \uFFFD😀",
        "de00d83d, \uFFFD\uFFFD"
    })
    void a_received_unpaired_surrogate_is_the_replacement_character_and_hurts_no_other(
            String hex, String text) throws Exception {
        assertThat(received(0x48, hex).decode()).isEqualTo(text);
    }

    @Test
    void a_language_code_is_not_part_of_the_text() throws Exception {
        String languageAndText = HEX.formatHex(Septets.pack(Gsm7.septets("en\rHello")));
        assertThat(received(0x10, languageAndText).decode()).isEqualTo("Hello");
        assertThat(received(0x10, "6577" + "03").decode()).isEmpty();
        // "ru" in two octets
        assertThat(received(0x11, "f23a" + "04140430").decode()).isEqualTo("Да");
        assertThat(received(0x11, "f23a").decode()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x12, 0x25, 0x3F, 0x4C, 0x80, 0xA0, 0xC7, 0xF8, 0xFC})
    void a_reserved_scheme_is_read_as_gsm_7_bit_text(int dcs) throws Exception {
        assertThat(received(dcs, "aa180c3602").decode()).isEqualTo("*100#");
    }

    @ParameterizedTest
    @CsvSource({
        "0x61, 97, compressed text",
        "0x94, 148, text after a user data header",
        "0xd0, 208, a message of the I1 protocol",
        "0xe1, 225, data of the WAP Forum"
    })
    void a_scheme_that_means_no_plain_text_is_an_unknown_alphabet(
            int dcs, String decimal, String meaning) {
        assertThatThrownBy(() -> received(dcs, "aa180c3602").decode())
                .isInstanceOfSatisfying(
                        UndecodableString.class,
                        e ->
                                assertThat(e.reason())
                                        .isEqualTo(UndecodableString.Reason.UNKNOWN_ALPHABET))
                .hasMessage(
                        "a USSD string under data coding scheme %s (%s) cannot be read",
                        decimal, meaning);
    }

    @ParameterizedTest
    @CsvSource({"0x48, 041404", "0x11, f2", "0x11, f23a04"})
    void ucs2_of_an_odd_number_of_octets_is_malformed(int dcs, String hex) {
        assertThatThrownBy(() -> received(dcs, hex).decode())
                .isInstanceOfSatisfying(
                        UndecodableString.class,
                        e -> assertThat(e.reason()).isEqualTo(UndecodableString.Reason.MALFORMED))
                .hasMessageEndingWith("has %d octets, an odd number", hex.length() / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0F, 0x10, 0x11, 0x44, 0x48, 0x80})
    void no_octets_are_an_empty_text(int dcs) throws Exception {
        assertThat(received(dcs, "").decode()).isEmpty();
    }

    @Test
    void an_empty_text_is_not_sent() {
        assertThatThrownBy(() -> UssdString.encode("", Dcs.UNSPECIFIED))
                .isInstanceOf(UnsendableText.class)
                .hasMessage("the text is empty: 1 to 182 septets are allowed (GSM 7-bit)");
    }

    @Test
    void a_text_of_too_many_septets_is_not_sent_extension_characters_being_two() {
        assertThatThrownBy(() -> UssdString.encode("a".repeat(181) + "€", Dcs.UNSPECIFIED))
                .isInstanceOf(UnsendableText.class)
                .hasMessage("the text is too long: 183 septets, 182 are allowed (GSM 7-bit)");
    }

    @Test
    void a_text_that_one_character_makes_too_long_is_told_which() {
        String text = "a".repeat(40) + "’" + "b".repeat(40) + "й";
        assertThatThrownBy(() -> UssdString.encode(text, Dcs.UNSPECIFIED))
                .isInstanceOf(UnsendableText.class)
                .hasMessage(
                        "the text is too long: 82 UTF-16 units, 80 are allowed (UCS2);"
                                + " character 41, U+2019 RIGHT SINGLE QUOTATION MARK,"
                                + " is not in the GSM 7-bit alphabet (182 septets)");
    }

    @Test
    void an_outsider_without_a_name_is_told_by_its_code() {
        assertThatThrownBy(() -> UssdString.encode("\u0378".repeat(81), Dcs.UNSPECIFIED))
                .hasMessageContaining("character 1, U+0378 (unassigned), is not in");
    }

    @Test
    void a_text_too_long_for_the_preferred_ucs2_or_octets_is_not_sent() {
        assertThatThrownBy(() -> UssdString.encode("a".repeat(81), Dcs.UCS2))
                .isInstanceOf(UnsendableText.class)
                .hasMessage("the text is too long: 81 UTF-16 units, 80 are allowed (UCS2)");
        assertThatThrownBy(() -> UssdString.encode("a".repeat(161), DATA))
                .isInstanceOf(UnsendableText.class)
                .hasMessage("the text is too long: 161 octets, 160 are allowed (8-bit)");
    }

    @ParameterizedTest
    @CsvSource({
        "0x10, GSM 7-bit text after a language code",
        "0x11, UCS2 text after a language code",
        "0x80, a reserved coding",
        "0x61, compressed text"
    })
    void no_text_is_sent_under_a_scheme_that_plain_text_does_not_make(int dcs, String meaning) {
        assertThatThrownBy(() -> UssdString.encode("a", new Dcs(dcs)))
                .isInstanceOf(UnsendableText.class)
                .hasMessage(
                        "no text is sent under data coding scheme %d (%s): use 0 to 15 (GSM 7-bit), 68 (8-bit) or 72 (UCS2)",
                        dcs, meaning);
    }

    @Test
    void more_than_160_octets_are_no_string() {
        assertThatThrownBy(() -> new UssdString(Dcs.UNSPECIFIED, new byte[161]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a USSD string has at most 160 octets, not 161");
    }

    @Test
    void strings_are_equal_by_value() {
        assertThat(received(0x0F, "31"))
                .isEqualTo(received(0x0F, "31"))
                .hasSameHashCodeAs(received(0x0F, "31"))
                .isNotEqualTo(received(0x00, "31"))
                .isNotEqualTo(received(0x0F, "32"));
    }

    @Test
    void a_string_keeps_its_octets_to_itself() {
        byte[] octets = {0x31};
        var string = new UssdString(Dcs.UNSPECIFIED, octets);
        octets[0] = 0;
        string.octets()[0] = 0;
        assertThat(string).isEqualTo(received(0x0F, "31"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, *1*4711#, 3, 7, *1*****#",
        "15, *1*4711#€1, 0, 10, ***********",
        "15, a€b€c, 1, 2, a**b€c",
        "15, 12345678, 7, 8, 1234567*",
        "15, 1234567, 6, 7, 123456*",
        "72, *1*пин#, 3, 6, *1****#",
        "72, a😀b, 1, 3, a**b",
        "68, *1*4711#, 3, 7, *1*****#",
    })
    void characters_are_masked_in_their_places(
            int dcs, String text, int from, int to, String masked) throws Exception {
        UssdString string = UssdString.encode(text, new Dcs(dcs));
        BitSet hidden = new BitSet();
        hidden.set(from, to);

        byte[] octets = string.masked(hidden);

        assertThat(octets).hasSameSizeAs(string.octets());
        assertThat(new UssdString(string.dcs(), octets).decode()).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17})
    void characters_behind_a_language_code_are_masked_in_their_places(int dcs) throws Exception {
        UssdString string = UssdString.afterLanguage("en", "*1*4711#", new Dcs(dcs));
        BitSet hidden = new BitSet();
        hidden.set(3, 7);

        byte[] octets = string.masked(hidden);

        assertThat(new UssdString(new Dcs(dcs), octets).decode()).isEqualTo("*1*****#");
        assertThat(octets).startsWith(Arrays.copyOf(string.octets(), 2));
    }

    @Test
    void of_a_string_that_cannot_be_read_nothing_is_left() {
        UssdString string = new UssdString(new Dcs(0x60), new byte[] {1, 2, 3});

        assertThat(string.masked(new BitSet())).isEqualTo(UssdString.mask(new Dcs(0x60), 3));
    }

    @Test
    void a_string_is_shown_without_its_content() {
        assertThat(received(0x0F, "aa180c3602")).hasToString("UssdString[dcs=0x0F, 5 octets]");
    }

    @ParameterizedTest
    @CsvSource({
        "15, aa182ca6a28d00, *101*4#", // a code, and seven zero bits behind
        "15, 31d98c56b3dd00, 1234567", // a number
        "15, 61f1985c369f01, abcdefg@", // somebody's text
        "15, 31d90c00, 123@", // four septets: no zero bits could have filled the last
        "68, 31323334352340, 12345#@", // an octet a character
    })
    void zero_bits_behind_what_was_keyed_are_no_at_sign(int dcs, String octets, String text)
            throws Exception {
        assertThat(received(dcs, octets).decodeKeyed()).isEqualTo(text);
    }
}
