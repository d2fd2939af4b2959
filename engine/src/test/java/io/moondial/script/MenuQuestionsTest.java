package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.text.Alphabet;
import io.moondial.text.TextLength;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The questions of the module menu outside a flow. */
class MenuQuestionsTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    private void answers(String... answers) {
        for (String answer : answers) {
            bench.answer(new PrimitiveResult.Input(answer));
        }
    }

    private List<String> screens() {
        return bench.primitives.stream().map(it -> it.substring("menu ".length())).toList();
    }

    @Test
    void choose_gives_the_value_of_the_item() {
        answers("2");
        assertThat(
                        bench.textOf(
                                "return menu.choose{title = 'Pay', items = {{'a', 'Airtime'}, {'b', 'Bill'}}}"))
                .isEqualTo("b");
        assertThat(screens()).containsExactly("Pay\n1. Airtime\n2. Bill");
    }

    @Test
    void choose_gives_the_text_of_an_item_without_a_value() {
        answers(" 1 ");
        assertThat(
                        bench.textOf(
                                "local menu = require 'menu' return menu.choose{items = {'Yes', 'No'}}"))
                .isEqualTo("Yes");
        assertThat(screens()).containsExactly("1. Yes\n2. No");
    }

    @Test
    void a_bad_answer_asks_again_with_a_reason_until_there_were_too_many() {
        answers("7", "x", "", "1");
        assertThat(
                        bench.textOf(
                                "local v, why = menu.choose{title = 'T', items = {'A'}, wrong = 'No.'} return tostring(v) .. why"))
                .isEqualTo("niltries");
        assertThat(screens()).containsExactly("T\n1. A", "No.\nT\n1. A", "No.\nT\n1. A");
    }

    @Test
    void another_answer_can_have_a_meaning_too() {
        answers("q", "help");
        assertThat(
                        bench.textOf(
                                """
                                return menu.choose{items = {'A'}, other = function(answer)
                                  if answer == 'help' then return 'helped' end
                                  return nil, 'Or say help.'
                                end}"""))
                .isEqualTo("helped");
        assertThat(screens()).containsExactly("1. A", "Or say help.\n1. A");
    }

    @ParameterizedTest
    @CsvSource({"Timeout, timeout", "Abandon, abandon"})
    void what_is_no_answer_is_nil_and_why(String what, String why) {
        for (String question :
                List.of(
                        "choose{items = {'A'}}",
                        "ask{'Q'}",
                        "pin{}",
                        "confirm{'Q'}",
                        "text('T')",
                        "list{fetch = function() return {'A'} end}")) {
            bench.answer(
                    what.equals("Timeout")
                            ? new PrimitiveResult.Timeout()
                            : new PrimitiveResult.Abandon());
            assertThat(
                            bench.textOf(
                                    "local v, why = menu."
                                            + question
                                            + " return tostring(v) .. why"))
                    .as(question)
                    .isEqualTo("nil" + why);
        }
    }

    @Test
    void an_error_of_the_handset_comes_with_its_code() {
        bench.answer(new PrimitiveResult.ReturnError(71));
        assertThat(bench.textOf("return table.concat({select(2, menu.ask{'Q'})}, ' ')"))
                .isEqualTo("error 71");
    }

    @Test
    void a_long_list_has_pages_with_the_same_numbers() {
        answers("99", "99", "3");
        assertThat(
                        bench.textOf(
                                """
                                local items = {}
                                for i = 1, 12 do items[i] = 'Item number ' .. i .. ' ' .. ('x'):rep(20) end
                                return menu.choose{title = 'Many', items = items}"""))
                .isEqualTo("Item number 3 xxxxxxxxxxxxxxxxxxxx");
        assertThat(screens()).hasSize(3);
        assertThat(screens().get(0)).startsWith("Many\n1. Item").endsWith("\n99. More");
        assertThat(screens().get(1)).startsWith("Many\n5. Item").endsWith("\n99. More");
        assertThat(screens().get(2)).startsWith("Many\n9. Item").doesNotContain("99.");
    }

    @Test
    void a_reason_that_takes_room_turns_the_page_earlier() {
        answers("0", "99", "4");
        assertThat(
                        bench.textOf(
                                """
                                local items = {}
                                for i = 1, 8 do items[i] = ('abcdefgh'):rep(4) .. i end
                                return menu.choose{items = items, wrong = ('Nope '):rep(8)}"""))
                .endsWith("4");
        assertThat(lastNumber(screens().get(0))).isEqualTo(4);
        assertThat(lastNumber(screens().get(1))).isEqualTo(3);
        assertThat(screens().get(2)).startsWith("4. ");
    }

    private static int lastNumber(String screen) {
        int last = 0;
        for (String line : screen.lines().toList()) {
            Matcher item = Pattern.compile("(\\d+)\\. (?!More)(.*)").matcher(line);
            if (item.matches()) {
                last = Integer.parseInt(item.group(1));
            }
        }
        return last;
    }

    /**
     * Random lists in both alphabets: every page fits, no item is split or lost, numbers run on.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void no_item_is_split_whatever_the_alphabet(long seed) {
        Random random = new Random(seed);
        List<String> items = new ArrayList<>();
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            String letter = random.nextInt(4) == 0 ? "Ж" : random.nextInt(4) == 0 ? "€" : "a";
            items.add(letter.repeat(1 + random.nextInt(30)));
        }
        for (int i = 0; i < count; i++) {
            answers("99");
        }
        String list =
                "{" + String.join(", ", items.stream().map(it -> "'" + it + "'").toList()) + "}";
        var _ = bench.run("menu.choose{title = 'Ünlü', items = " + list + ", tries = 100}");

        List<String> seen = new ArrayList<>();
        for (String screen : screens()) {
            assertThat(TextLength.of(screen, Alphabet.GSM7).fits()).as(screen).isTrue();
            for (String line : screen.lines().toList()) {
                if (line.matches("\\d+\\. .*") && !line.equals("99. More")) {
                    int number = Integer.parseInt(line.substring(0, line.indexOf('.')));
                    if (number == seen.size() + 1) {
                        seen.add(line.substring(line.indexOf(' ') + 1));
                    }
                    assertThat(items.get(number - 1))
                            .isEqualTo(line.substring(line.indexOf(' ') + 1));
                }
            }
        }
        assertThat(seen).as("seed %d", seed).isEqualTo(items);
    }

    @Test
    void an_item_that_fits_no_screen_is_an_error_that_names_it() {
        assertThat(bench.errorOf("menu.choose{items = {'A', ('x'):rep(200)}}"))
                .isEqualTo(
                        "main.lua:1: menu.choose: item 2 has 203 units of GSM 7-bit, and a screen has room for 182");
    }

    @Test
    void ask_gives_what_was_typed_if_it_passes_the_pattern() {
        answers("0912345678", "0712345678");
        assertThat(
                        bench.textOf(
                                "return menu.ask{prompt = 'To?', check = '^0[67]%d%d%d%d%d%d%d%d$'}"))
                .isEqualTo("0712345678");
        assertThat(screens()).containsExactly("To?", "This is not valid.\nTo?");
    }

    @Test
    void ask_gives_what_the_function_makes_of_the_answer() {
        answers("", "ab", "abc");
        assertThat(
                        bench.textOf(
                                """
                                return menu.ask{'Name?', check = function(a)
                                  if #a < 3 then return nil, 'Too short.' end
                                  return true, a:upper()
                                end}"""))
                .isEqualTo("ABC");
        assertThat(screens()).containsExactly("Name?", "Too short.\nName?", "Too short.\nName?");
        answers("x");
        assertThat(bench.textOf("return menu.ask{'Q', check = function(a) return true end}"))
                .isEqualTo("x");
    }

    @Test
    void an_empty_answer_is_the_default_or_none() {
        answers("");
        assertThat(bench.textOf("return menu.ask{'Q', default = 'D', check = '%d'}"))
                .isEqualTo("D");
        answers("", "y");
        assertThat(bench.textOf("return menu.ask{'Q'}")).isEqualTo("y");
    }

    @Test
    void a_pin_is_secret_and_is_checked() {
        answers("12", "0000", "1234");
        bench.textOf(
                """
                local pin = menu.pin{'PIN?', check = function(p) return p ~= '0000', 'Not this one.' end}
                log.info('the pin is %s', pin)""");
        assertThat(screens())
                .containsExactly(
                        "PIN? [null null true]",
                        "A PIN has 4 digits.\nPIN? [null null true]",
                        "Not this one.\nPIN? [null null true]");
        assertThat(bench.log).containsExactly("INFO the pin is ****");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "menu.digits{}",
                "function(answer) return true, (answer:gsub('%s', '')) end",
                "function(answer) return (answer:gsub('%s', '')) end"
            })
    void what_a_check_makes_of_a_secret_answer_is_secret(String check) {
        answers("1234 ");
        bench.textOf(
                "local pin = menu.ask{'PIN?', secret = true, check = CHECK} log.info('%s %s', #pin, pin)"
                        .replace("CHECK", check));
        assertThat(bench.log).containsExactly("INFO 4 ****");
    }

    @Test
    void confirm_is_true_or_false() {
        answers("1", "3", "2");
        assertThat(
                        bench.textOf(
                                "return tostring(menu.confirm{'Pay?'}) .. tostring(menu.confirm{prompt = 'Sure?', yes = 'Ja', no = 'Nee'})"))
                .isEqualTo("truefalse");
        assertThat(screens())
                .containsExactly(
                        "Pay?\n1. Yes\n2. No",
                        "Sure?\n1. Ja\n2. Nee",
                        "Please answer 1 or 2.\nSure?\n1. Ja\n2. Nee");
    }

    @Test
    void a_long_text_is_cut_between_words() {
        answers("99", "99", "ok");
        assertThat(
                        bench.textOf(
                                "return tostring(menu.text(('lorem ipsum dolor '):rep(20) .. 'end'))"))
                .isEqualTo("true");
        assertThat(screens()).hasSize(3);
        StringBuilder whole = new StringBuilder();
        for (String screen : screens()) {
            assertThat(TextLength.of(screen, Alphabet.GSM7).fits()).isTrue();
            whole.append(screen.replace("\n99. More", "")).append(' ');
        }
        assertThat(whole.toString().strip()).isEqualTo("lorem ipsum dolor ".repeat(20) + "end");
    }

    @Test
    void a_word_that_fits_no_screen_is_cut_between_characters() {
        answers("99", "99", "99", "ok");
        bench.textOf("menu.text(('Ж'):rep(150))");
        assertThat(String.join("", screens()).replace("\n99. More", "")).isEqualTo("Ж".repeat(150));
    }

    @Test
    void a_list_fetches_what_its_pages_need() {
        answers("99", "9");
        assertThat(
                        bench.textOf(
                                """
                                local asked = {}
                                local item = menu.list{title = 'L', fetch = function(offset, count)
                                  asked[#asked + 1] = offset .. '+' .. count
                                  local part = {}
                                  for i = offset + 1, math.min(20, offset + count) do part[#part + 1] = {id = i} end
                                  return part
                                end, show = function(item) return 'Number ' .. item.id .. (' '):rep(10) .. '.' end}
                                return item.id .. ' ' .. table.concat(asked, ' ')"""))
                .isEqualTo("9 0+8 8+8");
    }

    @Test
    void a_list_without_items_or_that_cannot_be_fetched_says_so() {
        assertThat(bench.textOf("return select(2, menu.list{fetch = function() return {} end})"))
                .isEqualTo("empty");
        assertThat(
                        bench.textOf(
                                "return table.concat({select(2, menu.list{fetch = function() return nil, 'timeout', 'd' end})}, ' ')"))
                .isEqualTo("timeout d");
        assertThat(bench.primitives).isEmpty();
    }

    private static final String FAILING_LIST =
            """
            local calls = 0
            local item, why, detail = menu.list{title = 'L', fetch = function(offset)
              calls = calls + 1
              if calls > 1 and calls <= FAILURES then return nil, 'timeout', 'slow' end
              local part = {}
              for i = offset + 1, math.min(10, offset + 8) do part[#part + 1] = 'Item ' .. i end
              return part
            end}
            return tostring(item) .. ' ' .. tostring(why) .. ' ' .. tostring(detail) .. ' ' .. calls""";

    @ParameterizedTest
    @CsvSource({"99, 3, nil timeout slow 3", "9, 3, nil timeout slow 3", "9, 2, Item 9 nil nil 3"})
    void a_later_page_that_cannot_be_fetched_is_not_the_end_of_the_list(
            String answer, int failures, String returned) {
        answers(answer);
        assertThat(bench.textOf(FAILING_LIST.replace("FAILURES", "" + failures)))
                .isEqualTo(returned);
        assertThat(screens()).singleElement().asString().endsWith("8. Item 8\n99. More");
    }

    @Test
    void a_later_page_that_is_fetched_at_the_second_try_is_shown() {
        answers("99", "10");
        assertThat(bench.textOf(FAILING_LIST.replace("FAILURES", "2")))
                .isEqualTo("Item 10 nil nil 3");
        assertThat(screens()).last().isEqualTo("L\n9. Item 9\n10. Item 10");
    }

    @ParameterizedTest
    @CsvSource({
        "'menu.amount{min = 100, max = 500000}', 100, 100",
        "'menu.amount{min = 100, max = 500000}', 500001, -",
        "'menu.amount{min = 100, max = 500000}', 99, -",
        "'menu.amount{min = 100, max = 500000}', 100.5, -",
        "'menu.amount{min = 100, max = 500000}', -100, -",
        "'menu.amount{places = 2}', 12.5, 12.50",
        "'menu.amount{places = 2}', '12,05', 12.05",
        "'menu.amount{places = 2}', 12.505, -",
        "'menu.amount{places = 2}', 0, -",
        "'menu.amount{places = 2, max = decimal(\"12.50\")}', 12.51, -",
        "'menu.msisdn{country = \"254\"}', 0712345678, 254712345678",
        "'menu.msisdn{country = \"254\"}', +254 712 345-678, 254712345678",
        "'menu.msisdn{country = \"254\"}', 254712345678, 254712345678",
        "'menu.msisdn{country = \"254\"}', 712345678, 254712345678",
        "'menu.msisdn{country = \"254\"}', +255712345678, -",
        "'menu.msisdn{country = \"254\"}', 71234567, -",
        "'menu.msisdn{country = \"254\", starts = {\"7\", 1}}', 0812345678, -",
        "'menu.msisdn{country = \"254\", starts = {\"7\", 1}}', 0112345678, 254112345678",
        "'menu.date{}', 29022024, 2024-02-29",
        "'menu.date{}', 29.2.2023, -",
        "'menu.date{}', 1/12/2026, 2026-12-01",
        "'menu.date{order = \"YMD\"}', 2026-1-31, 2026-01-31",
        "'menu.date{order = \"MDY\"}', 01312026, 2026-01-31",
        "'menu.date{min = \"2026-01-01\"}', 31122025, -",
        "'menu.digits{min = 11, max = 11}', 12345678901, 12345678901",
        "'menu.digits{min = 11, max = 11}', 1234567890, -",
        "'menu.digits{}', 12a, -"
    })
    void checks_take_and_refuse(String check, String answer, String expected) {
        answers(answer);
        assertThat(
                        bench.textOf(
                                "return tostring(menu.ask{'Q', tries = 1, check = %s} or '-')"
                                        .formatted(check)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "menu.choose{titel = 'x', items = {'A'}} | menu.choose: unknown option 'titel'; did you mean title?; allowed are back, dcs, dialled, home, items, more, other, timeout, title, tries, wrong",
                "menu.choose{items = {}} | menu.choose: items: a list of at least one item",
                "menu.choose{items = {{1}}} | menu.choose: items[1]: a text or {value, text}; got a nil",
                "menu.choose('x') | menu.choose: options expected (table), got string",
                "menu.ask{} | menu.ask: option 1: a text; got a nil",
                "menu.ask{prompt = true} | menu.ask: option prompt: a text; got a boolean",
                "menu.ask{'Q', tries = 0} | menu.ask: option tries: a whole number from 1 to 100; got 0",
                "menu.ask{'Q', check = 5} | menu.ask: option check: a pattern, a function,",
                "menu.ask{'Q', back = 0} | menu.ask: option back: a text, or false; got 0",
                "menu.ask{'Q', dialled = 'no'} | menu.ask: option dialled: true or false; got the text",
                "menu.msisdn{} | menu.msisdn: option country: a text; got a nil",
                "menu.text('') | menu.text: the text is empty",
                "menu.ask{('x'):rep(200)} | menu.ask: the text has 200 units of GSM 7-bit, and a screen has room for 182",
                "menu.list{} | menu.list: fetch: a function of an offset and a count",
                "menu.chose{} | 'menu' has no 'chose'; did you mean 'choose'?",
                "menu.once() | menu.once: only within menu.flow"
            })
    void a_mistake_is_an_error_at_the_line_of_the_script(String call, String message) {
        ScriptFault fault = bench.faultOf("local x = 1\n" + call + "\nreturn x");
        assertThat(fault.text()).startsWith("main.lua:2: ").contains(message);
        assertThat(fault.script()).isEqualTo("main.lua");
        assertThat(fault.line()).isEqualTo(2);
        assertThat(fault.luaStack()).containsExactly("main.lua:2: in main chunk");
    }

    @Test
    void an_error_in_a_function_of_the_script_has_its_own_line() {
        answers("x");
        assertThat(
                        bench.faultOf(
                                        "menu.ask{'Q', check = function(a)\n  error('no ' .. a)\nend}")
                                .text())
                .isEqualTo("main.lua:2: no x");
    }

    @Test
    void a_script_that_changes_what_lua_has_does_not_change_menu() {
        answers("1");
        assertThat(
                        bench.textOf(
                                "ipairs = nil; tostring = nil; ussd = nil; return menu.choose{items = {'A'}}"))
                .isEqualTo("A");
    }

    @ParameterizedTest
    @CsvSource({
        "'menu.date{order = \"YMD\"}', 2026-1-5, 2026-01-05",
        "'menu.msisdn{country = \"27\"}', 0761 485 722, 27761485722",
        "'menu.amount{places = 2}', 12.5, 12.50",
        "'menu.digits{}', ' 7 ', 7"
    })
    void a_script_that_changes_the_libraries_does_not_change_menu(
            String check, String answer, String value) {
        answers(answer);
        assertThat(
                        bench.textOf(
                                """
                                for _, library in pairs{string, table, math} do
                                  for name in pairs(library) do library[name] = nil end
                                end
                                return menu.ask{"Q", check = CHECK}"""
                                        .replace("CHECK", check)))
                .isEqualTo(value);
    }
}
