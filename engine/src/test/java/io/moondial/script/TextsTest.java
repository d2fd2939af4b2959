package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.lang.TextSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in languages, as scripts get them. */
class TextsTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder).request("msisdn", "254711000001");
        bench.file(
                "lang/en.yaml",
                """
                main: Mobile money
                balance: "You have {amount}."
                only_english: English
                both: "{{{a}}} and {b}"
                mail: {one: "{count} message", other: "{count} messages", zero: No messages}
                send:
                  title: Send money
                  menu.item: Send
                """);
        bench.file(
                "lang/sw.yaml",
                """
                main: Pesa
                balance: Una {amount}.
                both: "{b} na {a}"
                mail: {one: ujumbe {count}, other: "jumbe {count}"}
                send: {title: Tuma pesa, menu.item: Tuma}
                """
                        .replace("ujumbe {count}", "\"ujumbe {count}\""));
        bench.file("lang/ru.yaml", russian());
    }

    private static String russian() {
        return """
               main: Деньги
               balance: "{amount}"
               both: "{a}{b}"
               mail: {one: "{count} письмо", few: "{count} письма", many: "{count} писем", other: "{count} письма"}
               send: {title: Перевод, menu.item: Перевод}
               """;
    }

    private void bucket() {
        bench.texts = WrittenSettings.settings(TextSettings.class, "bucket: language");
    }

    @Test
    void a_text_is_found_by_its_key_in_the_default_language() {
        assertThat(bench.textOf("return t \"main\"")).isEqualTo("Mobile money");
    }

    @Test
    void a_key_in_a_section_has_the_name_of_the_section_before_it() {
        assertThat(bench.textOf("return t 'send.title' .. '/' .. t('send.menu.item')"))
                .isEqualTo("Send money/Send");
    }

    @Test
    void values_stand_in_the_place_of_their_placeholders() {
        assertThat(
                        bench.textOf(
                                "return t('balance', {amount = decimal '12.50'}) .. t('balance', {amount = 3}) .. t('both', {a = 'x', b = 'y'})"))
                .isEqualTo("You have 12.50.You have 3.{x} and y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en|0|No messages",
                "en|1|1 message",
                "en|2|2 messages",
                "en|decimal '1.0'|1.0 messages",
                "sw|0|jumbe 0",
                "sw|1|ujumbe 1",
                "ru|1|1 письмо",
                "ru|2|2 письма",
                "ru|5|5 писем",
                "ru|11|11 писем",
                "ru|21|21 письмо",
                "ru|112|112 писем",
                "ru|1.5|1.5 письма"
            })
    void a_number_chooses_the_plural_form(String language, String count, String text) {
        assertThat(
                        bench.textOf(
                                "t.language '%s' return t('mail', {count = %s})"
                                        .formatted(language, count)))
                .isEqualTo(text);
    }

    @Test
    void the_script_chooses_the_language_from_there_on() {
        assertThat(
                        bench.textOf(
                                "local a = t 'main' t.language 'sw' return a .. ', ' .. t 'main' .. ', ' .. t.language()"))
                .isEqualTo("Mobile money, Pesa, sw");
    }

    @ParameterizedTest
    @CsvSource({"sw,sw", "SW,sw", "sw-KE,sw", "sw_KE,sw", "ru-Cyrl-RU,ru"})
    void a_language_with_a_region_is_the_language_if_there_is_no_file_for_it(
            String asked, String found) {
        assertThat(bench.textOf("return (t.language '%s')".formatted(asked))).isEqualTo(found);
    }

    @Test
    void the_languages_are_those_of_the_files() {
        assertThat(bench.textOf("return table.concat(t.languages(), ' ')")).isEqualTo("en ru sw");
    }

    @Test
    void what_the_subscriber_has_chosen_goes_before_the_rule_and_that_before_the_request() {
        bucket();
        bench.languages = new LanguageSources("sw", "ru");
        assertThat(bench.textOf("return t.language()")).isEqualTo("sw");
        assertThat(bench.textOf("kv.set('language', '254711000001', 'ru') return t.language()"))
                .isEqualTo("ru");
        assertThat(
                        bench.textOf(
                                "t.language 'en' kv.set('language', '254711000001', 'ru') return t.language()"))
                .isEqualTo("en");
        bench.languages = new LanguageSources(null, "sw");
        assertThat(bench.textOf("kv.delete('language', '254711000001') return t.language()"))
                .isEqualTo("sw");
        bench.languages = new LanguageSources(null, "fr");
        assertThat(bench.textOf("return t.language()")).isEqualTo("en");
    }

    @Test
    void a_script_knows_who_has_chosen_the_language() {
        bucket();
        String asks = "return table.concat({t.language()}, ' ')";
        assertThat(bench.textOf(asks)).isEqualTo("en default");
        bench.languages = new LanguageSources(null, "ru");
        assertThat(bench.textOf(asks)).isEqualTo("ru request");
        bench.languages = new LanguageSources("sw", "ru");
        assertThat(bench.textOf(asks)).isEqualTo("sw rule");
        assertThat(bench.textOf("t.keep 'ru' " + asks)).isEqualTo("ru script");
        assertThat(bench.textOf(asks)).isEqualTo("ru subscriber");
        assertThat(bench.textOf("return menu.flow(function() " + asks + " end, {back = '0'})"))
                .isEqualTo("ru subscriber");
    }

    @Test
    void a_language_that_is_kept_is_that_of_the_next_dialog() {
        bucket();
        assertThat(bench.textOf("return tostring(t.keep 'sw-TZ') .. t 'main'"))
                .isEqualTo("truePesa");
        assertThat(bench.textOf("return t 'main'")).isEqualTo("Pesa");
    }

    @Test
    void a_kept_language_without_texts_is_logged_and_the_next_source_is_asked() {
        bucket();
        bench.languages = new LanguageSources("sw", null);
        assertThat(
                        bench.textOf(
                                "kv.set('language', '254711000001', 'zu') return (t.language()) .. (t.language())"))
                .isEqualTo("swsw");
        assertThat(bench.log)
                .containsExactly(
                        "WARN t: kv has 'zu' as the language of the subscriber (bucket language), and there are texts in en, ru, sw: another is used");
    }

    @Test
    void a_missing_text_is_that_of_the_default_language_and_is_logged_once() {
        bench.file("main.lua", "t.language 'sw' return t 'only_english' .. t 'only_english'");
        ScriptRelease release = bench.compile();
        for (int i = 0; i < 2; i++) {
            ScriptOutcome outcome = release.script("main").orElseThrow().run(bench.newRun());
            assertThat(((ScriptOutcome.Returned) outcome).text()).isEqualTo("EnglishEnglish");
        }
        assertThat(bench.log)
                .containsExactly(
                        "WARN t: the text 'only_english' is missing in sw: that of en is shown. Until the next reload this is only counted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "t 'mian'|main.lua:1: t: there is no text 'mian' in en, ru, sw; did you mean main?",
                "t('balance')|main.lua:1: t: the text 'balance' has {amount} (lang/en.yaml:2), and no amount is given",
                "t('balance', {amount = {}})|main.lua:1: t: 'balance': amount: a text, a number or a decimal, got a table",
                "t('mail')|main.lua:1: t: the text 'mail' has plural forms: give the number, as in t(\"mail\", {count = 3})",
                "t('mail', {count = 'x'})|main.lua:1: t: 'mail': count: a number or a decimal, got the text \"x\"",
                "t.language 'fr'|main.lua:1: t.language: there are no texts in 'fr'; there are en, ru, sw",
                "t.keep 'sw'|main.lua:1: t.keep: the rules name no bucket of kv for languages: set texts: bucket",
                "t()|main.lua:1: t: key expected (string), got no value"
            })
    void what_cannot_be_shown_is_an_error_at_its_line(String lua, String error) {
        assertThat(bench.faultOf(lua).text()).isEqualTo(error);
    }

    @Test
    void a_secret_answer_is_not_written_into_a_text() {
        bench.answer(new PrimitiveResult.Input("4711"));
        assertThat(
                        bench.faultOf(
                                        "local pin = ussd.menu('PIN?', {secret = true}) return t('balance', {amount = pin})")
                                .text())
                .contains("amount")
                .contains("secret")
                .doesNotContain("4711");
    }

    private long instructions(String lua) {
        return bench.run(lua).usage().instructions();
    }

    @Test
    void a_search_for_a_similar_key_is_charged_for_each_key_and_for_each_comparison() {
        String beginning = "k".repeat(55);
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            many.append(beginning).append(10_000 + i).append(": x\n");
        }
        bench.file("lang/en.yaml", many.toString())
                .file("lang/sw.yaml", "")
                .file("lang/ru.yaml", "");

        assertThat(bench.faultOf("while true do pcall(t, 'keyy') end").text())
                .contains("max_instructions");
        assertThat(instructions("pcall(t, 'keyy') return 'x'")).isBetween(1000L, 2000L);
        assertThat(instructions("pcall(t, ('z'):rep(60)) return 'x'"))
                .as("60 times 60 steps for each of 1,000 keys, 16 steps for one")
                .isGreaterThan(225_000);
    }

    @Test
    void a_search_for_a_similar_language_is_charged() {
        for (char c = 'a'; c <= 'z'; c++) {
            bench.file("lang/%cxx-Latn-abcdefgh-ijklmnop.yaml".formatted(c), "");
        }
        assertThat(instructions("pcall(t.language, ('z'):rep(26)) return 'x'"))
                .as("26 times 26 steps for each of 26 languages")
                .isGreaterThan(1000);
    }

    @Test
    void each_placeholder_is_charged_even_if_nothing_stands_in_its_place() {
        bench.file("lang/en.yaml", "a: \"" + "{x}".repeat(1000) + "\"\n");
        bench.file("lang/sw.yaml", "").file("lang/ru.yaml", "");
        assertThat(instructions("return 'x' .. t('a', {x = ''})")).isGreaterThan(1000);
    }

    @Test
    void a_text_is_not_put_together_if_it_would_be_too_long() {
        bench.file("lang/en.yaml", "a: \"" + "{x}".repeat(1000) + "\"\n");
        bench.file("lang/sw.yaml", "").file("lang/ru.yaml", "");
        assertThat(bench.faultOf("return t('a', {x = string.rep('y', 60000)})").text())
                .contains("max_string_length");
    }

    @Test
    void without_files_of_texts_there_is_no_text() {
        ScriptBench bare = new ScriptBench(folder.resolve("bare"));
        assertThat(bare.faultOf("return t 'main'").text())
                .isEqualTo(
                        "main.lua:1: t: there is no text 'main', as there are no files of texts: they are lang/en.yaml and others, beside the scripts");
        assertThat(bare.textOf("return #t.languages()")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return t 'main'",
                "return _G.t 'main'",
                "return _G['t'] 'main'",
                "local name = ... return _G[name] 'main'",
                "return rawget(_G, 't') 'main'",
                "for name, value in pairs(_G) do if name == 't' then return value 'main' end end",
                "local all = _G return all.t 'main'",
                "return _ENV.t 'main'",
                "return load('return t(\"main\")')()",
                "return require('t') 'main'",
                "local name = ... return require(name) 'main'",
                "return menu.ask{'Name?'}",
                "local m = require 'menu' return m.ask{'Name?'}"
            })
    void a_changed_text_is_another_version_of_whatever_may_show_it(String script) {
        bench.file("main.lua", script);
        ScriptRelease before = bench.compile();
        bench.file("lang/sw.yaml", "main: Fedha\n");
        assertThat(bench.compile().versions().get("main.lua"))
                .isNotEqualTo(before.versions().get("main.lua"));
    }

    @Test
    void a_changed_text_is_another_version_of_the_scripts_that_use_texts_alone() {
        bench.file("main.lua", "return t 'main'").file("plain.lua", "return 'x'");
        ScriptRelease before = bench.compile();
        bench.file("lang/sw.yaml", "main: Fedha\n");
        ScriptRelease after = bench.compile();
        assertThat(after.versions().get("main.lua"))
                .isNotEqualTo(before.versions().get("main.lua"));
        assertThat(after.versions().get("plain.lua")).isEqualTo(before.versions().get("plain.lua"));
        assertThat(after.versions().get("lang/sw.yaml"))
                .isNotEqualTo(before.versions().get("lang/sw.yaml"));
        assertThat(after.sources()).containsKeys("lang/en.yaml", "lang/ru.yaml", "lang/sw.yaml");
        assertThat(List.copyOf(after.texts().languages())).containsExactly("en", "ru", "sw");
    }
}
