package io.moondial.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.Gsm7.Septets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.datacoding.CBSDataCodingSchemeImpl;
import org.restcomm.protocols.ss7.map.primitives.USSDStringImpl;

/**
 * This codec beside that of jSS7, an independent one: where they agree, and each place where they
 * are known not to.
 */
final class Jss7ComparisonTest {
    private static final byte ESCAPE = 0x1B;

    private static Dcs scheme(Alphabet alphabet) {
        return switch (alphabet) {
            case GSM7 -> Dcs.UNSPECIFIED;
            case OCTETS -> new Dcs(0x44);
            case UCS2 -> Dcs.UCS2;
        };
    }

    private static byte[] written(String text, Dcs dcs) throws MAPException {
        var stacks = new CBSDataCodingSchemeImpl(dcs.octet());
        return new USSDStringImpl(text, stacks, ISO_8859_1).getEncodedString();
    }

    private static String read(byte[] octets, Dcs dcs) throws MAPException {
        var stacks = new CBSDataCodingSchemeImpl(dcs.octet());
        return new USSDStringImpl(octets, stacks).getString(ISO_8859_1);
    }

    private static String readHex(String hex, Dcs dcs) throws MAPException {
        return read(HexFormat.of().parseHex(hex), dcs);
    }

    /** Known difference: septet 09, Ç in 6.2.1, is ç there. */
    private static String withSmallCedilla(String text, Dcs dcs) {
        return dcs.coding() == Dcs.Coding.GSM7 ? text.replace('Ç', 'ç') : text;
    }

    @ParameterizedTest
    @EnumSource
    void both_write_the_same_octets_and_read_the_same_text(Alphabet alphabet) throws Exception {
        var random = new RandomText(7);
        Dcs dcs = scheme(alphabet);
        for (int round = 0; round < 10; round++) {
            for (int units = 1; units <= alphabet.limit(); units++) {
                String text = random.of(alphabet, units);
                UssdString ours = UssdString.encode(text, dcs);
                assertThat(written(withSmallCedilla(text, dcs), dcs))
                        .as(text)
                        .isEqualTo(ours.octets());
                assertThat(read(ours.octets(), dcs))
                        .isEqualTo(withSmallCedilla(ours.decode(), dcs));
            }
        }
    }

    @Test
    void both_read_any_octets_without_escapes_alike() throws Exception {
        var random = new RandomText(77);
        for (int round = 0; round < 2000; round++) {
            byte[] octets = random.octets(1 + random.below(UssdString.MAX_OCTETS));
            var string = new UssdString(Dcs.UNSPECIFIED, octets);
            if (!new String(Septets.unpack(octets), ISO_8859_1).contains("\u001B")) {
                assertThat(read(octets, Dcs.UNSPECIFIED))
                        .isEqualTo(withSmallCedilla(string.decode(), Dcs.UNSPECIFIED));
            }
        }
    }

    @Test
    void both_double_a_carriage_return_on_an_octet_boundary() throws Exception {
        for (int length = 8; length <= 176; length += 8) {
            String text = "x".repeat(length - 1) + "\r";
            UssdString ours = UssdString.encode(text, Dcs.UNSPECIFIED);
            assertThat(written(text, Dcs.UNSPECIFIED)).isEqualTo(ours.octets());
            assertThat(read(ours.octets(), Dcs.UNSPECIFIED)).isEqualTo(text + "\r");
        }
    }

    @Test
    void known_difference_an_escaped_septet_without_an_extension_is_a_space_there()
            throws Exception {
        for (byte septet = 0; septet >= 0; septet++) {
            byte[] octets = Septets.pack(new byte[] {ESCAPE, septet});
            String ours = new UssdString(Dcs.UNSPECIFIED, octets).decode();
            boolean alike = Gsm7.septets(ours.codePointAt(0)) == 2 || ours.equals("\r");
            assertThat(read(octets, Dcs.UNSPECIFIED))
                    .as("septet %02x", septet)
                    .isEqualTo(alike ? ours : " ");
        }
    }

    @Test
    void known_difference_a_last_escape_is_dropped_there() throws Exception {
        byte[] octets = Septets.pack(new byte[] {'A', ESCAPE});
        assertThat(read(octets, Dcs.UNSPECIFIED)).isEqualTo("A");
    }

    @Test
    void known_difference_a_character_outside_the_alphabet_is_written_as_a_space_there()
            throws Exception {
        assertThat(written("aжb", Dcs.UNSPECIFIED)).isEqualTo(written("a b", Dcs.UNSPECIFIED));
    }

    @Test
    void known_difference_an_odd_octet_of_ucs2_is_a_replacement_character_there() throws Exception {
        assertThat(readHex("004100", Dcs.UCS2)).isEqualTo("A\uFFFD");
    }

    @Test
    void known_difference_an_unpaired_surrogate_takes_the_next_character_along_there()
            throws Exception {
        assertThat(readHex("d83d0041", Dcs.UCS2)).isEqualTo("\uFFFD");
    }

    /**
     * A row a coding group, a letter a scheme: = the same text; ! neither reads it; l the language
     * code is text there (and of three octets before UCS2); a the Urdu tables stand in for Arabic
     * there; 0 nothing is read there; x it fails with a NullPointerException there; d the data is
     * 8-bit there; and of those that are not read here: h the header is text there, e nothing is
     * read there, X it fails with a NullPointerException there.
     */
    private static final List<String> SCHEMES =
            List.of(
                    "================",
                    "ll==============",
                    "==a=============",
                    "================",
                    "============0000",
                    "============0000",
                    "!!!!!!!!!!!!!!!!",
                    "!!!!!!!!!!!!!!!!",
                    "xxxxxxxxxxxxxxxx",
                    "hhhhhhhhhhhheeee",
                    "xxxxxxxxxxxxxxxx",
                    "xxxxxxxxxxxxxxxx",
                    "xxxxxxxxxxxxxxxx",
                    "XXXXXXXXXXXXXXXX",
                    "XXXXXXXXXXXXXXXX",
                    "============dddd");

    @Test
    void the_schemes_are_read_alike_but_for_the_known_differences() {
        for (int octet = 0; octet <= 0xFF; octet++) {
            var dcs = new Dcs(octet);
            char expected = SCHEMES.get(octet >> 4).charAt(octet & 0x0F);
            assertThat(difference(dcs)).as(dcs.toString()).isEqualTo(expected);
        }
    }

    private static char difference(Dcs dcs) {
        byte[] octets = Septets.pack(Gsm7.septets("en\rA text of eight"));
        String ours = outcome(() -> new UssdString(dcs, octets).decode());
        String theirs = outcome(() -> read(octets, dcs));
        boolean readHere = !ours.equals("UndecodableString");
        if (ours.equals(theirs)) {
            return '=';
        }
        return switch (theirs) {
            case "MAPException" -> '!';
            case "NullPointerException" -> readHere ? 'x' : 'X';
            case "" -> readHere ? '0' : 'e';
            default -> readHere ? otherText(dcs) : 'h';
        };
    }

    private static char otherText(Dcs dcs) {
        return switch (dcs.octet()) {
            case 0x10, 0x11 -> 'l';
            case 0x22 -> 'a';
            default -> 'd';
        };
    }

    private interface Reading {
        String text() throws Exception;
    }

    /** The text, or the failure's name. */
    private static String outcome(Reading reading) {
        try {
            return reading.text();
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }
}
