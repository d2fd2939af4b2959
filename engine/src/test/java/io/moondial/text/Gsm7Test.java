package io.moondial.text;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.Vectors.Row;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 6.2.1). */
final class Gsm7Test {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte ESCAPE = 0x1B;

    @Test
    void every_septet_but_the_escape_is_a_character_and_back() {
        for (byte septet = 0; septet >= 0; septet++) {
            if (septet != ESCAPE) {
                byte[] one = {septet};
                assertThat(Gsm7.septets(Gsm7.text(one))).as("septet %02x", septet).isEqualTo(one);
            }
        }
    }

    @Test
    void the_alphabet_has_127_characters_of_one_septet_and_ten_of_two() {
        assertThat(charactersOf(1)).isEqualTo(127);
        assertThat(charactersOf(2)).isEqualTo(10);
    }

    private static long charactersOf(int septets) {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(codePoint -> Gsm7.septets(codePoint) == septets)
                .count();
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "@, 00",
                "£, 01",
                "$, 02",
                "¥, 03",
                "è, 04",
                "é, 05",
                "ù, 06",
                "ì, 07",
                "ò, 08",
                "Ç, 09",
                "Ø, 0b",
                "ø, 0c",
                "Å, 0e",
                "å, 0f",
                "Δ, 10",
                "_, 11",
                "Φ, 12",
                "Γ, 13",
                "Λ, 14",
                "Ω, 15",
                "Π, 16",
                "Ψ, 17",
                "Σ, 18",
                "Θ, 19",
                "Ξ, 1a",
                "Æ, 1c",
                "æ, 1d",
                "ß, 1e",
                "É, 1f",
                "¤, 24",
                "¡, 40",
                "Ä, 5b",
                "Ö, 5c",
                "Ñ, 5d",
                "Ü, 5e",
                "§, 5f",
                "¿, 60",
                "ä, 7b",
                "ö, 7c",
                "ñ, 7d",
                "ü, 7e",
                "à, 7f",
                "^, 1b14",
                "{, 1b28",
                "}, 1b29",
                "\\, 1b2f",
                "[, 1b3c",
                "~, 1b3d",
                "], 1b3e",
                "|, 1b40",
                "€, 1b65"
            })
    void characters_that_are_not_where_ascii_has_them(String character, String septets) {
        assertThat(HEX.formatHex(Gsm7.septets(character))).isEqualTo(septets);
    }

    @Test
    void most_of_ascii_is_where_ascii_has_it() {
        String ascii = "\n\r !\"#%&'()*+,-./0123456789:;<=>?ABCXYZabcxyz";
        assertThat(Gsm7.septets(ascii)).isEqualTo(ascii.getBytes(US_ASCII));
    }

    @Test
    void a_page_break_is_an_escaped_line_feed() {
        assertThat(Gsm7.septets("\f")).containsExactly(ESCAPE, 0x0A);
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "27", "96", "231", "937000", "1114111"})
    void other_characters_take_no_septets(int codePoint) {
        assertThat(Gsm7.septets(codePoint)).isZero();
    }

    @Test
    void an_escaped_septet_that_the_extension_table_lacks_is_shown_as_in_the_basic_table() {
        assertThat(Gsm7.text(HEX.parseHex("1b41"))).isEqualTo("A");
        assertThat(Gsm7.text(HEX.parseHex("1b0d78"))).isEqualTo("\rx");
    }

    @Test
    void an_escape_to_a_further_table_is_a_space() {
        assertThat(Gsm7.text(HEX.parseHex("1b1b41"))).isEqualTo(" A");
    }

    @Test
    void an_escape_with_nothing_after_it_is_a_space() {
        assertThat(Gsm7.text(HEX.parseHex("411b"))).isEqualTo("A ");
    }

    static List<Row> unpacked() {
        return Vectors.of("jss7_gsm7_charset").stream()
                .filter(row -> row.name().endsWith("bit8_smpp_style"))
                // An octet above 7f is no septet.
                .filter(row -> !row.hex().equals("4865c86c"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("unpacked")
    void unpacked_septets_agree_with_the_stack_s_vectors(Row row) {
        byte[] header = HEX.parseHex("0102030405060708");
        byte[] octets = row.octets();
        boolean headed = Arrays.equals(header, Arrays.copyOf(octets, header.length));
        byte[] septets = headed ? Arrays.copyOfRange(octets, header.length, octets.length) : octets;
        assertThat(Gsm7.septets(row.requiredText())).isEqualTo(septets);
        assertThat(Gsm7.text(septets)).isEqualTo(row.requiredText());
    }
}
