package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What LuaJ 3.0.1 gets wrong, and its compiler alone must not bring back. */
class LuajRegressionTest {
    @TempDir Path folder;

    private String textOf(String lua) {
        return String.valueOf(new ScriptBench(folder).textOf(lua));
    }

    @Test
    void a_string_of_digits_in_a_field_that_held_a_number_stays_a_string() {
        assertThat(
                        textOf(
                                """
                                local t = {pin = 0, [1] = 0, [2.5] = 0}
                                t.pin, t[1], t[2.5] = "0123", "0045", "1e3"
                                return t.pin .. t[1] .. t[2.5] .. type(t.pin)
                                """))
                .isEqualTo("012300451e3string");
    }

    @ParameterizedTest
    @CsvSource({
        "1234567.89, 1234567.89",
        "10000000.25, 10000000.25",
        "1/3, 0.33333333333333",
        "27831234567, 27831234567",
        "0.1, 0.1",
        "2^53, 9.007199254741e+15"
    })
    void numbers_become_text_in_double_precision_everywhere(String number, String text) {
        assertThat(textOf("return " + number + " .. ''")).isEqualTo(text);
        assertThat(textOf("return tostring(" + number + ")")).isEqualTo(text);
        assertThat(textOf("return table.concat({" + number + "})")).isEqualTo(text);
        assertThat(textOf("return ('%s'):format(" + number + ")")).isEqualTo(text);
        assertThat(textOf("return string.rep(" + number + ", 1)")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "('%.2f'):format(12.5);12.50",
                "('%d'):format(27831234567);27831234567",
                "('%s %s'):format(nil, true);nil true",
                "('[%5s]'):format('x');[    x]",
                "('%.3s'):format('abcdef');abc",
                "('x'):rep(3, '-');x-x-x",
                "tostring(('x'):rep(-1) == '');true",
                "('a\\vb'):gsub('%s', '_');a_b",
                "('a~b'):gsub('%p', '_');a_b",
                "('THE (quick)'):match('%f[%a]%a+');THE",
                "tostring((('x'):find('', 10)));nil",
                "tostring('é' < 'z');false",
                "('TITLE'):lower();title",
            })
    void the_string_library_does_what_the_manual_says(String expression, String result) {
        assertThat(textOf("return (" + expression + ")")).isEqualTo(result);
    }

    @Test
    void gmatch_with_an_empty_match_ends() {
        assertThat(
                        textOf(
                                "local n = 0 for f in ('a,b'):gmatch('([^,]*)') do n = n + 1 end return n"))
                .isEqualTo("4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "😀", "€", "日本語", "👩‍👩‍👧", "\u0000x", "ÀÈ\uFFFD"})
    void text_goes_in_and_out_unchanged(String text) {
        ScriptBench bench = new ScriptBench(folder).request("text", text);
        assertThat(bench.textOf("local r = ... return r.text")).isEqualTo(text);
        assertThat(bench.textOf("return '" + text.replace("\u0000", "\\0") + "'")).isEqualTo(text);
    }

    @Test
    void octets_that_are_no_utf8_become_replacement_characters() {
        assertThat(textOf("return 'a\\255b\\200'")).isEqualTo("a\uFFFDb\uFFFD");
        assertThat(textOf("return #'\\255\\200'")).isEqualTo("2");
    }

    @Test
    void tables_survive_being_filled_and_emptied_again_and_again() {
        assertThat(
                        textOf(
                                """
                                local t = {}
                                for round = 1, 200 do
                                  for i = 1, 50 do t["k" .. (i * round) % 97] = i t[i * 0.5] = i end
                                  for i = 1, 50 do t["k" .. (i * round + 7) % 97] = nil t[i] = nil end
                                end
                                local n = 0 for k, v in pairs(t) do n = n + 1 assert(t[k] == v) end
                                return n > 0 and "sound"
                                """))
                .isEqualTo("sound");
    }

    @Test
    void pairs_asks_the_metamethod() {
        assertThat(
                        textOf(
                                """
                                local t = setmetatable({}, {__pairs = function() return next, {a = 1} end})
                                for k in pairs(t) do return k end
                                """))
                .isEqualTo("a");
    }

    @Test
    void a_position_has_the_form_script_line_colon() {
        assertThat(new ScriptBench(folder).faultOf("\nerror('boom')").message())
                .isEqualTo("main.lua:2: boom");
    }

    @Test
    void a_power_between_constants_is_exact() {
        assertThat(textOf("local a = 2 return tostring(2 ^ 0.5 == a ^ 0.5)")).isEqualTo("true");
        assertThat(textOf("local a = 1.1 return tostring(1.1 ^ 10 == a ^ 10)")).isEqualTo("true");
    }
}
