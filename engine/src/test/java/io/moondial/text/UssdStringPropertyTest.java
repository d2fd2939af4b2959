package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.UssdString.UndecodableString;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every text and of any octets. */
final class UssdStringPropertyTest {
    private static final List<Dcs> ALL = IntStream.rangeClosed(0, 0xFF).mapToObj(Dcs::new).toList();

    @ParameterizedTest
    @EnumSource
    void a_text_of_any_length_comes_back_under_every_scheme_of_its_alphabet(Alphabet alphabet)
            throws Exception {
        var random = new RandomText(160);
        List<Dcs> schemes =
                ALL.stream()
                        .filter(dcs -> dcs.coding().alphabet().filter(alphabet::equals).isPresent())
                        .toList();
        assertThat(schemes).isNotEmpty();
        for (int units = 1; units <= alphabet.limit(); units++) {
            for (Dcs dcs : schemes) {
                String text = random.of(alphabet, units);
                UssdString sent = UssdString.encode(text, dcs);
                assertThat(sent.dcs()).isEqualTo(dcs);
                assertThat(sent.decode()).isEqualTo(asReceived(text, alphabet, units));
            }
        }
    }

    /** A final carriage return on an octet boundary is doubled (3GPP TS 23.038 6.1.2.3.1). */
    private static String asReceived(String text, Alphabet alphabet, int units) {
        boolean doubled = alphabet == Alphabet.GSM7 && units % 8 == 0 && text.endsWith("\r");
        return doubled ? text + "\r" : text;
    }

    @Test
    void any_octets_under_any_scheme_are_text_or_the_typed_failure() {
        var random = new RandomText(256);
        for (Dcs dcs : ALL) {
            for (int count = 0; count <= UssdString.MAX_OCTETS; count++) {
                var string = new UssdString(dcs, random.octets(count));
                assertThat(read(string)).as("%s of %d", string, count).isEqualTo(expected(string));
            }
        }
    }

    private static String read(UssdString string) {
        try {
            string.decode();
            return "text";
        } catch (UndecodableString e) {
            return e.reason().name();
        }
    }

    private static String expected(UssdString string) {
        return switch (string.dcs().coding()) {
            case GSM7, GSM7_AFTER_LANGUAGE, OCTETS, RESERVED -> "text";
            case UCS2, UCS2_AFTER_LANGUAGE ->
                    string.octets().length % 2 == 0 ? "text" : "MALFORMED";
            case COMPRESSED, USER_DATA_HEADER, I1_PROTOCOL, WAP -> "UNKNOWN_ALPHABET";
        };
    }
}
