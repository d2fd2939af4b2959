package io.moondial.script;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem;
import io.moondial.script.api.Backends;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What compiles and fails once it is reached. */
class LintTest {
    /** Octets of a script. */
    private static final int MOST = 1 << 20;

    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    private List<String> found(String... globals) {
        ScriptRelease release = bench.compile();
        assertThat(release.problems()).isEmpty();
        return release.lint(Set.of(globals), Backends.Settings.NONE).stream()
                .map(Problem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }

    private List<String> foundIn(String lua) {
        bench.file("main.lua", lua);
        return found();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // misspelt functions
                "ussd.respnd('x')|1:6: 'ussd' has no 'respnd'; did you mean 'respond'?",
                "local u = require 'ussd' if ... then u.respnd('x') end|1:40: 'ussd' has no 'respnd'; did you mean 'respond'?",
                "local e = edr local f = e.wirte|1:27: 'edr' has no 'wirte'; did you mean 'write'?",
                "require('json').encod({})|1:17: 'json' has no 'encod'; did you mean 'encode'?",
                "local function f() return log['inf'] end|1:31: 'log' has no 'inf'; did you mean 'info'?",
                "return string.uper('x')|1:15: 'string' has no 'uper'; did you mean 'upper'?",
                "return string.trim('x')|1:15: 'string.trim' is not in Lua 5.2: s:match(\"^%s*(.-)%s*$\") does it",
                "return table.getn({})|1:14: 'table.getn' is not in Lua 5.2: Lua 5.2 has #t",
                "return os.getenv('HOME')|1:11: 'os.getenv' is left out in this release: the rule's globals configure a script",
                // globals
                "totl = totl + 1|1:8: undefined global 'totl'",
                "total = 0 if ... then totl = totl + 1 end|1:30: undefined global 'totl'; did you mean 'total'?",
                "local t = 1 return function() return tt end|1:38: undefined global 'tt'; did you mean 't'?",
                // of names as near, that of a local in scope
                "local pin = 1 AMOUNT = pinn|1:24: undefined global 'pinn'; did you mean 'pin'?",
                "local pin = 1 function f() return pinn end|1:35: undefined global 'pinn'; did you mean 'pin'?",
                "local used = 1 return usd|1:23: undefined global 'usd'; did you mean 'used'?",
                "local pins = 1 return prin('x')|1:23: undefined global 'prin'; did you mean 'print'?",
                "do local pin = 1 end AMOUNT = pinn|1:31: undefined global 'pinn'; did you mean 'print'?",
                "AMOUNT = pinn local pin = 1|1:10: undefined global 'pinn'; did you mean 'print'?",
                "local pin = 1 return _G.pinn|1:25: undefined global 'pinn'; did you mean 'print'?",
                "function f() return g() end return f()|1:21: undefined global 'g'",
                "do local inner = 1 end return inner|1:31: undefined global 'inner'",
                "for i = 1, 2 do end return i|1:28: undefined global 'i'",
                "local x = x|1:11: undefined global 'x'",
                "return _G.nothing|1:11: undefined global 'nothing'",
                "return unpack({})|1:8: 'unpack' is not in Lua 5.2: Lua 5.2 has table.unpack",
                "return io.open('x')|1:8: 'io' is left out in this release: a script cannot use files",
                "if sesion then session = 1 end|1:4: undefined global 'sesion'; did you mean 'session'?",
                "function f(x) if x then count = count + 1 end end|1:33: undefined global 'count'",
                "return pritn('x')|1:8: undefined global 'pritn'; did you mean 'print'?",
                "-- é\\nreturn 'é', usd|2:13: undefined global 'usd'; did you mean 'ussd'?",
                // options
                "menu.ask{'x', chek = '^1$'}|1:15: menu.ask: unknown option 'chek'; did you mean check?",
                "menu.flow(function() end, {back = '0', resme = '2m'})|1:40: menu.flow: unknown option 'resme'; did you mean resume?",
                "local m = require 'menu' m.ask{check = m.amount{maxi = 5}, 'x'}|1:49: menu.amount: unknown option 'maxi'; did you mean max?",
                "http.post('x', '/y', {jsn = {a = 1}})|1:23: http.post: unknown option 'jsn'; did you mean json?",
                "kv.set('a', 'b', {ttl = 1, name = 2}, {tl = 5})|1:40: kv.set: unknown option 'tl'; did you mean ttl?",
                "ussd.menu('x', {colour = 1})|1:17: ussd.menu: unknown option 'colour'; allowed are dcs, keys, secret, timeout",
                // their values
                "menu.pin{digits = 'four'}|1:10: menu.pin: option digits: a whole number from 1 to 20; got the text \"four\"",
                "menu.pin{digits = 2.5}|1:10: menu.pin: option digits: a whole number from 1 to 20; got 2.5",
                "menu.ask{'x', tries = -1}|1:15: menu.ask: option tries: a whole number from 1 to 100; got -1",
                "menu.ask{'x', wrong = {}}|1:15: menu.ask: option wrong: a text; got an empty table",
                "menu.ask{'x', timeout = '5x'}|1:15: menu.ask: option timeout: more than 0 and at most 10m: seconds as a number, or a text with a unit like \"30s\", \"500ms\", \"2m\"; got the text \"5x\"",
                "menu.ask{'x', back = true}|1:15: menu.ask: option back: a text, or false; got true",
                "menu.choose{items = {}}|1:13: menu.choose: option items: a list of at least one item, each a text or {value, text}; got an empty table",
                "menu.list{fetch = {1}}|1:11: menu.list: option fetch: a function; got a table",
                "menu.date{min = '31.1.2026'}|1:11: menu.date: option min: a date such as 2026-01-31; got the text \"31.1.2026\"",
                "menu.flow(print, {back = 0})|1:19: menu.flow: option back: a text of 1 to 10 of the keys 0 to 9, * and #; got 0",
                "menu.flow(print, {resume = '5x'})|1:19: menu.flow: option resume: more than 0 and at most 24h: seconds as a number, or a text with a unit like \"90s\", \"2m\"; got the text \"5x\"",
                "menu.flow(print, {finally = 'x'})|1:19: menu.flow: option finally: a function; got the text \"x\"",
                "menu.flow(print, {back = '0', home = '0'})|1:31: menu.flow: options back and home: two values; got the text \"0\" twice",
                "ussd.menu('x', {secret = 'yes'})|1:17: ussd.menu: option secret: true or false; got the text \"yes\"",
                "ussd.menu('x', {dcs = 256})|1:17: ussd.menu: option dcs: a whole number from 0 to 255; got 256",
                "kv.set('a', 'b', 1, {ttl = 0})|1:22: kv.set: option ttl: more than 0 and at most 3650d: seconds as a number, or a text with a unit like \"30s\", \"15m\", \"90d\"; got 0",
                // modules
                "if ... then require 'nosuch' end|1:21: module 'nosuch' not found: the script folder has no nosuch.lua, no lib/nosuch.lua and no lib/nosuch/init.lua, and it is not built in",
                "return (require('nosuch'))|1:17: module 'nosuch' not found: the script folder has no nosuch.lua, no lib/nosuch.lua and no lib/nosuch/init.lua, and it is not built in",
            })
    void what_fails_when_it_is_reached_is_an_error_at_its_place(String lua, String problem) {
        assertThat(foundIn(lua.replace("\\n", "\n"))).contains("main.lua:" + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pcall(require, 'nosuch')",
                "local ok, m = pcall(function() return require 'nosuch' end)",
                "if false then require 'nosuch' end",
                "do return end require 'nosuch'",
                "if true then return 1 else require 'nosuch' end",
                "while false do require 'nosuch' end",
                "pcall(function() ussd.respnd('x') end)",
                "xpcall(function() totl = totl + 1 end, print)",
                "local u = ... and unpack({})",
                "if _VERSION == 'Lua 5.1' then setfenv(1, {}) end",
                "local b if not bit32 then b = require 'nosuch' end",
                "local b if jit then b = require 'nosuch' end",
                "local b if ... then b = require 'bit' end",
                "local function fast() return require 'lpeg' end",
                "for k, v in pairs({}) do _G[k] = v end return dynamic",
                "load('dynamic = 1')() return dynamic",
                "local _ENV = {made = 1} return made",
                "return (function(_ENV) return made end)({made = 1})",
                "_ENV = {made = 1} return made",
                "local n = 'x' rawset(_G, n .. 'y', 1) return xy",
            })
    void what_is_guarded_or_not_surely_reached_is_a_warning(String lua) {
        assertThat(foundIn(lua))
                .singleElement()
                .asString()
                .matches("main\\.lua:1:\\d+: warning: .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local total = 0 total = total + 1 return total",
                "total = 0 local function add() total = total + 1 end add() return total",
                "function helper() return helper end return helper()",
                "local function f(a, ...) local b = a return f(b, ...) end return f(1)",
                "local t = {} function t.f() return self end function t:g() return self.x end",
                "local t = {a = 1, ['b'] = 2; 3} return t.anything, t['more'], #t",
                "_G.made = 1 _G['too'] = 2 rawset(_G, 'three', 3) return made, too, three",
                "return rawget(_G, 'asked')",
                "for k in pairs(_G) do print(k) end",
                "local ussd = {respnd = print} ussd.respnd('x')",
                "local ussd = require 'ussd' ussd = {} ussd.respnd('x')",
                "if string.trim then print('x') end return table.getn",
                "local u = table.unpack or unpack",
                "local u = unpack or table.unpack",
                "local ok = _VERSION == 'Lua 5.1' and setfenv",
                "local jit_version = jit and jit.version",
                "if setfenv then setfenv(1, {}) end",
                "local load_text = loadstring or load return load_text('return 1')",
                "local codes = utf8 or {}",
                "local env = os.getenv and os.getenv('LANG')",
                "count = (count or 0) + 1",
                "session = nil; if session then print 'x' end",
                "if not started then started = true end",
                "function string.trim(s) return s end return string.trim('x')",
                "local s = string s.trim = print string.trim('x')",
                "for k, v in pairs({}) do string[k] = v end string.trim('x')",
                "if type(jit) == 'table' then print(jit.version, jit and 1) end",
                "return SCRIPT_NAME, SCRIPT_VERSION, INSTANCE_ID, _VERSION, _G",
                "local s = [[ totl = totl + 1 ]] --[[ ussd.respnd() ]] return s -- pritn",
                "local s = [==[ ]] pritn ]==] return s, 'pritn\\'', \"\\\"pritn\"",
                "goto done do end ::done:: return 1",
                "repeat local x = 1 until x",
                "return ('x'):rep(3), ('%d'):format(5), #'abc', -1 ^ 2, not nil, 0x1p-4, 1e+5, .5",
                "local a = function(x) return function() return x end end return a(1)()",
                "return function(...) local a, b = ... return a .. b, a == b, a ~= b, a <= b end",
                "print 'x' print [[y]] print {} json.decode '{}'",
                "local self = 1; ; return self;",
                // options: of a table that is written out, and of a function that has them
                "menu.ask{'x', check = menu.amount{min = 1}, back = false}",
                "menu.choose{title = 'x', items = {{red = 1}}, other = function() return {blue = 1} end}",
                "sql.query('bank', 'SELECT :a', {a = 1}) edr.write('E', {ANY = 1})",
                "local o = {chek = 1} o.x = 1 return menu.ask(o)",
                "pcall(menu.ask, {chek = 1})",
            })
    void what_is_right_is_not_told(String lua) {
        assertThat(foundIn(lua)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scripts",
                "engine/src/test/resources/io/moondial/dialogtest/failing/scripts"
            })
    void the_examples_and_the_scripts_of_tests_are_clean(String scripts) throws Exception {
        String root = Objects.requireNonNull(System.getProperty("moondial.root"));
        ScriptRelease release = bench.host().compile(Path.of(root, scripts));
        assertThat(release.problems()).isEmpty();
        assertThat(release.lint(Set.of("CURRENCY", "PRICES"), Backends.Settings.NONE)).isEmpty();
    }

