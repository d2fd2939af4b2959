package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.Gsm7.Septets;
import io.moondial.text.Vectors.Row;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed GSM 7-bit text, as libosmocore and jSS7 have it in their tests. */
final class PackedTextVectorsTest {
    private static final String HEADER_OF_JSS7 = "0102030405060708";

    private static List<Row> rows(int size, Predicate<Row> wanted) {
        List<Row> rows =
                Stream.of("libosmocore_gsm7", "jss7_gsm7_charset")
                        .flatMap(source -> Vectors.of(source).stream())
                        .filter(wanted)
                        .toList();
        assertThat(rows).hasSize(size);
        return rows;
    }

    private static String packedForUssd(String text) {
        return HexFormat.of().formatHex(Septets.pack(Gsm7.septets(text)));
    }

    private static String text(byte[] octets) {
        return Gsm7.text(Septets.unpack(octets));
    }

    static List<Row> written() {
        return rows(
                16,
                row ->
                        row.name().startsWith("ussd7bit")
                                || row.name().equals("encode.bit7_ussd_style"));
    }

    @ParameterizedTest
    @MethodSource("written")
    void ussd_text_is_packed_as_others_pack_it(Row row) {
        assertThat(packedForUssd(row.requiredText())).isEqualTo(row.hex());
    }

    static List<Row> read() {
        return rows(
                16,
                row ->
                        row.name().startsWith("ussd7bit")
                                || row.name().equals("decode.bit7_ussd_style"));
    }

    @ParameterizedTest
    @MethodSource("read")
    void ussd_text_is_read_as_others_read_it(Row row) {
        // What is packed there is one carriage return; both codecs say that two are read.
        boolean doubled = row.name().equals("ussd7bit.0123456CR");
        assertThat(text(row.octets())).isEqualTo(row.requiredText() + (doubled ? "\r" : ""));
    }

    static List<Row> shortMessages() {
        return rows(
                10,
                row ->
                        row.text() != null
                                && row.name().matches("sms7bit.*|.*bit7_sms_style")
                                && !row.hex().startsWith(HEADER_OF_JSS7));
    }

    @ParameterizedTest
    @MethodSource("shortMessages")
    void short_messages_are_read_and_written_but_for_the_filler(Row row) {
        byte[] septets = Gsm7.septets(row.requiredText());
        assertThat(Septets.pack(septets))
                .isEqualTo(SeptetsTest.filledForUssd(row.octets(), septets));
        assertThat(text(row.octets())).isEqualTo(Gsm7.text(SeptetsTest.readAsUssd(septets)));
    }

    static List<Row> shortMessagesAfterHeader() {
        return rows(
                4,
                row ->
                        row.name().endsWith("bit7_sms_style")
                                && row.hex().startsWith(HEADER_OF_JSS7));
    }

    @ParameterizedTest
    @MethodSource("shortMessagesAfterHeader")
    void short_messages_after_a_header_are_read_from_the_next_septet_on(Row row) {
        assertThat(textAfterHeader(row, 8)).isEqualTo(row.requiredText());
    }

    @Test
    void libosmocore_s_two_parts_of_a_long_short_message_are_read() {
        List<Row> parts = rows(2, row -> row.name().startsWith("sms7bit.udh"));
        assertThat(textAfterHeader(parts.get(0), 6))
                .hasSize(153)
                .startsWith("this is a testmessage.")
                .endsWith("cut here .....:");
        assertThat(textAfterHeader(parts.get(1), 6))
                .isEqualTo(" this is a second testmessage. end here." + "@");
    }

    private static String textAfterHeader(Row row, int headerOctets) {
        int skipped = (headerOctets * 8 + 6) / 7;
        byte[] septets = Septets.unpack(row.octets());
        return Gsm7.text(Arrays.copyOfRange(septets, skipped, septets.length));
    }
}
