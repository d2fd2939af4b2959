package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LuaDecimalTest {
    private static LuaDecimal decimal(String text) {
        return LuaDecimal.of(new BigDecimal(text));
    }

    @ParameterizedTest
    @CsvSource({"2.50, 2.5", "0, 0.000", "-0, 0", "1e2, 100.0", "-7, -7.00"})
    void decimals_of_one_value_are_equal_whatever_their_scale(String one, String other) {
        assertThat(decimal(one)).isEqualTo(decimal(other)).hasSameHashCodeAs(decimal(other));
        assertThat(Lua.rawEquals(decimal(one), decimal(other))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2.50, 2.5, true",
        "0.00, 0, true",
        "0, -0.0, true",
        "0.1, 0.1, false",
        "0.1000000000000000055511151231257827021181583404541015625, 0.1, true",
        "9007199254740992, 9007199254740992, true",
        "9007199254740993, 9007199254740992, false",
        "1, Infinity, false",
        "1, NaN, false",
    })
    void a_decimal_equals_the_number_that_is_exactly_the_same(
            String text, double number, boolean equal) {
        assertThat(Lua.rawEquals(decimal(text), number)).isEqualTo(equal);
        assertThat(Lua.rawEquals(number, decimal(text))).isEqualTo(equal);

        LuaTable table = new LuaTable(TestMeter.unlimited());
        table.set(decimal(text), Lua.text("here"));
        assertThat(table.get((Object) number) != null).isEqualTo(equal);
    }

    @Test
    void a_table_finds_a_decimal_key_by_its_value() {
        LuaTable table = new LuaTable(TestMeter.unlimited());
        table.set(decimal("2.30"), true);
        table.set(decimal("1"), Lua.text("first"));
        table.set(decimal("2.00"), Lua.text("second"));

        assertThat(table.get(decimal("2.3"))).isEqualTo(true);
        assertThat(table.length()).isEqualTo(2);
        assertThat(table.get(2)).isEqualTo(Lua.text("second"));
        assertThat(table.next(decimal("1.0"))).containsExactly(2.0, Lua.text("second"));
        assertThat(table.next(decimal("2"))).containsExactly(decimal("2.3"), true);
        assertThat(table.next(decimal("2.3000"))).isNull();
        table.set(decimal("2.3"), null);
        assertThat(table.get(decimal("2.30"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"12.50, 12.50", "1e3, 1000", "1E-7, 0.0000001", "-0.00, 0.00", "00012, 12"})
    void the_text_keeps_the_scale_and_has_no_exponent(String written, String text) {
        assertThat(decimal(written)).hasToString(text);
        assertThat(Lua.show(decimal(written))).isEqualTo(text);
    }

    @Test
    void a_decimal_has_at_most_a_hundred_digits() {
        String most = "9".repeat(60) + "." + "9".repeat(40);

        assertThat(decimal(most)).hasToString(most);
        for (String more : new String[] {"1" + most, most + "9", "1e100", "1e-100", "0e-100"}) {
            assertThatThrownBy(() -> decimal(more))
                    .as(more)
                    .isInstanceOf(LuaError.class)
                    .hasMessage(
                            "a decimal has at most 100 digits before and after the point together,"
                                    + " this one would have 101; x:round(places) takes digits away");
        }
        assertThatThrownBy(() -> decimal("1e2147483647"))
                .hasMessageContaining("would have 2147483648;");
        assertThatThrownBy(() -> LuaDecimal.of(new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)))
                .hasMessageContaining("would have 2147483649;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "12.50", "007", "-0.10", "123456789012345678901234567890.1"})
    void a_text_of_digits_and_a_point_is_read(String text) {
        assertThat(String.valueOf(LuaDecimal.parse(text)))
                .isEqualTo(new BigDecimal(text).toPlainString());
        assertThat(LuaDecimal.isNotation(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", ".", "5.", ".5", "+5", "1e3", "1E3", " 1", "1 ", "1\n", "1.2.3", "1,5",
                "1_000", "0x10", "nan", "inf", "--1", "-.5", "\u0661", "1\u00a0", "\uff11"
            })
    void nothing_else_is_read(String text) {
        assertThat(LuaDecimal.parse(text)).isNull();
        assertThat(LuaDecimal.isNotation(text)).isFalse();
    }

    @Test
    void what_is_read_is_what_the_notation_says_for_any_text() {
        SplittableRandom random = new SplittableRandom(20_261_129);
        String alphabet = "0123456789--..+eE x,";
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(9); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(LuaDecimal.parse(text.toString()) != null)
                    .as("'%s'", text)
                    .isEqualTo(isNotation(text.toString()));
        }
    }

    @Test
    void a_text_of_more_than_a_hundred_digits_is_a_decimal_that_nobody_can_have() {
        for (String most :
                new String[] {"9".repeat(100), "-" + "9".repeat(50) + "." + "0".repeat(50)}) {
            assertThat(LuaDecimal.parse(most)).hasToString(most);
            assertThat(LuaDecimal.parse(most + "9")).isNull();
            assertThat(LuaDecimal.isNotation(most + "9")).isTrue();
        }
        assertThat(LuaDecimal.parse("9".repeat(1_000_000))).isNull();
    }

    /** The notation once more, by hand. */
    private static boolean isNotation(String text) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        int point = digits.indexOf('.');
        return point < 0
                ? isDigits(digits)
                : isDigits(digits.substring(0, point)) && isDigits(digits.substring(point + 1));
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