    @Test
    void names_that_rules_give_are_known() {
        bench.file("main.lua", "return CURRENCY");
        assertThat(found("CURRENCY")).isEmpty();
        assertThat(found()).containsExactly("main.lua:1:8: undefined global 'CURRENCY'");
    }

    @Test
    void a_global_that_another_file_defines_is_known() {
        bench.file("main.lua", "require 'setup' return shared").file("lib/setup.lua", "shared = 1");
        assertThat(found()).isEmpty();
    }

    @Test
    void what_is_in_a_module_that_nothing_requires_is_a_warning() {
        bench.file("main.lua", "require 'used'")
                .file("lib/used.lua", "require 'deep'")
                .file("lib/deep.lua", "return ussd.respnd")
                .file("lib/unused.lua", "require 'nosuch' return ussd.respnd");
        assertThat(found())
                .containsExactly(
                        "lib/deep.lua:1:13: 'ussd' has no 'respnd'; did you mean 'respond'?",
                        "lib/unused.lua:1:9: warning: module 'nosuch' not found: the script folder has"
                                + " no nosuch.lua, no lib/nosuch.lua and no lib/nosuch/init.lua, and it is not built in",
                        "lib/unused.lua:1:30: warning: 'ussd' has no 'respnd'; did you mean"
                                + " 'respond'?");
        bench.file("main.lua", "require(('un') .. 'used')");
        assertThat(found()).noneMatch(it -> it.contains("warning"));
    }

