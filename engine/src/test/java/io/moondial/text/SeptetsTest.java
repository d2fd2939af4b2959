package io.moondial.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.text.Gsm7.Septets;
import io.moondial.text.Vectors.Row;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Septets in octets, with the carriage returns of 3GPP TS 23.038 6.1.2.3.1. */
final class SeptetsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte CR = 0x0D;

    /**
     * Rows with fill bits in front, as after the user data header of a short message, are left out.
     */
    private static List<Row> packing(String source, int size) {
        List<Row> rows =
                Vectors.of(source).stream()
                        .filter(row -> !row.expected().matches(".*(fillBits=[1-9]|startBit=).*"))
                        .toList();
        assertThat(rows).hasSize(size);
        return rows;
    }

    static List<Row> zeroFilled() {
        var rows = new ArrayList<Row>(packing("modemmanager_gsm7", 6));
        packing("warthog618_gsm7", 25).stream()
                .filter(row -> row.name().startsWith("pack7bit."))
                .forEach(rows::add);
        return rows;
    }

    @ParameterizedTest
    @MethodSource("zeroFilled")
    void short_message_packing_differs_only_in_the_filler(Row row) {
        byte[] septets = septets(row);
        assertThat(Septets.pack(septets)).isEqualTo(filledForUssd(row.octets(), septets));
        assertThat(Septets.unpack(row.octets())).isEqualTo(readAsUssd(septets));
    }

    static List<Row> ussd() {
        return packing("warthog618_gsm7", 25).stream()
                .filter(row -> row.name().startsWith("pack7bitUSSD."))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ussd")
    void ussd_packing_agrees_with_another_codec(Row row) {
        byte[] septets = septets(row);
        assertThat(Septets.pack(septets)).isEqualTo(row.octets());
        // That codec takes the doubled CR back, which 6.1.2.3.1 does not ask of a receiver.
        byte[] read = row.name().equals("pack7bitUSSD.octet cr") ? append(septets, CR) : septets;
        assertThat(Septets.unpack(row.octets())).isEqualTo(read);
    }

    private static byte[] septets(Row row) {
        return HEX.parseHex(row.expected().replaceAll(".*septets\\(hex\\)=([0-9a-f]*).*", "$1"));
    }

    /** What zero-filled octets are once the filler is a carriage return. */
    static byte[] filledForUssd(byte[] zeroFilled, byte[] septets) {
        byte[] octets = zeroFilled.clone();
        if (septets.length % 8 == 7) {
            octets[octets.length - 1] |= CR << 1;
            return octets;
        }
        return endsInBoundaryCr(septets) ? append(octets, CR) : octets;
    }

    /** What a receiver of USSD makes of septets that were zero-filled. */
    static byte[] readAsUssd(byte[] septets) {
        if (septets.length % 8 == 7) {
            return append(septets, (byte) 0);
        }
        return endsInBoundaryCr(septets) ? Arrays.copyOf(septets, septets.length - 1) : septets;
    }

    private static boolean endsInBoundaryCr(byte[] septets) {
        return septets.length > 0 && septets.length % 8 == 0 && septets[septets.length - 1] == CR;
    }

    private static byte[] append(byte[] octets, byte last) {
        byte[] longer = Arrays.copyOf(octets, octets.length + 1);
        longer[octets.length] = last;
        return longer;
    }

    @Test
    void packing_is_one_number_of_seven_bit_digits_from_the_lowest_on() {
        var random = new Random(23_038);
        for (int count = 1; count <= 182; count++) {
            byte[] septets = randomSeptets(random, count);
            byte[] octets = Septets.pack(septets);
            assertThat(octets).isEqualTo(filledForUssd(asNumber(septets), septets));
            assertThat(octets).hasSizeLessThanOrEqualTo(UssdString.MAX_OCTETS);
            assertThat(Septets.unpack(octets)).isEqualTo(septets);
        }
    }

    /** Not ending in a carriage return: those have tests of their own. */
    private static byte[] randomSeptets(Random random, int count) {
        var septets = new byte[count];
        for (int i = 0; i < count; i++) {
            septets[i] = (byte) random.nextInt(128);
        }
        if (septets[count - 1] == CR) {
            septets[count - 1] = 'x';
        }
        return septets;
    }

    private static byte[] asNumber(byte[] septets) {
        BigInteger number = BigInteger.ZERO;
        for (int i = septets.length - 1; i >= 0; i--) {
            number = number.shiftLeft(7).or(BigInteger.valueOf(septets[i]));
        }
        var octets = new byte[(septets.length * 7 + 7) / 8];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = number.shiftRight(8 * i).byteValue();
        }
        return octets;
    }

    @Test
    void a_carriage_return_that_ends_on_an_octet_boundary_is_doubled_and_both_are_read() {
        for (int count = 8; count <= 176; count += 8) {
            byte[] septets = endingInCr(count);
            byte[] octets = Septets.pack(septets);
            assertThat(octets).hasSize(count / 8 * 7 + 1).endsWith(CR);
            assertThat(Septets.unpack(octets)).isEqualTo(append(septets, CR));
        }
    }

    @Test
    void a_carriage_return_that_ends_elsewhere_is_itself() {
        for (int count = 1; count <= 182; count++) {
            if (count % 8 != 0) {
                byte[] septets = endingInCr(count);
                assertThat(Septets.unpack(Septets.pack(septets))).isEqualTo(septets);
            }
        }
    }

    private static byte[] endingInCr(int count) {
        var septets = new byte[count];
        Arrays.fill(septets, (byte) 'x');
        septets[count - 1] = CR;
        return septets;
    }

    @Test
    void seven_zero_bits_at_the_end_are_read_as_a_septet() {
        assertThat(Septets.unpack(HEX.parseHex("31d98c56b3dd00"))).hasSize(8).endsWith(0);
    }

    @Test
    void spare_bits_are_not_looked_at() {
        byte[] clean = HEX.parseHex("2a1c6e04");
        byte[] dirty = HEX.parseHex("2a1c6ed4");
        assertThat(Septets.unpack(dirty)).isEqualTo(Septets.unpack(clean));
    }

    @Test
    void nothing_packs_into_nothing() {
        assertThat(Septets.pack(new byte[0])).isEmpty();
        assertThat(Septets.unpack(new byte[0])).isEmpty();
    }
}
