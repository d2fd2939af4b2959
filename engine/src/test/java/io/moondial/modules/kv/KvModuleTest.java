package io.moondial.modules.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The functions in scripts, their settings, and their words in dialog tests. */
class KvModuleTest {
    private static final List<ApiModule> MODULES = BuiltInModules.create();

    @TempDir Path folder;

    private Configuration configuration(String script, String section) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), script);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}\n" + section);
        return Configuration.read(rules, CompilationObserver.NONE, MODULES);
    }

    private List<String> failures(String script, String section, String dialog) throws Exception {
        return new Suite(
                        configuration(script, section),
                        DialogFile.of(folder.resolve("x.dialog"), dialog).tests(MODULES),
                        new Suite.Options(1, false))
                .run(it -> {}).stream()
                        .flatMap(
                                it ->
                                        it.failures().stream()
                                                .map(
                                                        fault ->
                                                                it.test().name()
                                                                        + ": "
                                                                        + fault.message()))
                        .toList();
    }

    /** What the script returns. */
    private void assertReturns(String script, String expected) throws Exception {
        assertThat(
                        failures(
                                script,
                                "",
                                "test \"t\"\nfrom 27761485722\ndial *1#\nrespond \""
                                        + expected.replace("\"", "\\\"")
                                        + "\"\n"))
                .isEmpty();
    }

    /** The error that the script ends with. */
    private void assertRaises(String script, String section, String words) throws Exception {
        assertThat(
                        failures(
                                script,
                                section,
                                "test \"t\"\ndial *1#\nabort\nedr USSD-SHUTDOWN EXCEPTION~\".*"
                                        + words.replaceAll("[^A-Za-z0-9 ':,;_]", ".")
                                        + ".*\"\n"))
                .isEmpty();
    }

    @Test
    void every_kind_of_value_comes_back() throws Exception {
        assertReturns(
                """
                local values = {"text", "a\\0b", 12, -0.5, true, false, decimal("12.50"), 2^53}
                for i, v in ipairs(values) do
                  assert(kv.set("b", "k" .. i, v) == true)
                  local back, why = kv.get("b", "k" .. i)
                  assert(back == v and why == nil and type(back) == type(v), i)
                end
                assert(tostring(kv.get("b", "k7")) == "12.50")
                kv.set("b", "t", {name = "x", list = {1, 2, {deep = decimal("0.10")}}})
                local t = kv.get("b", "t")
                assert(t.name == "x" and #t.list == 3 and tostring(t.list[3].deep) == "0.10")
                return "good"
                """,
                "good");
    }

    @Test
    void a_missing_key_is_one_nil_and_a_failure_says_why() throws Exception {
        String script =
                """
                local function count(...) return select("#", ...), ... end
                local n, v, why, detail = count(kv.get("prefs", "nobody"))
                local m, w = count(kv.ttl("prefs", "nobody"))
                return n .. " " .. tostring(v) .. " " .. tostring(why) .. " " .. m .. " " .. type(detail)
                """;
        assertThat(
                        failures(
                                script,
                                "",
                                """
                                test "missing"
                                dial *1#
                                respond 1 nil nil 1 nil

                                test "failing"
                                given kv prefs fails timeout
                                dial *1#
                                respond 3 nil timeout 3 string

                                test "unavailable"
                                given kv prefs fails unavailable
                                dial *1#
                                respond 3 nil unavailable 3 string
                                """))
                .isEmpty();
    }

    @Test
    void a_count_beyond_2_to_the_53_is_a_decimal() throws Exception {
        assertReturns(
                """
                assert(kv.incr("c", "k") == 1)
                assert(kv.incr("c", "k", 2^53 - 1) == 2^53)
                local sum = kv.incr("c", "k", 1)
                assert(type(sum) ~= "number" and tostring(sum) == "9007199254740993")
                assert(tostring(kv.get("c", "k")) == "9007199254740993")
                assert(kv.incr("c", "k", decimal("-9007199254740993")) == 0)
                kv.incr("c", "big", decimal("9223372036854775807"))
                local ok, why = pcall(kv.incr, "c", "big")
                assert(not ok)
                kv.set("c", "text", "12")
                local ok2, why2 = pcall(kv.incr, "c", "text")
                assert(not ok2 and kv.get("c", "text") == "12")
                assert(why:find("kv.incr: bucket 'c', key 'big': the sum would have more than 64 bits", 1, true))
                return why2:gsub("^.-: ", "")
                """,
                "kv.incr: bucket 'c', key 'text': what is there is no whole number");
    }

    @Test
    void add_cas_delete_and_ttl_say_what_happened() throws Exception {
        assertReturns(
                """
                local b = "b"
                assert(kv.add(b, "a", 1) == true and kv.add(b, "a", 2) == false)
                assert(kv.cas(b, "a", 2, 3) == false and kv.cas(b, "a", 1, {x = 1}) == true)
                assert(kv.cas(b, "a", {x = 2}, 4) == false and kv.cas(b, "a", {x = 1}, 4) == true)
                assert(kv.cas(b, "n", nil, "new", {ttl = "1h"}) == true and kv.cas(b, "n", nil, "x") == false)
                assert(kv.ttl(b, "n") == 3600 and kv.ttl(b, "a") == false)
                assert(kv.cas(b, "n", "new", nil) == true and kv.get(b, "n") == nil)
                assert(kv.delete(b, "a") == true and kv.delete(b, "a") == false)
                assert(kv.set(b, "t", 1, {ttl = 1.5}) and kv.ttl(b, "t") == 1.5)
                assert(kv.incr(b, "i", 5, {ttl = "500ms"}) == 5 and kv.ttl(b, "i") == 0.5)
                assert(kv.set(b, 27761485722, "n") and kv.get(b, "27761485722") == "n")
                return "good"
                """,
                "good");
    }

    @Test
    void values_expire_in_virtual_time() throws Exception {
        assertThat(
                        failures(
                                """
                                kv.set("otp", "k", 1234, {ttl = "5m"})
                                ussd.menu("Code?", {timeout = "10m"})
                                return tostring(kv.get("otp", "k"))
                                """,
                                "",
                                """
                                test "in time"
                                dial *1#
                                menu Code?
                                kv otp k 1234 ttl 5m
                                wait 4m
                                kv otp k 1234 ttl 1m
                                answer 1
                                respond 1234

                                test "too late"
                                dial *1#
                                menu Code?
                                wait 5m
                                no kv otp
                                answer 1
                                respond nil
                                """))
                .isEmpty();
    }

    @Test
    void a_test_gives_and_checks_values_and_has_a_store_of_its_own() throws Exception {
        assertThat(
                        failures(
                                """
                                local request = ...
                                local lang = kv.get("prefs", request.msisdn) or "en"
                                kv.incr("visits", request.msisdn)
                                kv.set("last", "a key", {code = request.text, amounts = {decimal("1.50"), 2}})
                                return tostring(lang)
                                """,
                                "",
                                """
                                test "nothing given"
                                from 27761485722
                                dial *1#
                                respond en
                                kv visits 27761485722 1
                                no kv prefs
                                no kv visits 27761485723
                                kv last "a key" {"amounts":[1.5,2],
                                                 "code":"*1#"}

                                test "given"
                                from 27761485722
                                given kv prefs 27761485722 sw
                                given kv visits 27761485722 41
                                given kv other k decimal("2.50") ttl 30m
                                dial *1#
                                respond sw
                                kv visits 27761485722 42
                                no kv visits 27761485722 41
                                kv other k 2.5
                                kv other k decimal("2.50")

                                test "a quoted value is a text"
                                from 27761485722
                                given kv prefs 27761485722 "12 ttl 30m"
                                dial *1#
                                respond 12 ttl 30m
                                """))
                .isEmpty();
    }

    @Test
    void a_check_that_fails_says_what_is_there() throws Exception {
        assertThat(
                        failures(
                                "kv.set('b', 'one', decimal('1.50')) kv.set('b', 'two', 'x', {ttl = 60}) return 'x'",
                                "",
                                """
                                test "t"
                                dial *1#
                                respond x
                                kv b three 1
                                kv b one 2
                                kv b two x ttl 30s
                                kv b two y
                                no kv b one
                                no kv b
                                kv c one
                                """))
                .containsExactly(
                        "t: kv: expected three in b, but there is none; the bucket has one, two",
                        "t: kv: expected one in b to be 2, but it is decimal(\"1.50\")",
                        "t: kv: expected two in b to have a ttl of 30000 ms, but it has 60000 ms",
                        "t: kv: expected two in b to be y, but it is \"x\"",
                        "t: kv: expected one in b not to be there, but it is decimal(\"1.50\")",
                        "t: kv: expected nothing in b, but the bucket has one, two",
                        "t: kv: expected one in c, but there is none; the bucket is empty");
    }

    @Test
    void a_line_is_checked_where_it_stands() {
        String test = "test \"x\"\ndial *1#\n";
        for (String bad :
                List.of(
                        "given kv prefs",
                        "given kv 1prefs k v",
                        "given kv prefs k null",
                        "given kv prefs k {\"a\":",
                        "given kv prefs k v ttl 30",
                        "given kv prefs k decimal(\"1,5\")",
                        "given kv prefs fails often",
                        "kv prefs",
                        "no kv pr?fs")) {
            String dialog =
                    bad.startsWith("given")
                            ? "test \"x\"\n" + bad + "\ndial *1#\n"
                            : test + bad + "\n";
            assertThatThrownBy(
                            () -> DialogFile.of(folder.resolve("x.dialog"), dialog).tests(MODULES),
                            bad)
                    .hasMessageContaining("x.dialog:")
                    .hasMessageContaining("kv");
        }
    }

    @Test
    void wrong_arguments_are_errors_at_the_line() throws Exception {
        assertRaises(
                "\nkv.get(('1b'):sub(1), 'k')",
                "",
                "main.lua:2: kv.get: bucket '1b'; allowed is the name");
        assertRaises("kv.get('b', '')", "", "main.lua:1: kv.get: the key is empty");
        assertRaises("kv.get('b')", "", "kv.get: key expected (string), got no value");
        assertRaises(
                "kv.get('b', string.rep('x', 513))",
                "",
                "kv.get: the key has 513 octets; at most 512 are allowed (kv: max_key)");
        assertRaises(
                "kv.set('b', 'k', nil)",
                "",
                "kv.set: the value is nil; kv.delete takes a key away");
        assertRaises("kv.set('b', 'k', print)", "", "kv.set: a function cannot be kept");
        assertRaises(
                "kv.set('b', 'k', 1, {['tll'] = 5})",
                "",
                "kv.set: unknown option 'tll'; allowed is ttl");
        for (String ttl : List.of("0", "-1", "'30'", "'1w'", "true", "0/0", "1e300")) {
            assertRaises(
                    "kv.set('b', 'k', 1, {['ttl'] = " + ttl + "})", // check judges a plain ttl
                    "",
                    "kv.set: option ttl: more than 0");
        }
        assertRaises("kv.incr('b', 'k', 1.5)", "", "kv.incr: by: a whole number up to 2^53");
        assertRaises("kv.incr('b', 'k', '5')", "", "kv.incr: by: a whole number");
    }

    @Test
    void a_secret_answer_is_neither_a_value_nor_a_key() throws Exception {
        for (String call :
                List.of(
                        "kv.set('b', 'k', pin)",
                        "kv.add('b', 'k', {pin = pin})",
                        "kv.cas('b', 'k', nil, pin)",
                        "kv.cas('b', 'k', pin, 1)")) {
            assertThat(
                            failures(
                                    "local pin = ussd.menu('PIN?', {secret = true}) " + call,
                                    "",
                                    """
                                    test "t"
                                    dial *1#
                                    menu PIN?
                                    answer 1234
                                    abort
                                    edr USSD-SHUTDOWN EXCEPTION~".*the value is, or holds, a secret answer.*"
                                    no kv b
                                    """))
                    .as(call)
                    .isEmpty();
        }
        assertThat(
                        failures(
                                "local pin = ussd.menu('PIN?', {secret = true}) kv.get('b', pin)",
                                "",
                                """
                                test "t"
                                dial *1#
                                menu PIN?
                                answer 1234
                                abort
                                edr USSD-SHUTDOWN EXCEPTION~".*the key is a secret answer.*"
                                """))
                .isEmpty();
    }

    @Test
    void a_value_that_is_too_large_is_a_failure_and_leaves_what_was_there() throws Exception {
        assertThat(
                        failures(
                                """
                                kv.set("b", "k", "old")
                                local big = string.rep("x", 1025)
                                local r = {}
                                for _, call in ipairs({
                                  function() return kv.set("b", "k", big) end,
                                  function() return kv.add("b", "n", {big}) end,
                                  function() return kv.cas("b", "k", "old", big) end,
                                }) do
                                  local ok, why, detail = call()
                                  assert(ok == nil)
                                  r[#r + 1] = why
                                end
                                assert(kv.set("b", "fits", string.rep("x", 1024)))
                                assert(kv.cas("b", "k", big, "x") == false)
                                return table.concat(r, " ")
                                """,
                                "kv: {max_value: 1KiB}\n",
                                """
                                test "t"
                                dial *1#
                                respond too_large too_large too_large
                                kv b k old
                                """))
                .isEmpty();
    }

    @Test
    void a_bucket_that_the_rules_do_not_list_is_found_by_check_and_refused_in_a_run()
            throws Exception {
        String section = "kv: {buckets: {language: {ttl: 90d}, visits: {}}}\n";
        assertThatThrownBy(() -> configuration("\nkv.get('langage', 'k')", section))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("main.lua:2:")
                .hasMessageContaining(
                        "bucket 'langage' is none of those that the rules list under kv: buckets; did you mean language?");
        assertThatThrownBy(
                        () -> configuration("return menu.flow(print,\n  {resume = '2m'})", section))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "main.lua:2:4: menu.flow: option resume: bucket 'menu.flow' is none of those that the rules list under kv: buckets");
        assertRaises(
                "local b = 'lang' .. 'age' b = b:sub(1, 4) kv.get(b, 'k')",
                section,
                "kv.get: bucket 'lang' is none of those that the rules list under kv: buckets");
        assertThat(
                        failures(
                                "kv.set('language', 'k', 'sw') kv.incr('visits', 'k') kv.set('language', 's', 1, {ttl = 60}) return 'x'",
                                section,
                                """
                                test "t"
                                dial *1#
                                respond x
                                kv language k sw ttl 90d
                                kv language s 1 ttl 60s
                                no kv visits k 1 ttl 90d

                                test "a given is held to the list too"
                                given kv langage k v
                                dial *1#
                                respond x
                                """))
                .hasSize(1)
                .first()
                .asString()
                .contains("given kv langage k v: bucket 'langage' is none of those");
    }

    @Test
    void the_bucket_of_flows_is_refused_by_check_where_a_script_names_it_and_not_to_flows()
            throws Exception {
        assertThatThrownBy(() -> configuration("\nkv.get('menu.flow', 'k')", ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("main.lua:2:")
                .hasMessageContaining("bucket 'menu.flow' is the engine's own");
        for (String section : List.of("", "kv: {buckets: {menu.flow: {ttl: 90d}}}\n")) {
            assertThat(configuration("return menu.flow(print, {resume = '2m'})", section))
                    .isNotNull();
        }
    }

    @Test
    void settings_that_do_not_fit_are_problems_at_their_place() throws Exception {
        for (String[] bad :
                new String[][] {
                    {"kv: {store: mysql}", "one of sqlite, memory, redis"},
                    {"kv: {store: redis}", "redis needs the section redis, with its nodes"},
                    {
                        "kv: {store: redis, redis: {nodes: []}}",
                        "nodes: found a list; allowed is a list"
                    },
                    {"kv: {store: redis, redis: {nodes: [localhost]}}", "a host and a port"},
                    {"kv: {store: redis, redis: {nodes: [\"h:0\"]}}", "a port is from 1 to 65535"},
                    {
                        "kv: {store: redis, redis: {nodes: [\"h:1\"], user: u}}",
                        "a user needs a password"
                    },
                    {
                        "kv: {store: redis, redis: {nodes: [\"h:1\"], password: hidden}}",
                        "a secret is not written here"
                    },
                    {
                        "kv: {store: redis, timeout: 1s, redis: {nodes: [\"h:1\"], connect_timeout: 2s}}",
                        "longer than timeout of kv"
                    },
                    {"kv: {max_value: 2MiB}", "max_value"},
                    {"kv: {sync_interval: 1h}", "sync_interval"},
                    {"kv: {memory: {max_keys: 0}}", "max_keys"},
                    {"kv: {buckets: {1st: {}}}", "the name of a bucket"},
                    {"kv: {buckets: {b: {ttl: 0s}}}", "ttl"},
                    {"kv: {stor: memory}", "did you mean store?"},
                }) {
            assertThatThrownBy(() -> configuration("return 'x'", bad[0] + "\n"))
                    .as(bad[0])
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("rules.yaml:2:")
                    .hasMessageContaining(bad[1])
                    .message()
                    .doesNotContain("hidden");
        }
        assertThat(
                        configuration(
                                        "return 'x'",
                                        "kv: {store: redis, redis: {nodes: [\"10.0.0.1:6379\", \"[::1]:6380\"], tls: {}}}\n")
                                .rules()
                                .print())
                .contains("10.0.0.1:6379", "[::1]:6380");
    }

    @Test
    void what_a_store_does_not_use_is_a_warning() throws Exception {
        assertThat(
                        configuration(
                                        "return 'x'",
                                        "kv: {store: memory, file: x.db, redis: {nodes: [\"h:1\"]}}\n")
                                .warnings())
                .extracting(Object::toString)
                .anyMatch(it -> it.contains("file: it is not used: store is memory"))
                .anyMatch(it -> it.contains("redis: it is not used: store is memory"));
    }
}