    @Test
    void a_module_in_a_folder_is_one_that_is_there_and_another_is_told_with_both_its_places() {
        bench.file("main.lua", "require 'a.b' require 'a' require 'a.init' require 'a.c'")
                .file("lib/a/init.lua", "return require 'a.b'")
                .file("lib/a/b.lua", "return ussd.respnd");
        assertThat(found())
                .containsExactly(
                        "lib/a/b.lua:1:13: 'ussd' has no 'respnd'; did you mean 'respond'?",
                        "main.lua:1:52: module 'a.c' not found: the script folder has no lib/a/c.lua and no"
                                + " lib/a/c/init.lua, and it is not built in");
    }

    @Test
    void a_module_of_lib_may_look_for_others_where_it_does_not_itself_run() {
        bench.file("main.lua", "require 'vendored' if ... then require 'mony' end")
                .file(
                        "lib/vendored.lua",
                        "local function fast() return require 'fastlib' end if ... then require 'x' end");
        assertThat(found())
                .map(it -> it.replaceAll(" not found.*", ""))
                .containsExactly(
                        "lib/vendored.lua:1:38: warning: module 'fastlib'",
                        "lib/vendored.lua:1:72: warning: module 'x'",
                        "main.lua:1:40: module 'mony'");
        bench.file("lib/vendored.lua", "return require 'fastlib'");
        assertThat(found()).element(0).asString().startsWith("lib/vendored.lua:1:16: module");
    }

