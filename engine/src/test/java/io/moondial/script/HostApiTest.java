package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The modules log, edr, stat and json, and the documentation of all. */
class HostApiTest {
    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    @Test
    void log_lines_have_levels_and_formats() {
        bench.textOf(
                """
                log.debug("d") log.info("%s has %.2f", "Bob", 12.5) log.warn("100%") log.error({1} and nil)
                print("a", nil, 1.5)
                """);
        assertThat(bench.log)
                .containsExactly(
                        "DEBUG d",
                        "INFO Bob has 12.50",
                        "WARN 100%",
                        "ERROR nil",
                        "INFO a\tnil\t1.5");
        assertThat(bench.faultOf("\nlog.info('%d', 'x')").message())
                .isEqualTo(
                        "main.lua:2: bad argument #2 to 'log.info' (number expected, got string)");
        assertThat(bench.faultOf("log.info()").message())
                .isEqualTo("main.lua:1: log.info: format expected (any value), got no value");
    }

    @Test
    void records_keep_the_order_of_their_fields() {
        bench.textOf(
                "edr.write('TOPUP', {Z = 1, A = 'x', M = true, L = {'1', 2, false}, E = {}}, 'vouchers')");
        bench.textOf("edr.write('PLAIN', {})");
        assertThat(bench.edrs)
                .containsExactly(
                        "TOPUP {Z=[1], A=[x], M=[true], L=[1, 2, false], E=[]} vouchers",
                        "PLAIN {} null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "edr.write('USSD-X', {})|edr.write: event 'USSD-X': names in USSD- are the engine's own",
                "edr.write('a b', {})|edr.write: event 'a b': a letter, then up to 63 of letters, digits, _ and -",
                "edr.write('X')|edr.write: fields expected (table), got no value",
                "edr.write('X', {'y'})|edr.write: fields must have names, got the key 1",
                "edr.write('X', {['a b'] = 1})|edr.write: field 'a b'",
                "edr.write('X', {['a-b'] = 1})|edr.write: field 'a-b': a letter, then up to 63 of letters, digits, _",
                "edr.write('X', {a = {{}}})|edr.write: field a: a string, a finite number, a decimal, a boolean or a list of them expected, got table",
                "edr.write('X', {a = print})|got function",
                "edr.write('X', {a = 1/0})|edr.write: field a: a string, a finite number, a decimal, a boolean or a list of them expected, got inf",
                "edr.write('X', {a = {1, -1/0}})|expected, got -inf",
                "edr.write('X', {a = 0/0})|expected, got nan",
                "edr.write('X', {a = {x = 1}})|edr.write: field a: a list has its values at 1, 2, 3 and so on, got the key x",
                "edr.write('X', {a = {1, 2, [4.5] = 3}})|field a: a list has its values at 1, 2, 3 and so on, got the key 4.5",
                "edr.write('X', {}, 'a-b')|edr.write: stream 'a-b': a letter, then up to 63 of letters, digits, _",
                "stat.increment('')|stat.increment: name ''",
                "stat.increment('a b')|stat.increment: name 'a b': a letter, then up to 99 of letters, digits, _ and .",
            })
    void what_cannot_be_written_is_refused(String call, String message) {
        assertThat(bench.faultOf("\n" + call).message())
                .startsWith("main.lua:2: ")
                .contains(message);
        assertThat(bench.edrs).isEmpty();
    }

    @Test
    void records_have_all_digits_of_whole_numbers() {
        bench.textOf(
                "edr.write('T', {A = 655011420096316, B = 1e14, C = {2^53, -2^53, 0, -(0 * 1)}, D = 12.5, E = 1/3})");
        assertThat(bench.edrs)
                .containsExactly(
                        "T {A=[655011420096316], B=[100000000000000], C=[9007199254740992,"
                                + " -9007199254740992, 0, 0], D=[12.5], E=[0.33333333333333]} null");
    }

