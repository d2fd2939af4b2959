package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberFormatTest {
    private static final MathContext FOURTEEN = new MathContext(14, RoundingMode.HALF_EVEN);

    @Test
    void a_numeral_of_any_number_of_digits_is_read_as_the_nearest_number() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            int places = random.nextInt(19);
            String digits = Long.toString(random.nextLong(1_000_000_000_000_000_000L));
            String some = digits.substring(random.nextInt(digits.length()));
            int point = random.nextInt(some.length() + 1);
            String numeral =
                    places < 4 ? some : some.substring(0, point) + "." + some.substring(point);

            assertThat(Numbers.parse(LuaString.of(numeral)))
                    .as(numeral)
                    .isEqualTo(Double.parseDouble(numeral));
        }
        assertThat(Numbers.parse(LuaString.of("."))).isNull();
        assertThat(Numbers.parse(LuaString.of(" "))).isNull();
    }

    @Test
    void numbers_are_rounded_from_their_exact_value() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            double number = Math.abs(Double.longBitsToDouble(random.nextLong()));
            if (Double.isFinite(number)) {
                check(number);
            }
        }
    }

    @Test
    void numbers_just_beside_the_middle_of_two_results_go_to_the_right_side() {
        Random random = new Random(8);
        for (int i = 0; i < 50_000; i++) {
            long digits = 10_000_000_000_000L + random.nextLong(90_000_000_000_000L);
            double middle = Double.parseDouble(digits + "5e" + (random.nextInt(40) - 30));
            check(middle);
            check(Math.nextUp(middle));
            check(Math.nextDown(middle));
        }
    }

    @Test
    void numbers_of_usual_size_are_rounded_from_their_exact_value_too() {
        Random random = new Random(10);
        for (int i = 0; i < 100_000; i++) {
            int decimals = random.nextInt(8);
            double cents = random.nextLong(1L << random.nextInt(1, 52));
            double number =
                    cents / Math.pow(10, random.nextInt(12)) / (random.nextInt(3) == 0 ? 8 : 1);
            check(number);
            String fixed = new NumberFormat('f', decimals, false).format(number);
            assertThat(fixed)
                    .as(number + " with " + decimals)
                    .isEqualTo(
                            new BigDecimal(number)
                                    .setScale(decimals, RoundingMode.HALF_EVEN)
                                    .toPlainString());
        }
    }

    private static void check(double number) {
        assertThat(new BigDecimal(Numbers.toText(number)))
                .as(Double.toString(number))
                .isEqualByComparingTo(new BigDecimal(number).round(FOURTEEN));
    }

    @Test
    void what_is_written_with_all_digits_reads_back_the_same() {
        Random random = new Random(9);
        for (int i = 0; i < 50_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                String text = new NumberFormat('g', 17, false).format(number);
                assertThat(Numbers.parse(LuaString.of(text))).isEqualTo(number);
            }
        }
    }
}