    @Test
    void of_a_module_that_is_refused_only_the_reason_is_told() {
        bench.file("main.lua", "require 'bl'").file("lib/bl.lua", new byte[1_200_000]);
        ScriptRelease release = bench.compile();
        assertThat(release.problems())
                .singleElement()
                .asString()
                .endsWith("lib/bl.lua: 1200000 octets long; a script may have 1048576 at most");
        assertThat(release.lint(Set.of(), Backends.Settings.NONE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "menu.pin{digits = 4, wrong = 7, back = false, home = 'Home', timeout = 2.5, tries = 0x3}",
                "menu.pin{digits = 'four' and 4, tries = nil, timeout = '30s' .. '', wrong = '\\\\n'}",
                "menu.pin{digits = ('four')}",
                "menu.choose{items = {'x'}, title = 1, other = function() end, more = '#'}",
                "menu.ask{'x', check = menu.digits{min = 1, max = 100}, default = 1}",
                "menu.ask{'x', check = menu.amount{min = -5, max = 1e3, places = 0}, secret = true}",
                "menu.flow(print, {back = '0', home = '00', resume = 90, direct = true, resumed_text = 'x'})",
                "menu.flow(print, {back = '1', direct = '*150', finally = print})"
            })
    void options_that_may_have_their_values_or_whose_values_are_made_are_not_named(String lua) {
        assertThat(foundIn(lua)).isEmpty();
    }

    @Test
    void a_secret_answer_that_becomes_part_of_a_text_is_a_warning() {
        assertThat(
                        foundIn(
                                """
                                local pin = ussd.menu("PIN?", {secret = true})
                                local name = ussd.menu("Name?", {timeout = 5})
                                log.info("%s", pin)
                                edr.write("T", {PIN = pin})
                                log.info("name " .. name)
                                log.info("pin " .. pin .. "!")
                                local s = string.format("%s", pin)
                                return ("%s"):format(pin)
                                """))
                .containsExactly(
                        "main.lua:6:20: warning: the secret answer in 'pin' becomes part of a text here:"
                                + " wherever that text is written, it is in clear",
                        "main.lua:7:31: warning: the secret answer in 'pin' becomes part of a text here:"
                                + " wherever that text is written, it is in clear",
                        "main.lua:8:22: warning: the secret answer in 'pin' becomes part of a text here:"
                                + " wherever that text is written, it is in clear");
    }

    @Test
    void a_pin_is_a_secret_answer_without_an_option_that_says_so() {
        assertThat(
                        foundIn(
                                """
                                local pin = menu.pin{"Your PIN:"}
                                local name = menu.ask{"Name?", check = "^%a+$"}
                                return name .. pin
                                """))
                .containsExactly(
                        "main.lua:3:16: warning: the secret answer in 'pin' becomes part of a text here:"
                                + " wherever that text is written, it is in clear");
    }

    @Test
    void a_secret_answer_that_is_given_to_a_text_is_found() {
        bench.file("lang/en.yaml", "item: 'Item {name}'\nplain: Plain\n");
        bench.file("lib/own.lua", "return function(t, pin) return t('item', {name = pin}) end");

        assertThat(
                        foundIn(
                                """
                                local own = require "own"
                                local pin = menu.pin{"Your PIN:"}
                                local name = menu.ask{"Name?"}
                                ussd.notify(t("item", {name = pin}))
                                ussd.notify(t("item", {name = menu.pin{}}))
                                local text = t
                                ussd.notify(text("item", {name = name}))
                                ussd.notify(own(t, pin))
                                return t "plain"
                                """))
                .containsExactly(
                        "main.lua:4:31: warning: t refuses the secret answer in 'pin', so that no text"
                                + " shows it: this call ends as an error",
                        "main.lua:5:36: t refuses the secret answer, so that no text shows it: this"
                                + " call ends as an error");
    }

    @Test
    void of_very_many_the_first_hundred_are_told_and_the_rest_counted() {
        assertThat(foundIn(many()))
                .hasSize(101)
                .contains("main.lua: warning: and 400 more like these");
    }

    private static String many() {
        StringBuilder lua = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            lua.append("print(no").append(i).append(")\n");
        }
        return lua.toString();
    }

