package io.moondial.text;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.Vectors.Row;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The USSD strings in messages that other projects captured, or have in their tests. */
final class UssdMessageVectorsTest {

    /** The rows with a USSD-Arg or USSD-Res, and the text that they are said to carry. */
    static List<Row> messages() {
        List<Row> rows =
                Stream.of(
                                "gomaja_gsmmap_golden",
                                "jss7_map_ussd",
                                "libosmocore_ussd",
                                "libosmocore_gsup_ussd",
                                "misc_github_ussd_messages",
                                "wireshark_gsm_map_with_ussd_string")
                        .flatMap(source -> Vectors.of(source).stream())
                        .filter(row -> row.text() != null)
                        .filter(row -> !row.name().startsWith("ussdString."))
                        .toList();
        assertThat(rows).hasSize(20);
        return rows;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_message_s_text_is_read_and_written_as_it_is(Row row) throws Exception {
        UssdString string = find(row.octets());
        assertThat(string.decode()).isEqualTo(row.requiredText());
        if (!row.requiredText().isEmpty()) {
            assertThat(UssdString.encode(row.requiredText(), string.dcs())).isEqualTo(string);
        }
    }

    @ParameterizedTest
    @MethodSource("conformanceCases")
    void the_send_ussd_cases_of_31_124_are_read_and_written(Row row) throws Exception {
        byte[] octets = row.octets();
        var string =
                new UssdString(
                        new Dcs(octets[0] & 0xFF), Arrays.copyOfRange(octets, 1, octets.length));
        assertThat(string.decode()).isEqualTo(row.requiredText());
        assertThat(UssdString.encode(row.requiredText(), string.dcs())).isEqualTo(string);
    }

    static List<Row> conformanceCases() {
        List<Row> rows = Vectors.of("ofono_stk_send_ussd_3gpp");
        assertThat(rows).hasSize(3);
        return rows;
    }

    @Test
    void jss7_s_bare_strings_are_read() throws Exception {
        assertThat(bare("ussdString.gsm7", 0x0F).decode()).isEqualTo("*88#");
        assertThat(bare("ussdString.ucs2", 0x48).decode()).isEqualTo("*88#");
    }

    @Test
    void jss7_s_language_code_without_its_carriage_return_is_read_as_text() throws Exception {
        assertThat(bare("ussdString.gsm7.lang", 0x10).decode()).isEqualTo("ru\nGgTt");
    }

    @Test
    void jss7_s_language_code_of_three_octets_is_malformed() {
        assertThatThrownBy(() -> bare("ussdString.ucs2.lang", 0x11).decode())
                .isInstanceOf(UndecodableString.class)
                .hasMessageContaining("has 11 octets, an odd number");
    }

    @Test
    void jss7_s_arabic_is_read_in_the_default_alphabet_that_clause_5_names() throws Exception {
        assertThat(bare("ussdString.gsm7.arabic", 0x22).decode()).isNotEmpty();
    }

    private static UssdString bare(String name, int dcs) {
        byte[] octets = row("jss7_map_ussd", name).octets();
        return new UssdString(new Dcs(dcs), Arrays.copyOfRange(octets, 2, octets.length));
    }

    @ParameterizedTest
    @CsvSource({
        "misc_github_ussd_messages, goTcap.short, test",
        "misc_github_ussd_messages, globitel.sccp.udt.noOpenInfo, *125*+31628839999#",
        "jss7_map_ussd, invoke.paramSequence, *125*+31628839999#"
    })
    void a_text_that_its_row_gives_in_other_words_is_read(String source, String name, String text)
            throws Exception {
        assertThat(find(row(source, name).octets()).decode()).isEqualTo(text);
    }

    @Test
    void a_string_of_the_greatest_length_seen_in_the_wild_is_read() throws Exception {
        UssdString string = find(row("misc_github_ussd_messages", "goTcap.long.gsm7").octets());
        assertThat(string.octets()).hasSize(140);
        assertThat(string.decode()).hasSize(160);
        assertThat(UssdString.encode(string.decode(), string.dcs())).isEqualTo(string);
    }

    @Test
    void a_string_whose_text_the_source_does_not_give_is_read_and_written_as_it_is()
            throws Exception {
        UssdString string = find(row("misc_github_ussd_messages", "testerman.begin.59").octets());
        assertThat(UssdString.encode(string.decode(), string.dcs())).isEqualTo(string);
    }

    @Test
    void ascii_octets_under_a_gsm_7_bit_scheme_are_read_as_septets_all_the_same() throws Exception {
        UssdString string =
                find(row("misc_github_ussd_messages", "ecorau.m3ua.nokia.60.ascii").octets());
        assertThat(new String(string.octets(), US_ASCII)).isEqualTo("84900000000");
        assertThat(string.decode()).hasSize(12);
    }

    @Test
    void every_message_of_the_wireshark_sample_carries_its_text() throws Exception {
        List<Row> rows = Vectors.of("wireshark_gsm_map_with_ussd_string");
        assertThat(rows).hasSize(4);
        for (Row row : rows) {
            assertThat(find(row.octets()).decode()).as(row.name()).isEqualTo("*140*0761241377#");
        }
    }

    private static Row row(String source, String name) {
        return Vectors.of(source).stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The first two octet strings of the first sequence that begins with one of one octet. */
    private static UssdString find(byte[] message) {
        for (int at = 0; at + 4 < message.length; at++) {
            if (startsSequence(message, at)
                    && message[at] == 4
                    && message[at + 1] == 1
                    && message[at + 3] == 4) {
                int length = at + (message[at + 4] == (byte) 0x81 ? 5 : 4);
                int from = length + 1;
                int to = from + (message[length] & 0xFF);
                var dcs = new Dcs(message[at + 2] & 0xFF);
                return new UssdString(dcs, Arrays.copyOfRange(message, from, to));
            }
        }
        throw new AssertionError("no USSD string found");
    }

    /** After the tag and length of a SEQUENCE, or where such contents stand alone. */
    private static boolean startsSequence(byte[] message, int at) {
        boolean shortLength = at >= 2 && message[at - 2] == 0x30;
        boolean longLength = at >= 3 && message[at - 3] == 0x30 && message[at - 2] == (byte) 0x81;
        return at == 0 || shortLength || longLength;
    }
}
