package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decimals as scripts have them: the module, the operators, and where their digits are written. */
class DecimalApiTest {
    private static final List<RoundingMode> ROUNDINGS =
            EnumSet.complementOf(EnumSet.of(RoundingMode.UNNECESSARY)).stream().toList();

    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "d'12.50'|12.50",
                "d'-0.10'|-0.10",
                "d'-0'|0",
                "d(3)|3",
                "d(-2^53)|-9007199254740992",
                "d(d'1.0')|1.0",
                "require 'decimal' '1.5'|1.5",
                "decimal.div(1, 8, 3)|0.125",
                "d'0.1' + d'0.2'|0.3",
                "d'12.50' + 1|13.50",
                "1 + d'12.50'|13.50",
                "d'1' - d'0.10'|0.90",
                "5 - d'0.25'|4.75",
                "d'12.50' * 3|37.50",
                "2 * d'0.50'|1.00",
                "d'1.10' * d'1.10'|1.2100",
                "-d'12.50'|-12.50",
                "-d'0.00'|0.00",
                "d'9007199254740993' + 2^53|18014398509481985",
                "d'100':div(3, 2)|33.33",
                "d'100':div(d'3.0', 0)|33",
                "d'2':div(3, 2, 'up')|0.67",
                "d'-2':div(3, 2, 'floor')|-0.67",
                "d'1234.5':div(1, -2)|1200",
                "d'2.345':round(2)|2.34",
                "d'2.355':round(2)|2.36",
                "d'2.345':round(2, 'half_up')|2.35",
                "d'2.345':round(2, 'half_down')|2.34",
                "d'-2.341':round(2, 'up')|-2.35",
                "d'-2.349':round(2, 'down')|-2.34",
                "d'-2.349':round(2, 'ceiling')|-2.34",
                "d'-2.341':round(2, 'floor')|-2.35",
                "d'2.5':round(3)|2.500",
                "d'150':round(-2)|200",
                "d'-0.004':round(2)|0.00",
                "decimal.round(1234, -1)|1230",
                "d'-12.50':abs()|12.50",
                "d'12.50':scale()|2",
                "decimal.scale(7)|0",
                "d'5' == 5|true",
                "5 == d'5.00'|true",
                "d'2.50' == d'2.5'|true",
                "d'0.5' == 0.5|true",
                "d'0.1' == 0.1|false",
                "d'0.1' ~= 0.1|true",
                "d'5' == '5'|false",
                "d'5' == nil|false",
                "d'9007199254740993' == 2^53|false",
                "d'1' == 0/0|false",
                "d'1' == 1/0|false",
                "rawequal(d'5', 5)|true",
                "d'0.1' < d'0.10'|false",
                "d'0.1' <= d'0.10'|true",
                "d'0.1' < 1|true",
                "1 < d'0.1'|false",
                "d'9007199254740993' > 2^53|true",
                "d'2' >= 2|true",
                "({[2] = 'two'})[d'2.0']|two",
                "({[d'2.50'] = 'x'})[d'2.5']|x",
                "({[0.5] = 'half'})[d'0.50']|half",
                "tostring(({[0.1] = 'x'})[d'0.1'])|nil",
                "#{[d'1'] = 'a', [d'2'] = 'b'}|2",
                "type(next({[d'7'] = 1}))|number",
                "type(d'1')|userdata",
                "type(decimal)|table",
                "decimal.is(d'1')|true",
                "decimal.is(1)|false",
                "decimal.is('1')|false",
                "decimal.is(nil)|false",
                "tostring(d'12.50')|12.50",
                "'R' .. d'12.50' .. '!' .. d'1' .. 2|R12.50!12",
                "d'12.50' .. d'0.0'|12.500.0",
                "tonumber(d'12.50') / 2|6.25",
                "tonumber(d'0.1') == 0.1|true",
                "('%s;%5s;%-6s;'):format(d'1.50', d'1.5', d'1.5')|1.50;  1.5;1.5   ;",
                "('%.2f;%.0f;%f;%8.1f;%-8.1f;%+.1f;%08.2f'):format(d'2.345', d'2.5', d'1', d'-1.25', d'0.05', d'7', d'-1.5')|2.34;2;1.000000;    -1.2;0.0     ;+7.0;-0001.50",
                "('%.3f'):format(d'12345678901234567890.0005')|12345678901234567890.000",
                "('%#.0f'):format(d'3')|3.",
                "('%d;%5d;%05d;%i'):format(d'7', d'-7', d'7', d'123456789012345678901234567890')|7;   -7;00007;123456789012345678901234567890",
                "('%d'):format(d'7.00')|7",
                "('%q'):format(d'7.00')|\"7.00\"",
                "table.concat({d'1.50', 2, 'x'}, ' ')|1.50 2 x",
                "('a b'):gsub('%w', d'1.50')|1.50 1.50",
                "('a b'):gsub('%w', {a = d'1.50'})|1.50 b",
                "(d'12.50'):round(1)|12.5",
                "('x'):rep(3, d'0.5')|x0.5x0.5x",
                "json.encode({d'12.50', d'-0', d'0.0000001', d'123456789012345678901234567890'})|[12.50,0,0.0000001,123456789012345678901234567890]",
                "json.encode({a = d'1.10'})|{\"a\":1.10}",
                "getmetatable(d'1')|false",
                "select('#', decimal.parse '1')|1",
                "select(2, pcall(error, d'1.50', 0))|1.50",
            })
    void what_scripts_get(String expression, String result) {
        assertThat(bench.textOf("local d = decimal return tostring(" + expression + ")"))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "d'1' + 0.1|attempt to add a decimal and the number 0.1, whose fraction is not exact: write it as decimal(\"0.1\")",
                "0.1 - d'1'|attempt to subtract a decimal and the number 0.1, whose fraction is not exact: write it as decimal(\"0.1\")",
                "d'1' * 1e-20|attempt to multiply a decimal and the number 1e-20, whose fraction is not exact: write it as decimal(\"...\")",
                "d'1' * 2^60|attempt to multiply a decimal and the number 1.1529215046068e+18, too large to be exact: write it as decimal(\"...\")",
                "d'1' + 0/0|attempt to add a decimal and the number nan",
                "d'1' - 1/0|attempt to subtract a decimal and the number inf",
                "d'1' + '2'|attempt to add a decimal and a string value: decimal(text) reads a text as a decimal",
                "text * d'1'|attempt to multiply a decimal and local 'text' (a string value): decimal(text) reads a text as a decimal",
                "d'1' + nothing|attempt to perform arithmetic on local 'nothing' (a nil value)",
                "{} - d'1'|attempt to perform arithmetic on a table value",
                "d'1' / 2|attempt to divide a decimal with '/': the digits may never end. Write x:div(y, places, \"half_even\")",
                "1 / d'2'|attempt to divide a decimal with '/'",
                "0.5 / d'2'|attempt to divide a decimal with '/'",
                "d'5' % 3|attempt to use '%' with a decimal: the remainder is x - y * x:div(y, 0, \"floor\")",
                "d'5' ^ 2|attempt to use '^' with a decimal: multiply with '*'",
                "d'1' < 0.1|attempt to compare a decimal and the number 0.1, whose fraction is not exact: write it as decimal(\"0.1\")",
                "0.1 >= d'1'|attempt to compare a decimal and the number 0.1",
                "d'1' <= 1/0|attempt to compare a decimal and the number inf",
                "d'1' < '2'|attempt to compare decimal with string",
                "nothing < d'2'|attempt to compare nil with decimal",
                "d'1' <= nothing|attempt to compare decimal with nil",
                "#d'1'|attempt to get length of a decimal value",
                "d'1'()|attempt to call a decimal value",
                "d'1'.rond|'decimal' has no 'rond'; did you mean 'round'?",
                "d'1':floor()|'decimal' has no 'floor'",
                "rawset(d'1', 'x', 1)|bad argument #1 to 'rawset' (table expected, got decimal)",
                "setmetatable(d'1', {})|bad argument #1 to 'setmetatable' (table expected, got decimal)",
                "math.floor(d'1.5')|bad argument #1 to 'floor' (number expected, got decimal; tonumber(x) gives the nearest number)",
                "('%g'):format(d'1.5')|bad argument #2 to 'format' (number expected, got decimal; tonumber(x) gives the nearest number)",
                "('%x'):format(d'15')|got decimal; tonumber(x)",
                "('%d'):format(d'1.5')|bad argument #2 to 'format' (1.5 is not a whole number; x:round(0) makes it one)",
                "d()|decimal: value expected (any value), got no value",
                "d(nil)|decimal: value expected (text, whole number or decimal), got nil",
                "d({})|decimal: value expected (text, whole number or decimal), got table",
                "d(0.1)|decimal: the number 0.1, whose fraction is not exact: write it as decimal(\"0.1\")",
                "d(2^60)|decimal: the number 1.1529215046068e+18, too large to be exact: write it as decimal(\"...\")",
                "d(1/0)|decimal: the number inf",
                "d'12,50'|decimal: '12,50' is not a decimal: a minus sign or none, digits, and at most one point between digits, such as 12.50",
                "d''|decimal: '' is not a decimal",
                "d(('1'):rep(101))|decimal: '1111111111111111111111111111111111111111...' has more digits than a decimal, which has at most 100",
                "decimal.parse(5)|decimal.parse: text expected (string), got number",
                "d'1':div(0, 2)|decimal.div: y is 0",
                "d'1':div(0.1, 2)|decimal.div: y: the number 0.1, whose fraction is not exact: write it as decimal(\"0.1\")",
                "d'1':div('2', 2)|decimal.div: y expected (decimal or whole number), got string",
                "d'1':div(3)|decimal.div: places expected (number), got no value",
                "d'1':div(3, 1.5)|decimal.div: places: a whole number from -100 to 100 expected, got 1.5",
                "d'1':round(101)|decimal.round: places: a whole number from -100 to 100 expected, got 101",
                "d'1':round(1/0)|expected, got inf",
                "d'1':round(100)|a decimal has at most 100 digits before and after the point together, this one would have 101; x:round(places) takes digits away",
                "d'1':round(2, 'half_eve')|decimal.round: rounding 'half_eve': there are half_even, half_up, half_down, up, down, ceiling, floor; did you mean 'half_even'?",
                "d.round('1', 2)|decimal.round: x expected (decimal or whole number), got string",
                "d.round(0.5, 0)|decimal.round: x: the number 0.5, whose fraction is not exact",
                "string.rep(d'0.5')|bad argument #2 to 'rep' (number expected, got no value)",
                "json.decode('1', {decimal = true})|json.decode: the option 'decimal': there is one, decimals, and it is true or false",
                "json.decode('1', {decimals = 1})|json.decode: the option 'decimals': there is one, decimals, and it is true or false",
            })
    void what_is_refused(String expression, String message) {
        assertThat(
                        bench.faultOf(
                                        "local d, text, nothing = decimal, '5'\nlocal x = "
                                                + expression)
                                .message())
                .startsWith("main.lua:2: ")
                .contains(message);
    }

    @Test
    void a_decimal_cannot_be_changed() {
        assertThat(bench.faultOf("local d = decimal'1' d.x = 1").message())
                .isEqualTo("main.lua:1: attempt to index local 'd' (a decimal value)");
        assertThat(bench.faultOf("for i = decimal'1', 3 do end").message())
                .isEqualTo("main.lua:1: 'for' initial value must be a number");
        assertThat(bench.faultOf("decimal.round = nil").message())
                .isEqualTo("main.lua:1: 'decimal' is read-only: it cannot be changed by a script");
    }

    @Test
    void metamethods_of_a_table_go_before_the_refusal() {
        assertThat(
                        bench.textOf(
                                """
                                local function say(word) return function(x, y) return word .. tostring(decimal.is(x)) end end
                                local t = setmetatable({}, {__add = say "add", __div = say "div", __lt = function() return true end,
                                  __concat = say "concat", __eq = function() error "never" end})
                                local d = decimal "1"
                                return d + t .. t / d .. tostring(d < t) .. tostring(t < d) .. (d .. t) .. tostring(t == d)
                                """))
                .isEqualTo("addtruedivfalsetruetrueconcattruefalse");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "12.50|12.50 nil nil",
                "12,50|nil syntax '12,50' is not a decimal: a minus sign or none, digits, and at most one point between digits, such as 12.50",
                "*150#|nil syntax '*150#' is not a decimal: a minus sign or none, digits, and at most one point between digits, such as 12.50",
            })
    void what_somebody_typed_is_read_without_an_error(String typed, String result) {
        assertThat(
                        bench.request("text", typed)
                                .textOf(
                                        """
                                        local request = ...
                                        local amount, why, detail = decimal.parse(request.text)
                                        return tostring(amount) .. " " .. tostring(why) .. " " .. tostring(detail)
                                        """))
                .isEqualTo(result);
    }

    @Test
    void a_text_with_too_many_digits_is_too_large() {
        assertThat(bench.textOf("return select(2, decimal.parse(('9'):rep(101)))"))
                .isEqualTo("too_large");
        assertThat(bench.textOf("return (decimal.parse(('9'):rep(100)))")).hasSize(100);
    }

    @Test
    void a_secret_answer_is_not_shown_by_the_error() {
        bench.request("pin", new ScriptRun.Secret("12 34", "*****"));

        assertThat(bench.faultOf("local r = ... return decimal(r.pin)").message())
                .contains("'*****' is not a decimal")
                .doesNotContain("12 34");
        assertThat(bench.textOf("local r = ... return select(3, decimal.parse(r.pin))"))
                .contains("'*****' is not a decimal");
    }

    @Test
    void the_digits_are_written_wherever_a_decimal_goes() {
        bench.textOf(
                """
                local d = decimal "12.50"
                edr.write("PAID", {AMOUNT = d, PARTS = {d, decimal "0.00", 1}})
                log.info("%s and %.1f", d, d)
                log.info(d)
                print(d, 1)
                ussd.respond(d)
                """);

        assertThat(bench.edrs)
                .containsExactly("PAID {AMOUNT=[12.50], PARTS=[12.50, 0.00, 1]} null");
        assertThat(bench.log).containsExactly("INFO 12.50 and 12.5", "INFO 12.50", "INFO 12.50\t1");
        assertThat(bench.primitives).containsExactly("respond 12.50");
        assertThat(bench.textOf("return decimal '0.50'")).isEqualTo("0.50");
        assertThat(bench.faultOf("error(decimal '0.50')").message()).isEqualTo("main.lua:1: 0.50");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "12.50|true|12.50",
                "1.5e3|true|1500",
                "1e-7|true|0.0000001",
                "7|false|7",
                "9007199254740992|false|9.007199254741e+15",
                "9007199254740993|true|9007199254740993",
                "-12345678901234567890.10|true|-12345678901234567890.10",
            })
    void json_gives_decimals_if_asked(String json, boolean decimal, String text) {
        assertThat(
                        bench.request("json", json)
                                .textOf(
                                        """
                                        local request = ...
                                        local v = json.decode('[' .. request.json .. ']', {decimals = true})[1]
                                        return tostring(decimal.is(v)) .. tostring(v)
                                        """))
                .isEqualTo(decimal + text);
        assertThat(
                        bench.textOf(
                                "local r = ... return tostring(decimal.is(json.decode(r.json, {decimals"
                                        + " = false})) or decimal.is(json.decode(r.json)))"))
                .isEqualTo("false");
    }

    @Test
    void json_with_a_number_that_no_decimal_holds_is_refused_with_words() {
        for (String json :
                new String[] {
                    "1e999999999",
                    "1e-999999999",
                    "0." + "1".repeat(100),
                    "1e2147483648",
                    "1e99999999999",
                    "-1e-2147483649",
                    "-1.5E-99999999999",
                    "0e2147483648"
                }) {
            assertThat(
                            bench.request("json", json)
                                    .textOf(
                                            "local r = ... return select(2, json.decode(r.json, {decimals = true}))"))
                    .startsWith("a number of more than 100 digits before and after the point");
        }
    }

    @Test
    void decimals_sort_with_whole_numbers() {
        assertThat(
                        bench.textOf(
                                """
                                local list = {decimal "2.5", 3, decimal "-1", 2, decimal "2.05"}
                                table.sort(list)
                                return table.concat(list, " ")
                                """))
                .isEqualTo("-1 2 2.05 2.5 3");
    }

    @Test
    void results_are_those_of_exact_arithmetic_for_random_values() throws Exception {
        SplittableRandom random = new SplittableRandom(42);
        bench.file(
                "main.lua",
                """
                local r = ...
                local x, y = decimal(r.x), decimal(r.y)
                local out = {x + y, x - y, x * y, -x, x:abs(), x:round(r.places, r.rounding), tostring(x == y), tostring(x < y), tostring(x <= y),
                  tostring(x), x:scale(), ("%.3f"):format(x)}
                if y ~= 0 then out[#out + 1] = x:div(y, r.places, r.rounding) end
                for i = 1, #out do out[i] = tostring(out[i]) end
                return table.concat(out, " ")
                """);
        Script script = bench.compile().script("main").orElseThrow();
        for (int i = 0; i < 5_000; i++) {
            BigDecimal x = randomDecimal(random);
            BigDecimal y =
                    random.nextInt(8) == 0 ? x.setScale(x.scale() + 1) : randomDecimal(random);
            int places = random.nextInt(12);
            RoundingMode rounding = ROUNDINGS.get(random.nextInt(ROUNDINGS.size()));
            bench.request("x", x.toPlainString())
                    .request("y", y.toPlainString())
                    .request("places", places)
                    .request("rounding", rounding.name().toLowerCase(Locale.ROOT));

            ScriptOutcome outcome = script.run(bench.newRun());

            String expected =
                    "%s %s %s %s %s %s %s %s %s %s %s %s"
                            .formatted(
                                    x.add(y).toPlainString(),
                                    x.subtract(y).toPlainString(),
                                    x.multiply(y).toPlainString(),
                                    x.negate().toPlainString(),
                                    x.abs().toPlainString(),
                                    x.setScale(places, rounding).toPlainString(),
                                    x.compareTo(y) == 0,
                                    x.compareTo(y) < 0,
                                    x.compareTo(y) <= 0,
                                    x.toPlainString(),
                                    x.scale(),
                                    x.setScale(3, RoundingMode.HALF_EVEN).toPlainString());
            String quotient =
                    y.signum() == 0 ? "" : " " + x.divide(y, places, rounding).toPlainString();
            assertThat(outcome)
                    .as("x %s, y %s, places %d, %s", x, y, places, rounding)
                    .isInstanceOfSatisfying(
                            ScriptOutcome.Returned.class,
                            it -> assertThat(it.text()).isEqualTo(expected + quotient));
        }
    }

    /** Of up to 40 digits, and with up to 10 of them after the point. */
    private static BigDecimal randomDecimal(SplittableRandom random) {
        BigInteger digits =
                new BigInteger("1" + "0".repeat(random.nextInt(1, 40)))
                        .multiply(BigInteger.valueOf(random.nextLong(-1000, 1000)))
                        .divide(BigInteger.valueOf(random.nextLong(1, 100_000)));
        return new BigDecimal(digits, random.nextInt(11));
    }

    @Test
    void decimals_are_paid_for() {
        bench.limits = new ScriptLimits(1_000_000_000, 1 << 20, Duration.ofMinutes(10));
        assertThat(bench.faultOf("local d = decimal '0.5' while true do d = d + 1 end").text())
                .contains("used up max_memory");

        bench.limits = new ScriptLimits(100_000, 1L << 30, Duration.ofMinutes(10));
        assertThat(units("for i = 1, 1000 do local x = d + 1 end", "1"))
                .isLessThan(units("for i = 1, 1000 do local x = d * d end", "9".repeat(50)) / 3);
    }

    private long units(String lua, String digits) {
        ScriptOutcome outcome =
                bench.run("local d = decimal '" + digits + "' " + lua + " return 1");
        assertThat(outcome).isInstanceOf(ScriptOutcome.Returned.class);
        return ((ScriptOutcome.Returned) outcome).usage().instructions();
    }
}