    /** With work for each pair of names, or of octets, these would take many minutes. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_file_of_the_largest_size_is_looked_through_however_full_of_names_it_is() {
        String line = "print(undefined_one, ussd.respnd, 'x' .. 'y') ";
        assertThat(foundIn(line.repeat(MOST / line.length()))).hasSize(2);
        String one = "f(nearly) ";
        StringBuilder defined = new StringBuilder("f = print ");
        for (int i = 0; defined.length() < MOST / 2; i++) {
            defined.append("nea").append(1000 + i % 9000).append('=').append(i).append(' ');
        }
        assertThat(foundIn(defined + one.repeat((MOST / 2 - 100) / one.length())))
                .containsExactly(
                        "main.lua:1:%d: undefined global 'nearly'".formatted(defined.length() + 3));
    }

    @Test
    void a_file_in_another_coding_is_refused_at_the_octet() {
        bench.file("main.lua", "local x\nreturn 'caf\u00e9'".getBytes(ISO_8859_1));
        assertThat(bench.compile().problems())
                .singleElement()
                .asString()
                .endsWith(
                        "main.lua:2:12: not UTF-8: the octet 0xE9, '\u00e9' in ISO 8859-1; save the file"
                                + " as UTF-8 (an octet of its own is written \\233 in a string)");
    }
}
