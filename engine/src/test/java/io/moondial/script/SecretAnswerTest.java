package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The answer to a secret menu in the hands of a script: clear to it, masked where it is written.
 */
class SecretAnswerTest {
    private static final String ASK = "local pin = ussd.menu('PIN?', {secret = true}) ";

    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder).answer(new PrimitiveResult.Input("5000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pin == '5000'|true",
                "rawequal(pin, '5000')|true",
                "#pin|4",
                "({['5000'] = 'x'})[pin]|x",
                "({[pin] = 'x'})['5000']|x",
                "pin < '5001'|true",
                "pin + 1|5001",
                "tonumber(pin)|5000",
                "pin .. '!'|5000!",
                "('%s %d'):format(pin, pin)|5000 5000",
                "json.encode({pin = pin})|{\"pin\":\"5000\"}",
                "pin:match('^%d%d%d%d$')|5000",
                "type(pin)|string",
            })
    void a_script_reads_it_as_any_string(String expression, String value) {
        assertThat(bench.textOf(ASK + "return tostring(" + expression + ") .. ''"))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pin",
                "tostring(pin)",
                "(pin:match('^%d+$'))",
                "pin:sub(1)",
                "(pin:gsub('%s', ''))",
                "(pin:match('^%s*(.-)%s*$'))",
                "select(2, 'x', pin)",
                "({pin})[1]",
                "(next({[pin] = true}))",
                "(function() return pin end)()",
                "assert(pin)",
                "setmetatable({}, {__index = function() return pin end}).x",
                "table.remove({pin})",
                "(pin or 'none')",
            })
    void that_very_value_is_masked_wherever_it_has_been(String expression) {
        bench.textOf(ASK + "edr.write('T', {A = " + expression + "})");
        assertThat(bench.edrs).containsExactly("T {A=[****]} null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'5000'",
                "5000",
                "tonumber(pin)",
                "pin + 0",
                "pin .. ''",
                "pin:sub(1, 2) .. pin:sub(3)",
                "(pin:gsub('5', '5'))",
                "string.format('%s', pin)",
                "pin == '5000' and '5000'",
            })
    void what_holds_the_same_digits_is_not_altered(String expression) {
        bench.textOf(ASK + "edr.write('T', {A = " + expression + "})");
        assertThat(bench.edrs).containsExactly("T {A=[5000]} null");
    }

    @Test
    void an_amount_and_a_number_with_its_digits_stay_in_a_record_beside_it() {
        bench.textOf(
                ASK
                        + "edr.write('CHARGE', {AMOUNT = 5000, MSISDN = '255712500078', PIN = pin,"
                        + " L = {5000, pin}})");
        assertThat(bench.edrs)
                .containsExactly(
                        "CHARGE {AMOUNT=[5000], MSISDN=[255712500078], PIN=[****], L=[5000, ****]} null");
    }

    @Test
    void one_of_one_digit_takes_no_digit_from_anything_else() {
        bench = new ScriptBench(folder).answer(new PrimitiveResult.Input("5"));
        bench.textOf(ASK + "edr.write('T', {A = 5, B = '5', C = pin}) log.info('5 %s', pin)");
        assertThat(bench.edrs).containsExactly("T {A=[5], B=[5], C=[*]} null");
        assertThat(bench.log).containsExactly("INFO 5 *");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "log.info(pin)|INFO ****",
                "log.info('5000 %s', pin)|INFO 5000 ****",
                "log.info('%-6s,%6s,%.2s', pin, pin, pin)|INFO ****  ,  ****,**",
                "log.warn('%q', pin)|WARN \"****\"",
                "log.info(pin, 1)|INFO ****",
                "log.info('%s', setmetatable({}, {__tostring = function() return pin end}))|INFO ****",
                "print('PIN', pin)|INFO PIN\t****",
                "log.info('PIN ' .. pin)|INFO PIN 5000",
            })
    void a_log_line_has_asterisks_for_it_and_nothing_else(String call, String line) {
        bench.textOf(ASK + call);
        assertThat(bench.log).containsExactly(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log.info('%d', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%u', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%x', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%X', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%o', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%c', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%g', pin)|bad argument #2 to 'log.info' (%s writes a secret answer, as asterisks)",
                "log.info('%.2f', pin)|%s writes a secret answer, as asterisks",
                "log.info('%c', pin)|%s writes a secret answer, as asterisks",
                "edr.write(pin, {})|edr.write: the event is a secret answer, which cannot be written here",
                "edr.write('T', {[pin] = 1})|edr.write: the name of a field is a secret answer",
                "edr.write('T', {}, pin)|edr.write: the stream is a secret answer",
                "stat.increment(pin)|stat.increment: the name is a secret answer",
                "ussd.decline(pin)|ussd.decline: the code is a secret answer",
                "require(pin)|require: the name is a secret answer",
            })
    void where_no_mask_can_stand_it_is_refused(String call, String message) {
        assertThat(bench.faultOf(ASK + "\n" + call).message())
                .startsWith("main.lua:2: ")
                .contains(message)
                .doesNotContain("5000");
        assertThat(bench.edrs).isEmpty();
        assertThat(bench.counted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error(pin)",
                "error(pin, 0)",
                "assert(false, pin)",
                "return ussd[pin]",
                "ussd.menu('x', {timeout = pin})",
                "ussd.menu('x', {[pin] = 1})",
                "edr.write('T', {A = {[pin] = 1}})",
                "json.encode({1, [pin] = 1})",
            })
    void no_message_of_an_error_tells_it(String call) {
        assertThat(bench.faultOf(ASK + call).text()).contains("****").doesNotContain("5000");
    }

    @Test
    void an_error_that_is_caught_is_the_value_that_was_raised() {
        assertThat(bench.textOf(ASK + "local _, e = pcall(error, pin, 0) return e .. '!'"))
                .isEqualTo("5000!");
    }

    @Test
    void it_is_as_secret_in_a_screen_of_its_own() {
        bench.run(ASK + "ussd.menu(pin) ussd.notify(pin, {timeout = 5}) ussd.respond(pin)");
        assertThat(bench.primitives.subList(1, 4))
                .containsExactly(
                        "menu 5000 [null null false ****]",
                        "notify 5000 [PT5S null false ****]",
                        "respond 5000 [****]");
    }

    @Test
    void it_is_secret_where_it_is_returned() {
        ScriptOutcome.Returned returned = (ScriptOutcome.Returned) bench.run(ASK + "return pin");
        assertThat(returned.text()).isEqualTo("5000");
        assertThat(returned.mask()).isEqualTo("****");
    }

    @Test
    void another_menus_answer_is_not_secret() {
        bench.answer(new PrimitiveResult.Input("5000"));
        bench.textOf(ASK + "edr.write('T', {A = ussd.menu('Amount?'), B = pin})");
        assertThat(bench.edrs).containsExactly("T {A=[5000], B=[****]} null");
    }

    @Test
    void a_secret_menu_without_an_answer_returns_as_any_other() {
        bench = new ScriptBench(folder).answer(new PrimitiveResult.Timeout());
        assertThat(bench.textOf(ASK + "return tostring(pin)")).isEqualTo("nil");
    }
}
