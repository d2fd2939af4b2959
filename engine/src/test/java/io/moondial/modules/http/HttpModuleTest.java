package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.report.FailureText;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions of {@code http} in scripts, and their stand-in in dialog tests. */
class HttpModuleTest {
    private static final String GIVEN_BALANCE =
            "given http GET billing /accounts/27761485722 answers 200 {\"balance\":\"12.50\"}\n";

    @TempDir Path folder;

    private Configuration configuration(String lua) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                """
                process: {on_error: message, triggers: [{script_key: main}]}
                http: {upstreams: {billing: {url: "https://billing.example", timeout: 5s}, crm: {url: "http://crm.example"}}}
                """);
        return Configuration.readForTests(rules, CompilationObserver.NONE);
    }

    private List<TestResult> results(String lua, String dialog) throws Exception {
        return new Suite(
                        configuration(lua),
                        DialogFile.of(folder.resolve("x.dialog"), dialog).tests(),
                        new Suite.Options(2, false))
                .run(it -> {});
    }

    /** Runs the tests of a file; what failed, each with the name of its test. */
    private List<String> failures(String lua, String dialog) throws Exception {
        return results(lua, dialog).stream()
                .flatMap(
                        it ->
                                it.failures().stream()
                                        .map(fault -> it.test().name() + ": " + fault.message()))
                .toList();
    }

    /** What a script returns, as a test expects it. */
    private void assertReturns(String lua, String givens, String expected) throws Exception {
        assertThat(
                        failures(
                                lua,
                                "test \"x\"\n"
                                        + givens
                                        + "from 27761485722\ndial *1#\nrespond "
                                        + expected
                                        + "\n"))
                .as(lua)
                .isEmpty();
    }

    /** What is said of a call in line 1; after "~ " it is a pattern. */
    private void assertError(String call, String expected) throws Exception {
        String message =
                expected.startsWith("~ ") ? expected : "~ \\Qmain.lua:1: " + expected + "\\E";
        assertThat(
                        failures(
                                "local ok, message = pcall(function() return "
                                        + call
                                        + " end) log.info(\"%s\", message) return 'ok'",
                                "test \"x\"\ndial *1#\nrespond ok\nlog " + message + "\n"))
                .as(call)
                .isEmpty();
    }

    @Test
    void an_answer_is_a_table() throws Exception {
        String lua =
                """
                local request = ...
                local a, why, detail = http.get("billing", "/accounts/{msisdn}", {path = {msisdn = request.msisdn}})
                return ("%s %s %s %s %s %s"):format(a.status, a.ok, a.headers["content-type"], a.body, a.json.balance, why)
                """;
        assertReturns(
                lua, GIVEN_BALANCE, "200 true application/json {\"balance\":\"12.50\"} 12.50 nil");
    }

    @Test
    void a_body_that_is_no_json_is_a_text_and_its_value_nil() throws Exception {
        String lua =
                "local a = http.get('billing', '/x') return a.body .. tostring(a.json) .. tostring(a.ok)";
        assertReturns(
                lua,
                "given http GET billing /x answers 404 \"gone\\\\ \\\"x\\\"\"\n",
                "gone\\ \"x\"nilfalse");
        assertReturns(
                lua,
                "given http GET billing /x answers 200 header Content-Type=application/json \"{broken\"\n",
                "{brokenniltrue");
        assertReturns(lua, "given http GET billing /x answers 204\n", "niltrue");
        assertReturns(
                lua,
                "given http GET billing /x answers 200 header Content-Type=application/problem+json \"[1]\"\n",
                "~ \\[1\\]table: .*true");
    }

    @Test
    void headers_have_small_letters() throws Exception {
        assertReturns(
                "local a = http.get('billing', '/x') return a.headers['retry-after'] .. a.headers.location",
                "given http GET billing /x answers 302 header Retry-After=5 header LOCATION=\"/else where\"\n",
                "5/else where");
    }

    @ParameterizedTest
    @CsvSource({"timeout", "connect", "tls", "closed", "busy", "open", "too_large", "auth"})
    void each_why_can_be_given(String why) throws Exception {
        assertReturns(
                "local a, why, detail = http.get('billing', '/x') return tostring(a) .. why .. ' ' .. detail",
                "given http GET billing /x answers " + why + "\n",
                "nil" + why + " billing: " + why + ", as the test says");
    }

    @Test
    void a_value_stays_in_its_part_of_the_path() throws Exception {
        String call = "local a = http.get('billing', '/a/{v}/b', {path = {v = VALUE}}) return 'ok'";
        assertReturns(
                call.replace("VALUE", "'../../evil?x#y@z\\\\%2f'"),
                "given http GET billing /a/..%2F..%2Fevil%3Fx%23y%40z%5C%252f/b answers 204\n",
                "ok");
        assertReturns(
                call.replace("VALUE", "'a\\r\\nHost: evil'"),
                "given http GET billing /a/a%0D%0AHost%3A%20evil/b answers 204\n",
                "ok");
        assertReturns(
                call.replace("VALUE", "'\\195\\164'"),
                "given http GET billing /a/%C3%A4/b answers 204\n",
                "ok");
        assertReturns(
                call.replace("VALUE", "27761485722"),
                "given http GET billing /a/27761485722/b answers 204\n",
                "ok");
        assertReturns(
                call.replace("VALUE", "decimal('12.50')"),
                "given http GET billing /a/12.50/b answers 204\n",
                "ok");
    }

    @Test
    void the_query_is_part_of_the_call_in_any_order() throws Exception {
        assertReturns(
                "local a = http.get('billing', '/x', {query = {currency = 'KES', q = 'a b&c=d', n = {1, 2}}}) return 'ok'",
                "given http GET billing /x?n=1&n=2&q=a%20b%26c%3Dd&currency=KES answers 204\n",
                "ok");
    }

    @Test
    void a_path_reaches_no_other_host() throws Exception {
        assertError(
                "http.get('billing', 'accounts')",
                "http.get: the path must begin with /; the host is that of the upstream, and a call reaches no other");
        assertError(
                "http.get('billing', 'http://evil/')",
                "http.get: the path must begin with /; the host is that of the upstream, and a call reaches no other");
        assertError(
                "http.get('billing', '//evil/x')",
                "http.get: the path has //; a call reaches no other host than the upstream's");
        assertError(
                "http.get('billing', '/@evil')",
                "http.get: the path has '@' at 2; write {name} there, and the value into the option path");
        assertError(
                "http.get('billing', '/\\\\evil')",
                "http.get: the path has '\\' at 2; write {name} there, and the value into the option path");
        assertError(
                "http.get('billing', '/x\\r\\nHost: evil')",
                "http.get: the path has the octet 0x0d at 3; write {name} there, and the value into the option path");
        assertError(
                "http.get('billing', '/x\\0')",
                "http.get: the path has the octet 0x00 at 3; write {name} there, and the value into the option path");
        assertError(
                "http.get('billing', '/x?a=b')",
                "http.get: the path has '?' at 3; give the query with the option query");
        assertError(
                "http.get('billing', '/x#y')",
                "http.get: the path has '#' at 3; write {name} there, and the value into the option path");
        assertError(
                "http.get('billing', '/a/../b')",
                "http.get: the path has the part '..', which would lead to another path");
        assertError(
                "http.get('billing', '/a/%2e%2E/b')",
                "http.get: the path has the part '..', which would lead to another path");
        assertError(
                "http.get('billing', '/a/{v}/b', {path = {v = '..'}})",
                "http.get: the path has the part '..', which would lead to another path");
        assertError(
                "http.get('billing', '/a/{v}{v}', {path = {v = '.'}})",
                "http.get: the path has the part '..', which would lead to another path");
        assertError(
                "http.get('billing', '/a%2')",
                "http.get: the path has '%' at 3; write {name} there, and the value into the option path");
    }

    @Test
    void the_names_in_braces_and_the_values_belong_together() throws Exception {
        assertError(
                "http.get('billing', '/a/{v}')",
                "http.get: the path needs a value for {v}; give it with the option path = {v = ...}");
        assertError(
                "http.get('billing', '/a', {path = {v = 1}})",
                "http.get: option path: the path has no {v}; write it into the path, or remove the value");
        assertError(
                "http.get('billing', '/a/{v}', {path = {v = ''}})",
                "http.get: option path: v is empty, and a part of a path must not be");
        assertError(
                "http.get('billing', '/a/{v}', {path = {v = {}}})",
                "http.get: option path: v: a string, a finite number, a decimal or a boolean expected, got table");
        assertError(
                "http.get('billing', '/a/{v}', {path = {v = 0/0}})",
                "~ main.lua:1: http.get: option path: v: a string, .* expected, got -?nan");
        assertError(
                "http.get('billing', '/a/{v}', {path = {v = '\\0'}})",
                "http.get: option path: v: a text with a NUL cannot be part of an address");
    }

    @Test
    void wrong_arguments_are_errors_of_the_line_that_has_them() throws Exception {
        assertError(
                "http.get('b' .. 'iling', '/x')",
                "http.get: there is no upstream 'biling'; did you mean billing?");
        assertError(
                "http.get('x' .. 'yz', '/x')",
                "http.get: there is no upstream 'xyz'; the rules have billing, crm");
        assertError(
                "http.get('billing', '/x', {['headr'] = {}})",
                "http.get: unknown option 'headr'; did you mean headers?");
        assertError(
                "http.get('billing', '/x', {['zzzzzzzz'] = 1})",
                "http.get: unknown option 'zzzzzzzz'; allowed are query, headers, path, json, form, body, timeout, idempotency_key");
        assertError(
                "http.get('billing', '/x', {headers = {Host = 'evil'}})",
                "http.get: option headers: Host belongs to the connection, and the engine sets it; remove it");
        assertError(
                "http.get('billing', '/x', {headers = {['content-length'] = 5}})",
                "http.get: option headers: content-length belongs to the connection, and the engine sets it; remove it");
        assertError(
                "http.get('billing', '/x', {headers = {['X-A'] = 'a\\r\\nb'}})",
                "~ main.lua:1: http.get: option headers: the value of X-A has a line break.*");
        assertError(
                "http.get('billing', '/x', {headers = {['X A'] = 'a'}})",
                "~ main.lua:1: http.get: option headers: 'X A'; allowed is the name of a header.*");
        assertError(
                "http.get('billing', '/x', {json = {}})",
                "http.get: option json: a GET has no body; use http.post, or query");
        assertError(
                "http.post('billing', '/x', {json = {}, body = ''})",
                "http.post: the options json and body: one of them at most");
        assertError(
                "http.post('billing', '/x', {form = 'a'})",
                "http.post: option form: a table expected, got string");
        assertError(
                "http.post('billing', '/x', {json = {f = print}})",
                "http.post: a function has no form in JSON");
        assertError(
                "http.post('billing', '/x', {query = {'a'}})",
                "http.post: option query: values by names expected, got the key 1");
        assertError(
                "http.get('billing', '/x', {timeout = '11m'})",
                "~ main.lua:1: http.get: option timeout: more than 0 and at most 10m: .*; got the text \"11m\"");
        assertError(
                "http.get('billing', '/x', {timeout = 0})",
                "~ main.lua:1: http.get: option timeout: more than 0 and at most 10m: .*; got 0");
        assertError(
                "http.post('billing', '/x', {idempotency_key = 'a b'})",
                "http.post: option idempotency_key: a text of 1 to 255 visible characters of ASCII expected");
        assertError("http.get('billing')", "http.get: path expected (string), got no value");
        assertError(
                "http.get('billing', '/x', 'y')", "http.get: options expected (table), got string");
        assertError(
                "(function() local t = {} t.t = t return http.post('billing', '/x', {json = t}) end)()",
                "http.post: more than 64 levels, or a table that contains itself");
    }

    @Test
    void a_wrong_name_is_found_before_the_script_runs() throws Exception {
        assertThatThrownBy(() -> configuration("return http.get('biling', '/x')"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("main.lua:1:")
                .hasMessageContaining(
                        "http.get: there is no upstream 'biling'; did you mean billing?");
        assertThatThrownBy(() -> configuration("return http.get('billing', '/x?y=z')"))
                .hasMessageContaining("http.get: the path has '?' at 3");
    }

    @Test
    void what_was_called_is_checked_by_a_part_of_it() throws Exception {
        String lua =
                """
                http.post("billing", "/topups", {json = {amount = 50, msisdn = "27", deep = {a = 1, b = {1, 2}}}, idempotency_key = "k1"})
                http.post("crm", "/notes", {form = {text = "a b", n = 1}})
                http.put("crm", "/raw", {body = "one\\ntwo", headers = {["Content-Type"] = "text/plain"}})
                return "ok"
                """;
        String givens =
                """
                given http POST billing /topups answers 201
                given http POST crm /notes answers 201
                given http PUT crm /raw answers 204
                """;
        assertThat(
                        failures(
                                lua,
                                "test \"good\"\n"
                                        + givens
                                        + """
                                        dial *1#
                                        respond ok
                                        http POST billing /topups {"amount":50.0}
                                        http POST billing /topups header idempotency-key=k1 {"deep":{"b":[1,2]}}
                                        http POST crm /notes "text=a+b&n=1"
                                        http PUT crm /raw header Content-Type=text/plain "one\\ntwo"
                                        http POST billing
                                        http PUT
                                        no http GET
                                        no http POST billing /topups {"amount":51}
                                        no http POST billing /other

                                        test "bad"
                                        """
                                        + givens
                                        + """
                                        dial *1#
                                        respond ok
                                        http POST billing /topups {"amount":51}
                                        no http
                                        http GET billing /topups
                                        """))
                .containsExactly(
                        "bad: http: expected such a call, but the nearest is POST billing /topups header Idempotency-Key=k1 {\"amount\":50,\"msisdn\":\"27\",\"deep\":{\"a\":1,\"b\":[1,2]}}",
                        "bad: http: expected no such call, but there was POST billing /topups header Idempotency-Key=k1 {\"amount\":50,\"msisdn\":\"27\",\"deep\":{\"a\":1,\"b\":[1,2]}}",
                        "bad: http: expected such a call, but the nearest is POST billing /topups header Idempotency-Key=k1 {\"amount\":50,\"msisdn\":\"27\",\"deep\":{\"a\":1,\"b\":[1,2]}}");
        assertThat(failures("return 'ok'", "test \"none\"\ndial *1#\nrespond ok\nno http\n"))
                .isEmpty();
    }

    @Test
    void a_call_given_twice_is_answered_in_turn_and_the_last_answer_stays() throws Exception {
        assertReturns(
                """
                local all = {}
                for i = 1, 4 do
                  local a, why = http.get("billing", "/x")
                  all[i] = a and a.body or why
                end
                return table.concat(all, " ")
                """,
                """
                given http GET billing /x answers 200 "one"
                given http GET billing /x answers closed
                given http GET billing /x answers 200 "three"
                """,
                "one closed three three");
    }

    @Test
    void answers_come_in_virtual_time_and_not_after_the_timeout() throws Exception {
        String lua =
                "local a, why = http.get('billing', '/x', {timeout = TIMEOUT}) return a and a.body or why";
        String test =
                """
                test "x"
                given http GET billing /x answers after 2s 200 "late"
                dial *1#
                wait 1999ms
                wait 1ms
                respond late
                """;
        assertThat(failures(lua.replace("TIMEOUT", "nil"), test)).isEmpty();
        assertThat(
                        failures(
                                lua.replace("TIMEOUT", "'1500ms'"),
                                test.replace(
                                        "wait 1999ms\nwait 1ms\nrespond late",
                                        "wait 1500ms\nrespond timeout")))
                .isEmpty();
        assertThat(
                        failures(
                                lua.replace("TIMEOUT", "nil"),
                                test.replace("after 2s 200 \"late\"", "after 2s closed")
                                        .replace("respond late", "respond closed")))
                .isEmpty();
    }

    @Test
    void a_call_that_no_given_answers_fails_the_test_and_shows_the_nearest() throws Exception {
        assertThat(
                        failures(
                                "local a, why = http.get('billing', '/accounts/1', {query = {currency = 'KES'}}) return why",
                                """
                                test "x"
                                given http GET billing /accounts/1 answers 200 {}
                                given http POST crm /else answers 200 {}
                                dial *1#
                                respond connect
                                """))
                .containsExactly(
                        "x: no 'given http' answers http.get: GET billing /accounts/1?currency=KES; the nearest is: given http GET billing /accounts/1");
    }

    @Test
    void a_test_that_fails_names_the_givens_that_nothing_has_used() throws Exception {
        String dialog =
                """
                test "passes"
                given http GET billing /x answers 200 "two"
                dial *1#
                respond two

                test "fails"
                given http GET billing /x answers 200 "one"
                given http GET billing /x answers 200 "two"
                given http GET billing /x answers 200 "three"
                given http POST crm /x answers 201
                  {"id": 1,
                   "name": "a"}
                dial *1#
                respond three
                """;
        List<TestResult> results =
                results("http.get('billing', '/x') return http.get('billing', '/x').body", dialog);
        assertThat(results.getFirst().unused()).isEmpty();
        assertThat(FailureText.of(results.getLast(), Paint.PLAIN))
                .contains(
                        """

                          never used: given http GET billing /x answers 200 "three"
                          never used: given http POST crm /x answers 201 ...

                          the conversation:
                        """);
    }

    @Test
    void a_test_that_passes_may_have_givens_that_nothing_uses() throws Exception {
        List<TestResult> results =
                results(
                        "return 'ok'",
                        "test \"x\"\ngiven http GET billing /x answers 204\ndial *1#\nrespond ok\n");
        assertThat(results.getFirst().status()).isEqualTo(TestResult.Status.PASSED);
        assertThat(results.getFirst().unused()).isEmpty();
    }

    @Test
    void a_line_that_is_not_as_it_should_be_is_found_where_it_stands() {
        for (String[] it :
                new String[][] {
                    {"given http", "http", "'given' takes one of"},
                    {"given http GET billing /x", "", "the line ends too early: 'answers' must"},
                    {"given http GET billing /x answrs 200", "answrs", "unexpected 'answrs'"},
                    {"given http get billing /x answers 200", "get", "write GET in capital"},
                    {"given http FETCH billing /x answers 200", "FETCH", "a method must come next"},
                    {"given http GET bil/ling /x answers 200", "bil/", "the name of an upstream"},
                    {"given http GET billing x answers 200", "x", "unexpected 'x': a path that"},
                    {"given http GET billing /x answers 99", "99", "a status from 100 to 599"},
                    {
                        "given http GET billing /x answers slow",
                        "slow",
                        "or one of timeout, connect"
                    },
                    {"given http GET billing /x answers after 2h 200", "2h", "such as 500ms, 2s"},
                    {
                        "given http GET billing /x answers busy now",
                        "now",
                        "nothing may follow 'busy'"
                    },
                    {"given http GET billing\n /x answer 200", "answer", "unexpected 'answer'"},
                    {"given http GET billing /x answers 200 {\"a\"", "{", "the body is not JSON"},
                    {
                        "given http GET billing /x answers 200 hello",
                        "hello",
                        "put a text that is none in quotes"
                    },
                    {"given http GET billing /x answers 200 \"a", "\"a", "has no end"},
                    {
                        "given http GET billing /x answers 200 \"a\\b\"",
                        "\\b",
                        "\\b in a text in quotes"
                    },
                    {"given http GET billing /%zz answers 200", "/%zz", "a % without two"},
                }) {
            assertThatThrownBy(
                            () ->
                                    DialogFile.of(
                                                    folder.resolve("x.dialog"),
                                                    "test \"x\"\n" + it[0] + "\ndial *1#\n")
                                            .tests())
                    .as(it[0])
                    .hasMessageContaining("x.dialog:" + place(it[0], it[1]))
                    .hasMessageContaining(it[2]);
        }
        assertThatThrownBy(
                        () ->
                                DialogFile.of(
                                                folder.resolve("x.dialog"),
                                                "test \"x\"\ndial *1#\nhttp POST billing /x {a\n")
                                        .tests())
                .hasMessageContaining("x.dialog:3:")
                .hasMessageContaining("the body is not JSON");
    }

    /** Line and column of the word that is wrong; the lines are the second and the third. */
    private static String place(String lines, String word) {
        int at = word.isEmpty() ? lines.length() : lines.lastIndexOf(word);
        int line = lines.lastIndexOf('\n', at - 1) + 1;
        return (line == 0 ? 2 : 3) + ":" + (at - line + 1) + ":";
    }

    @Test
    void a_variable_before_the_word_that_is_wrong_hides_its_place_only() {
        assertThatThrownBy(
                        () ->
                                DialogFile.of(
                                                folder.resolve("x.dialog"),
                                                """
                                                test "${n}"
                                                each n
                                                     12345
                                                given http GET billing /${n} answers never
                                                dial *1#
                                                """)
                                        .tests())
                .hasMessageContaining("x.dialog:4:12:")
                .hasMessageContaining("unexpected 'never'");
    }

    @Test
    void a_body_may_go_on_in_further_lines() throws Exception {
        assertReturns(
                "return http.get('billing', '/x').json.list[2].name",
                "given http GET billing /x answers 200 {\"list\": [\n  {\"name\": \"a\"},\n  {\"name\": \"b\"}]}\n",
                "b");
    }

    @Test
    void what_comes_is_charged_to_the_script() throws Exception {
        assertThat(
                        failures(
                                "while true do http.get('billing', '/x') end",
                                "test \"x\"\ngiven http GET billing /x answers 200 \""
                                        + "x".repeat(5000)
                                        + "\"\ndial *1#\nrespond ~ .*\nedr USSD-SHUTDOWN EXCEPTION~\".*max_memory.*\"\n"))
                .isEmpty();
    }

    @Test
    void a_secret_goes_out_in_clear_and_is_a_mask_where_it_is_recorded() throws Exception {
        assertThat(
                        failures(
                                """
                                local pin = ussd.menu("PIN?", {secret = true})
                                local a = http.post("billing", "/pins/{pin}", {path = {pin = pin}, json = {pin = pin}})
                                return "ok"
                                """,
                                """
                                test "x"
                                given http POST billing /pins/1234 answers 204
                                dial *1#
                                menu PIN?
                                answer 1234
                                respond ok
                                http POST billing /pins/1234 {"pin":"1234"}
                                """))
                .isEmpty();
    }

    @Test
    void a_recorded_answer_is_a_given_that_answers_the_same() {
        assertThat(
                        CallLine.given(
                                HttpBench.request("GET", "/x?a=b"),
                                new Exchange.Failure(Exchange.Why.TOO_LARGE, "d")))
                .isEqualTo("GET billing /x?a=b answers too_large");
        assertThat(given("application/json", "{\"a\":\n 1}"))
                .isEqualTo("GET billing /x answers 200 {\"a\":  1}");
        assertThat(given("application/json", "{broken"))
                .isEqualTo("GET billing /x answers 200 \"{broken\"");
        assertThat(given("text/html", "a\n\"b\""))
                .isEqualTo("GET billing /x answers 200 \"a\\n\\\"b\\\"\"");
        assertThat(given("text/html", "")).isEqualTo("GET billing /x answers 200");
    }

    private static String given(String type, String body) {
        String text =
                CallLine.given(
                        HttpBench.request("GET", "/x"),
                        new Exchange.Answer(
                                200,
                                java.util.Map.of("content-type", type),
                                io.moondial.script.lua.LuaString.of(body)));
        assertThat(HttpStandIn.objection(io.moondial.script.api.Backend.Line.GIVEN, text))
                .isEmpty();
        return text;
    }
}