    @Test
    void counters_are_counted() {
        bench.textOf("stat.increment('topup.success') stat.increment('topup.success')");
        assertThat(bench.counted).containsExactly("topup.success", "topup.success");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{a = 1, b = {true, 'x'}}|{\"a\":1,\"b\":[true,\"x\"]}",
                "{}|{}",
                "json.array{}|[]",
                "{json.null, 1}|[null,1]",
                "nil|null",
                "655012345678901|655012345678901",
                "2^53|9007199254740992",
                "-0.5|-0.5",
                "0.1|0.1",
                "1e300|1.0E+300",
                "'é😀\"\\n'|\"é😀\\\"\\n\"",
                "{1, 2, nil}|[1,2]",
            })
    void values_become_json(String value, String json) {
        assertThat(bench.textOf("return json.encode(" + value + ")")).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{1, 2, x = 1}|json.encode: a table with list items and also the key 'x'",
                "{1, nil, 3}|json.encode: a list with a hole at 2; json.null fills it",
                "{[5] = 1}|json.encode: the key 5 of an object; names must be strings, lists have 1 to n",
                "print|json.encode: a function has no form in JSON",
                "0/0|json.encode: NaN and infinities have no form in JSON",
                "1/0|json.encode: NaN and infinities have no form in JSON",
            })
    void what_has_no_form_in_json_is_refused(String value, String message) {
        assertThat(bench.faultOf("json.encode(" + value + ")").message()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":[1,2,{\"b\":\"x\"}]}|v.a[3].b .. #v.a|x3",
                "{\"pin\":\"0123\",\"n\":null}|v.pin .. tostring(v.n)|0123nil",
                "[1,null,3]|#v .. tostring(v[2] == json.null) .. tostring(v[2])|3truenull",
                "12345678901234567890|type(v) .. v|string12345678901234567890",
                "655012345678901|type(v) .. (v - 655012345678900)|number1",
                "1.5e3|v|1500",
                "\"\\u20ac\\ud83d\\ude00\"|v|€😀",
                "[]|json.encode(v)|[]",
                "{}|json.encode(v)|{}",
                "[[],{}]|json.encode(v)|[[],{}]",
                "false|tostring(v)|false",
            })
    void json_becomes_values(String json, String expression, String result) {
        assertThat(
                        bench.request("json", json)
                                .textOf(
                                        "local r = ... local v = json.decode(r.json) return "
                                                + expression))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|no JSON: the text is empty",
                "{|not JSON",
                "{'a':1}|not JSON",
                "[1,]|not JSON",
                "1 2|more after the end",
                "nul|not JSON",
                "[NaN]|not JSON",
            })
    void what_is_not_json_is_nil_and_a_message(String json, String message) {
        assertThat(
                        bench.request("json", json)
                                .textOf(
                                        "local r = ... local v, e = json.decode(r.json) return tostring(v) .. e"))
                .startsWith("nil" + message);
    }

    @Test
    void any_number_and_any_text_near_one_is_a_value_or_nil_and_a_message() {
        Random random = new Random(8259);
        String marks = "0123456789eE+-.,[ ";
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            if (i % 2 == 0) {
                texts.append(random.nextInt()).append(i % 4 == 0 ? "" : ".5").append("e");
                texts.append(random.nextLong() >> random.nextInt(64));
            } else {
                random.ints(1 + random.nextInt(20), 0, marks.length())
                        .forEach(it -> texts.append(marks.charAt(it)));
            }
            texts.append('\n');
        }
        assertThat(
                        bench.request("texts", texts.toString())
                                .textOf(
                                        """
                                        local read, refused = 0, 0
                                        for text in (...).texts:gmatch("[^\\n]+") do
                                          for _, exact in ipairs({true, false}) do
                                            local value, message = json.decode(text, {decimals = exact})
                                            if value ~= nil then
                                              read = read + 1
                                            elseif type(message) == "string" then
                                              refused = refused + 1
                                            else
                                              error(text)
                                            end
                                          end
                                        end
                                        return tostring(read > 1000 and refused > 1000)
                                        """))
                .isEqualTo("true");
    }

    @Test
    void what_is_wrong_with_a_secret_does_not_show_it() {
        for (String secret : new String[] {"QX77Wzz", "[1,QX77Wzz]", "{\"QX77Wzz", "1 QX77Wzz"}) {
            assertThat(
                            bench.answer(new PrimitiveResult.Input(secret))
                                    .textOf(
                                            "return select(2, json.decode(ussd.menu('PIN?', {secret ="
                                                    + " true})))"))
                    .isEqualTo("not JSON; a secret is not quoted");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "load(pin)",
                "load('return 1', pin)",
                "error(select(2, load(function() return pin end)))"
            })
    void a_secret_is_not_run(String call) {
        assertThat(
                        bench.answer(new PrimitiveResult.Input("QX77Wzz QX77Wzz"))
                                .faultOf("local pin = ussd.menu('PIN?', {secret = true})\n" + call)
                                .message())
                .contains("load: the ")
                .contains(" is a secret answer, which cannot be written here")
                .doesNotContain("QX77");
    }

    static Stream<ApiFunction> functions() {
        return new ScriptBench(Path.of("none"))
                .host().api().stream()
                        .flatMap(
                                m ->
                                        Stream.concat(
                                                Stream.ofNullable(m.called()),
                                                m.functions().stream()));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void every_function_is_documented_and_its_example_runs(ApiFunction function) {
        assertThat(function.summary()).isNotBlank().endsWith(".");
        assertThat(function.results()).isNotBlank();
        assertThat(function.errors()).isNotBlank();
        assertThat(function.parameters()).allSatisfy(p -> assertThat(p.meaning()).isNotBlank());
        assertThat(function.example()).contains(function.name());
        bench.request("msisdn", "27761485722").withTexts();
        assertThat(bench.run(function.example())).isInstanceOf(ScriptOutcome.Returned.class);
    }

    @Test
    void every_function_of_a_module_is_in_its_documentation() {
        for (ApiModule module : bench.host().api()) {
            String names =
                    bench.textOf(
                            "local names = {} for k, v in pairs(require '"
                                    + module.name()
                                    + "') do if type(v) == 'function' then names[#names + 1] = k end end"
                                    + " return table.concat(names, ' ')");
            assertThat(String.valueOf(names).split(" "))
                    .containsExactlyElementsOf(
                            module.functions().stream().map(ApiFunction::name).toList());
        }
    }
}
