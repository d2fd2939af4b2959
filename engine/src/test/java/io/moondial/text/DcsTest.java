package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.text.Vectors.Row;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data coding schemes, as 3GPP TS 23.038 V18.0.0 clause 5 has them. */
final class DcsTest {
    /**
     * A row a coding group, a letter a scheme: G GSM 7-bit, O octets, U UCS2, g and u the same
     * after a language code, - reserved, C compressed, H user data header, I I1 protocol, W WAP.
     */
    private static final List<String> CLAUSE_5 =
            List.of(
                    "GGGGGGGGGGGGGGGG",
                    "gu--------------",
                    "GGGGG-----------",
                    "----------------",
                    "GGGGOOOOUUUU----",
                    "GGGGOOOOUUUU----",
                    "CCCCCCCCCCCCCCCC",
                    "CCCCCCCCCCCCCCCC",
                    "----------------",
                    "HHHHHHHHHHHHHHHH",
                    "----------------",
                    "----------------",
                    "----------------",
                    "IIIIIIIIIIIIIIII",
                    "WWWWWWWWWWWWWWWW",
                    "GGGGOOOO--------");

    @Test
    void every_scheme_is_classified_as_clause_5_says() {
        for (int octet = 0; octet <= 0xFF; octet++) {
            char expected = CLAUSE_5.get(octet >> 4).charAt(octet & 0x0F);
            assertThat(letter(new Dcs(octet).coding())).as("%02x", octet).isEqualTo(expected);
        }
    }

    private static char letter(Dcs.Coding coding) {
        return switch (coding) {
            case GSM7 -> 'G';
            case OCTETS -> 'O';
            case UCS2 -> 'U';
            case GSM7_AFTER_LANGUAGE -> 'g';
            case UCS2_AFTER_LANGUAGE -> 'u';
            case RESERVED -> '-';
            case COMPRESSED -> 'C';
            case USER_DATA_HEADER -> 'H';
            case I1_PROTOCOL -> 'I';
            case WAP -> 'W';
        };
    }

    static List<Row> jss7() {
        List<Row> rows = Vectors.of("jss7_cbs_dcs");
        assertThat(rows).hasSize(17);
        return rows;
    }

    @ParameterizedTest
    @MethodSource("jss7")
    void the_stack_s_own_rows_agree_with_the_classification(Row row) {
        var dcs = new Dcs(row.octets()[0] & 0xFF);
        String seen = row.expected();
        if (seen.contains("compressed=true")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.COMPRESSED);
        } else if (seen.contains("group=GeneralWithLanguageIndication charset=GSM7")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.GSM7_AFTER_LANGUAGE);
        } else if (seen.contains("group=GeneralWithLanguageIndication charset=UCS2")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.UCS2_AFTER_LANGUAGE);
        } else if (seen.contains("group=MessageWithUserDataHeader")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.USER_DATA_HEADER);
        } else if (seen.contains("group=I1ProtocolMessage")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.I1_PROTOCOL);
        } else if (seen.contains("group=DefinedByTheWAPForum")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.WAP);
        } else if (seen.contains("group=Reserved") || seen.contains("charset=Reserved")) {
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.RESERVED);
        } else {
            String alphabet = seen.replaceAll(".*charset=(\\S+).*", "$1").replace("GSM8", "OCTETS");
            assertThat(dcs.coding()).isEqualTo(Dcs.Coding.valueOf(alphabet));
        }
    }

    @Test
    void a_scheme_of_the_first_and_the_third_group_names_a_language() {
        StringBuilder languages = new StringBuilder();
        for (int octet = 0; octet <= 0xFF; octet++) {
            String language = new Dcs(octet).language().orElse(null);
            if (language != null) {
                languages.append("%02x %s ".formatted(octet, language));
            }
        }
        assertThat(languages.toString())
                .isEqualTo(
                        "00 de 01 en 02 it 03 fr 04 es 05 nl 06 sv 07 da 08 pt 09 fi 0a no 0b el 0c tr 0d hu 0e pl 20 cs 21 he 22 ar 23 ru 24 is ");
    }

    @Test
    void the_named_schemes_have_their_octets() {
        assertThat(Dcs.UNSPECIFIED.octet()).isEqualTo(15);
        assertThat(Dcs.UCS2.octet()).isEqualTo(72);
        assertThat(Dcs.gsm7(1).octet()).isEqualTo(1);
        assertThat(Dcs.gsm7(15)).isEqualTo(Dcs.UNSPECIFIED);
    }

    @Test
    void a_scheme_reads_as_in_the_standard() {
        assertThat(Dcs.UNSPECIFIED).hasToString("0x0F");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void a_scheme_is_one_octet(int octet) {
        assertThatThrownBy(() -> new Dcs(octet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a data coding scheme is 0 to 255, not " + octet);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 16})
    void a_language_is_four_bits(int language) {
        assertThatThrownBy(() -> Dcs.gsm7(language))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the language of a data coding scheme is 0 to 15, not " + language);
    }
}
