package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.api.ScriptDialog;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UssdApiTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    @Test
    void a_menu_gives_the_answer() {
        bench.answer(new PrimitiveResult.Input("1€"));
        assertThat(bench.textOf("local ussd = require 'ussd' return ussd.menu('1. Balance')"))
                .isEqualTo("1€");
        assertThat(bench.primitives).containsExactly("menu 1. Balance");
    }

    @Test
    void an_empty_answer_is_an_empty_string() {
        bench.answer(new PrimitiveResult.Input(""));
        assertThat(bench.textOf("return tostring(ussd.menu('x') == '')")).isEqualTo("true");
    }

    @Test
    void what_is_no_answer_is_nil_and_why() {
        String menu =
                "local a, why, code = ussd.menu('x') return tostring(a) .. why .. tostring(code)";
        bench.answer(new PrimitiveResult.Timeout());
        assertThat(bench.textOf(menu)).isEqualTo("niltimeoutnil");
        bench.answer(new PrimitiveResult.Abandon());
        assertThat(bench.textOf(menu)).isEqualTo("nilabandonnil");
        bench.answer(new PrimitiveResult.ReturnError(71));
        assertThat(bench.textOf(menu)).isEqualTo("nilerror71");
    }

    @Test
    void a_notify_that_is_acknowledged_is_true() {
        assertThat(bench.textOf("return tostring(ussd.notify('x'))")).isEqualTo("true");
        bench.answer(new PrimitiveResult.Timeout());
        assertThat(bench.textOf("return select(2, ussd.notify('x'))")).isEqualTo("timeout");
    }

    @Test
    void terminating_primitives_are_true_or_nil_and_abandon() {
        bench.textOf(
                "ussd.respond('bye') ussd.decline() ussd.decline(36) ussd.close() ussd.abort()");
        assertThat(bench.primitives)
                .containsExactly("respond bye", "decline 34", "decline 36", "close", "abort");
        bench.answer(new PrimitiveResult.Abandon());
        assertThat(
                        bench.textOf(
                                "return tostring(ussd.respond('x')) ..  select(2, ussd.close(), 'y')"))
                .isEqualTo("nily");
    }

    @Test
    void options_reach_the_dialog() {
        bench.textOf("ussd.menu('pin', {timeout = 1.5, dcs = 72, secret = true})");
        bench.textOf("ussd.menu('pin', {timeout = '500ms'}) ussd.notify('x', {timeout = '2m'})");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu pin [PT1.5S 72 true]",
                        "menu pin [PT0.5S null false]",
                        "notify x [PT2M null false]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ussd.menu()|ussd.menu: text expected (string), got no value",
                "ussd.menu(nil)|ussd.menu: text expected (string), got nil",
                "ussd.menu({})|ussd.menu: text expected (string), got table",
                "ussd.menu('x', 30)|ussd.menu: options expected (table), got number",
                "ussd.menu('x', {timout = 1})|ussd.menu: unknown option 'timout'; allowed are timeout, dcs, secret, keys",
                "ussd.notify('x', {1})|ussd.notify: unknown option '1'; allowed are timeout, dcs, secret, keys",
                "ussd.menu('x', {timeout = 0})|ussd.menu: option timeout: more than 0 and at most 10m: seconds as a number, or a text with a unit like \"30s\", \"500ms\", \"2m\"; got 0",
                "ussd.menu('x', {timeout = '5'})|; got the text \"5\"",
                "ussd.menu('x', {timeout = '0s'})|; got the text \"0s\"",
                "ussd.menu('x', {timeout = '11m'})|; got the text \"11m\"",
                "ussd.menu('x', {timeout = -1})|; got -1",
                "ussd.menu('x', {timeout = 601})|; got 601",
                "ussd.menu('x', {timeout = 0/0})|; got nan",
                "ussd.menu('x', {timeout = {}})|; got a table",
                "ussd.menu('x', {dcs = '1'})|a whole number from 0 to 255; got the text \"1\"",
                "ussd.menu('x', {secret = 'yes'})|true or false; got the text \"yes\"",
                "ussd.menu(1/0)|bad argument #1 to 'ussd.menu' (a string or a finite number expected, got inf)",
                "ussd.respond(0/0)|a string or a finite number expected, got nan",
                "ussd.menu('x', {dcs = 256})|ussd.menu: option dcs: a whole number from 0 to 255; got 256",
                "ussd.menu('x', {secret = 1})|ussd.menu: option secret: true or false; got 1",
                "ussd.decline(0)|ussd.decline: code must be a whole number from 1 to 255, got 0",
                "ussd.decline(1.5)|ussd.decline: code must be a whole number from 1 to 255, got 1.5",
                "ussd.decline('x')|ussd.decline: code expected (number), got string",
                "ussd.length()|ussd.length: text expected (string), got no value",
            })
    void a_wrong_argument_blames_the_callers_line(String call, String message) {
        ScriptFault fault = bench.faultOf("local function ask()\n  " + call + "\nend\nask()");
        assertThat(fault.message()).startsWith("main.lua:2: ").contains(message);
        assertThat(fault.line()).isEqualTo(2);
        assertThat(bench.primitives).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1e14, 100000000000000",
        "655011420096316, 655011420096316",
        "-2^53, -9007199254740992",
        "0, 0",
        "12.5, 12.5",
        "1e17, 1e+17",
    })
    void of_a_whole_number_the_handset_shows_all_digits(String number, String text) {
        bench.run("ussd.menu(" + number + ") ussd.respond(" + number + ")");
        assertThat(bench.primitives).containsExactly("menu " + text, "respond " + text);
        assertThat(bench.textOf("return " + number)).isEqualTo(text);
    }

    @Test
    void the_shortest_timeout_is_a_millisecond() {
        bench.run("ussd.menu('x', {timeout = 0.0001})");
        assertThat(bench.primitives).containsExactly("menu x [PT0.001S null false]");
    }

    @Test
    void what_the_dialog_refuses_is_an_error_at_the_callers_line() {
        bench.answer(
                () -> {
                    throw new ScriptDialog.Refused("ussd.menu: the dialog ended at line 3");
                });
        assertThat(bench.faultOf("\nussd.menu('x')").message())
                .isEqualTo("main.lua:2: ussd.menu: the dialog ended at line 3");
        bench.answer(
                () -> {
                    throw new ScriptDialog.Refused("too long");
                });
        assertThat(bench.textOf("return tostring(select(2, pcall(ussd.menu, 'x')))"))
                .endsWith("too long");
    }

    @Test
    void a_number_is_taken_as_text() {
        bench.textOf("ussd.respond(12.5)");
        assertThat(bench.primitives).containsExactly("respond 12.5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "ussd.length('abc');3 182 GSM 7-bit",
                "ussd.length('Price: 5€');10 182 GSM 7-bit",
                "ussd.length('');0 182 GSM 7-bit",
                "ussd.length('日本');2 80 UCS2",
                "ussd.length('a😀');3 80 UCS2",
                "ussd.length('abc', {dcs = 72});3 80 UCS2",
                "ussd.length('café', {dcs = 68});4 160 8-bit",
                "ussd.length(12.5);4 182 GSM 7-bit",
                "ussd.fits('');false",
                "ussd.fits(('x'):rep(182));true",
                "ussd.fits(('x'):rep(183));false",
                "ussd.fits(('€'):rep(91));true",
                "ussd.fits(('€'):rep(92));false",
                "ussd.fits(('ж'):rep(80));true",
                "ussd.fits(('x'):rep(80) .. 'ж');false",
                "ussd.fits(('x'):rep(161), {dcs = 68});false",
                "#ussd.truncate(('x'):rep(200));182",
                "#ussd.truncate(('x'):rep(200), {dcs = 72});80",
                "ussd.truncate(('x'):rep(181) .. '€') == ('x'):rep(181);true",
                "ussd.truncate(('ж'):rep(79) .. '😀') == ('ж'):rep(79);true",
                "ussd.fits(ussd.truncate(('é😀€'):rep(100)));true",
            })
    void texts_are_measured_in_the_alphabet_that_they_travel_in(String call, String results) {
        assertThat(
                        bench.textOf(
                                "local r = {"
                                        + call
                                        + "} for i = 1, #r do r[i] = tostring(r[i]) end"
                                        + " return table.concat(r, ' ')"))
                .isEqualTo(results);
    }

    @Test
    void no_text_is_measured_for_a_scheme_that_carries_none() {
        assertThat(bench.faultOf("\nussd.fits('x', {dcs = 0x4C})").message())
                .startsWith("main.lua:2: ussd.fits: no text can be sent under dcs 76");
        assertThat(bench.faultOf("ussd.length('x', {dsc = 1})").message())
                .contains("ussd.length", "dsc");
    }

    @Test
    void texts_are_measured() {
        assertThat(
                        bench.textOf(
                                "return ussd.length('abc') .. tostring(ussd.fits('abc')) .. #ussd.truncate(('x'):rep(200))"))
                .isEqualTo("3true182");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "return 'text'|text",
                "return 12.5|12.5",
                "return 'first', 'second'|first",
                "return|null",
                "return nil|null",
                "return ''|null",
                "return true|null",
                "return {}|null",
                "local x = 1|null",
            })
    void what_a_script_returns_is_a_text_or_nothing(String script, String text) {
        assertThat(bench.textOf(script)).isEqualTo(text);
    }

    @Test
    void a_fault_of_the_dialog_is_an_internal_one_that_pcall_does_not_catch() {
        IllegalStateException cause = new IllegalStateException("broken");
        bench.answer(
                () -> {
                    throw cause;
                });
        ScriptFault fault = bench.faultOf("\npcall(ussd.menu, 'x')");
        assertThat(fault.kind()).isEqualTo(ScriptFault.Kind.INTERNAL);
        assertThat(fault.cause()).isSameAs(cause);
        assertThat(fault.text())
                .isEqualTo("main.lua:2: internal fault: java.lang.IllegalStateException: broken");
    }
}
