package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem;
import io.moondial.script.api.Backends;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptReleaseTest {
    @TempDir Path root;
    private Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        folder = root.resolve("scripts");
        bench = new ScriptBench(folder);
    }

    private List<String> problems() {
        return found(bench.compile().problems());
    }

    private List<String> found(List<Problem> problems) {
        return problems.stream()
                .map(Problem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }

    private String version(String key) {
        return bench.compile().script(key).orElseThrow().version();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local funtion pay()~end|2:1: '<eos>' expected near 'end'; line 1 has 'funtion': did you mean function?",
                "local def pay(x)~return x~end|3:1: '<eos>' expected near 'end'; line 1 has 'def': did you mean function?",
                "f(fucntion()~return 1~end)|2:1: ')' expected (to close '(' at line 1) near 'return'; line 1 has 'fucntion': did you mean function?",
                "local a~functoin(b)~x = = 1|3:5: unexpected symbol near '='; line 2 has 'functoin': did you mean function?",
                // what stands further down, or is in order, is not the reason
                "x = = 1~local funtion pay()|1:5: unexpected symbol near '='",
                "local a~f(1)~junction(2)~x = = 1|4:5: unexpected symbol near '='",
                "-- local funtion f(~x = = 1|2:5: unexpected symbol near '='",
            })
    void a_misspelt_function_is_named_where_the_file_does_not_compile(String lua, String problem) {
        bench.file("a.lua", lua.replace('~', '\n'));
        assertThat(problems()).containsExactly("a.lua:" + problem);
    }

    @Test
    void all_that_is_wrong_is_reported_at_once() {
        bench.file("good.lua", "return 1")
                .file("b.lua", "local x = 1\nif x then\n")
                .file("a.lua", "x = = 1")
                .file("lib/c.lua", "return '\\q'");
        assertThat(problems())
                .containsExactly(
                        "a.lua:1:5: unexpected symbol near '='",
                        "b.lua:3:1: 'end' expected (to close 'if' at line 2) near <eof>",
                        "lib/c.lua:1:9: invalid escape sequence '\\q'; a backslash itself is written \\\\");
        ScriptRelease release = bench.compile();
        assertThat(release.keys()).containsExactlyInAnyOrder("good", "a", "b");
        assertThat(release.script("good")).isPresent();
        assertThat(release.script("a")).isEmpty();
        assertThat(release.script("none")).isEmpty();
    }

    @Test
    void a_mark_before_the_text_and_windows_line_ends_are_taken() {
        bench.file("main.lua", "\uFEFFlocal a = 1\r\nlocal b = 2\r\nerror('line 3')");
        assertThat(bench.runMain())
                .isInstanceOfSatisfying(
                        ScriptOutcome.Failed.class,
                        f -> assertThat(f.fault().message()).isEqualTo("main.lua:3: line 3"));
    }

    @Test
    void a_first_line_for_a_shell_is_skipped_and_counted() {
        assertThat(bench.faultOf("#!/usr/bin/lua 'x\nerror('two')").message())
                .isEqualTo("main.lua:2: two");
    }

    @Test
    void octets_that_are_no_utf8_are_refused_at_the_first_wherever_they_stand() {
        bench.file("main.lua", octets("return \"a", 0xff, "\""));
        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("main.lua:1:10: not UTF-8: the octet 0xFF, 'ÿ' in ISO 8859-1;");
        bench.file("main.lua", octets("-- é\nx", 0x80, "=1"));
        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("main.lua:2:2: not UTF-8: the octet 0x80; save the file as UTF-8");
        bench.file("main.lua", octets("-- cut off in a character: ", 0xc3, ""));
        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("main.lua:1:28: not UTF-8: the octet 0xC3");
    }

    private static byte[] octets(String before, int octet, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        all.write(octet);
        all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    @Test
    void binary_chunks_are_refused() {
        bench.file("main.lua", new byte[] {0x1b, 'L', 'u', 'a', 0x52, 0});
        assertThat(problems())
                .containsExactly(
                        "main.lua: a compiled (binary) chunk; only Lua source is accepted");
    }

    @Test
    void a_file_too_large_is_refused_unread() {
        bench.file("main.lua", new byte[(1 << 20) + 1]);
        assertThat(problems())
                .containsExactly(
                        "main.lua: 1048577 octets long; a script may have 1048576 at most");
    }

    @Test
    void what_is_named_like_a_script_and_is_none_is_reported() throws IOException {
        Files.createDirectories(folder.resolve("dir.lua"));
        bench.file("two words.lua", "").file(".hidden.lua", "= =").file("notes.txt", "= =");
        assertThat(problems())
                .containsExactly(
                        "dir.lua: not a plain file but a folder: replace it with a file, or remove it",
                        "two words.lua: a script's name has 1 to 64 of letters, digits, _ and -, before .lua");
    }

    @Test
    void links_may_not_lead_out_of_the_folder() throws IOException {
        bench.file("good.lua", "return 1");
        Files.writeString(root.resolve("outside.lua"), "return 1");
        Files.createSymbolicLink(folder.resolve("out.lua"), root.resolve("outside.lua"));
        Files.createSymbolicLink(folder.resolve("in.lua"), folder.resolve("good.lua"));
        Files.createSymbolicLink(folder.resolve("gone.lua"), folder.resolve("nowhere.lua"));
        assertThat(problems())
                .hasSize(2)
                .anySatisfy(
                        p ->
                                assertThat(p)
                                        .isEqualTo(
                                                "out.lua: a link that leads out of the script folder: replace it with the file itself"))
                .anySatisfy(p -> assertThat(p).startsWith("gone.lua: cannot be read"));
        assertThat(bench.compile().script("in")).isPresent();
    }

    @Test
    void a_folder_that_is_not_there_is_a_problem() {
        assertThat(new ScriptBench(root.resolve("none")).compile().problems())
                .singleElement()
                .asString()
                .contains("the script folder cannot be read");
    }

    @Test
    void modules_are_found_at_the_top_before_lib() {
        bench.file("lib/a.lua", "return 'lib'")
                .file("lib/b.lua", "return 'b' .. ...")
                .file("a.lua", "return 'top'");
        assertThat(bench.textOf("return require('a') .. require 'b'")).isEqualTo("topbb");
    }

    @Test
    void a_module_that_returns_nothing_is_true_and_is_run_once() {
        bench.file("lib/m.lua", "count = (rawget(_G, 'count') or 0) + 1");
        assertThat(bench.textOf("return tostring(require 'm') .. tostring(require('m')) .. count"))
                .isEqualTo("truetrue1");
    }

    @Test
    void modules_that_require_each_other_are_an_error_that_names_them() {
        bench.file("lib/a.lua", "return require 'b'").file("lib/b.lua", "return require 'a'");
        assertThat(bench.faultOf("require 'a'").message())
                .isEqualTo("lib/b.lua:1: modules that require each other: a -> b -> a");
    }

    @Test
    void a_module_is_found_in_a_folder_of_lib_and_a_folder_by_its_init() {
        bench.file("lib/i18n/init.lua", "local n, f = ... return n .. '=' .. f")
                .file("lib/i18n/plural.lua", "local n, f = ... return n .. '=' .. f")
                .file("lib/i18n/deep/er/x.lua", "return (...)")
                .file("lib/both.lua", "return 'file'")
                .file("lib/both/init.lua", "return 'folder'")
                .file("top.lua", "return 'top'")
                .file("lib/top/init.lua", "return 'folder'");
        assertThat(
                        bench.textOf(
                                """
                                assert(require "i18n" == require("i18n") and package.loaded["i18n.plural"] == nil)
                                return table.concat({require "i18n", require "i18n.plural", require "i18n.deep.er.x",
                                  require "both", require "both.init", require "top"}, " ")
                                """))
                .isEqualTo(
                        "i18n=lib/i18n/init.lua i18n.plural=lib/i18n/plural.lua i18n.deep.er.x file"
                                + " folder top");
    }

    @Test
    void a_circle_is_told_from_where_it_begins() {
        bench.file("lib/a.lua", "return require 'b.c'")
                .file("lib/b/c.lua", "return require 'b'")
                .file("lib/b/init.lua", "return require 'b.c'")
                .file("lib/itself.lua", "return require 'itself'");
        assertThat(bench.faultOf("require 'a'").message())
                .isEqualTo("lib/b/init.lua:1: modules that require each other: b.c -> b -> b.c");
        assertThat(bench.faultOf("require 'itself'").message())
                .isEqualTo("lib/itself.lua:1: modules that require each other: itself -> itself");
    }

    @Test
    void a_module_that_failed_is_run_again() {
        bench.file(
                "lib/m.lua",
                "count = (count or 0) + 1 if count == 1 then error 'no' end return count");
        assertThat(bench.textOf("pcall(require, 'm') return require 'm' + require 'm'"))
                .isEqualTo("4");
    }

    @Test
    void nothing_outside_lib_is_required_whatever_the_name() {
        bench.file("other/x.lua", "return 1")
                .file("lib/.hidden/x.lua", "return 1")
                .file("lib/x.y/z.lua", "return 1");
        for (String name :
                List.of(
                        "other.x",
                        "..other.x",
                        "lib.x",
                        "/x",
                        ".hidden.x",
                        "x.y.z",
                        "x/y",
                        "a..b",
                        "")) {
            assertThat(bench.textOf("return select(2, pcall(require, '" + name + "'))"))
                    .contains("module '" + name + "' not found");
        }
        assertThat(bench.compile().problems()).isEmpty();
    }

    @Test
    void a_link_to_a_folder_in_lib_is_refused_and_one_to_a_file_outside_too() throws Exception {
        Path outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("x.lua"), "return 1");
        bench.file("lib/a/b.lua", "return 1");
        Path library = folder.resolve("lib");
        Files.createSymbolicLink(library.resolve("out"), outside);
        Files.createSymbolicLink(library.resolve("a/loop"), library);
        Files.createSymbolicLink(library.resolve("a/x.lua"), outside.resolve("x.lua"));
        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "lib/a/loop: a link to a folder is not followed: replace it with the folder itself",
                        "lib/out: a link to a folder is not followed: replace it with the folder itself",
                        "lib/a/x.lua: a link that leads out of the script folder: replace it with the file itself");
    }

    @Test
    void folders_of_modules_are_looked_into_so_deep_and_no_deeper() {
        bench.file("lib/1/2/3/4/5/6/7/8/x.lua", "return 'deep'");
        assertThat(bench.textOf("return require '1.2.3.4.5.6.7.8.x'")).isEqualTo("deep");
        bench.file("lib/1/2/3/4/5/6/7/8/9/x.lua", "return 'deeper'");
        assertThat(problems())
                .containsExactly(
                        "lib/1/2/3/4/5/6/7/8/9: folders of modules may lie 8 deep at most: move it up");
    }

    @Test
    void a_version_names_what_is_required_from_folders() {
        bench.file("main.lua", "return require 'a'")
                .file("lib/a/init.lua", "return require 'a.b'")
                .file("lib/a/b.lua", "return 1")
                .file("lib/a/c.lua", "return 1");
        String before = version("main");
        bench.file("lib/a/c.lua", "return 2");
        assertThat(version("main")).isEqualTo(before);
        bench.file("lib/a/b.lua", "return 2");
        assertThat(version("main")).isNotEqualTo(before);
    }

    @Test
    void a_module_that_is_not_there_is_found_missing_before_anyone_dials() {
        bench.file("main.lua", "local x\nlocal m = require 'nothere'\nlocal n = require('../up')");
        assertThat(found(bench.compile().lint(Set.of(), Backends.Settings.NONE)))
                .containsExactly(
                        "main.lua:2:19: module 'nothere' not found: the script folder has no nothere.lua, no"
                                + " lib/nothere.lua and no lib/nothere/init.lua, and it is not built in",
                        "main.lua:3:19: module '../up' not found: a module's name has 1 to 64 of letters, digits,"
                                + " _ and -, with dots between folders; no slashes, no .lua");
    }

    @Test
    void a_module_that_a_built_in_one_hides_is_reported() {
        bench.file("lib/json.lua", "return 1").file("log.lua", "return 1");
        assertThat(problems())
                .containsExactly(
                        "lib/json.lua: can never be required: the module 'json' is built in; give the file"
                                + " another name");
    }

    @Test
    void a_version_names_the_script_and_the_modules_it_may_require() {
        bench.file("plain.lua", "return 1")
                .file("user.lua", "return require 'm'")
                .file("open.lua", "local r = require return r('m')")
                .file("lib/m.lua", "return require 'n'")
                .file("lib/n.lua", "return 1");
        String plain = version("plain");
        String user = version("user");
        String open = version("open");
        bench.file("lib/n.lua", "return 2");
        assertThat(version("plain")).isEqualTo(plain);
        assertThat(version("user")).isNotEqualTo(user);
        assertThat(version("open")).isNotEqualTo(open);
        bench.file("lib/n.lua", "return 1");
        assertThat(version("user")).isEqualTo(user);
        bench.file("plain.lua", "return 2");
        assertThat(version("user")).isEqualTo(user);
        assertThat(version("open")).isNotEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local r = require return r('m')",
                "return _G['require']('m')",
                "return _ENV.require('m')",
                "local t = {require} return t[1]('m')",
                "return require('' .. 'm')",
                "return require('\\109')",
                "return select(2, pcall(require, 'm'))",
                "return select(2, pcall(function() return require 'm' end))",
                "local f = require return require('x') or f('m')",
                "if ... then local ok, m = xpcall(require, print, 'm') end return 1"
            })
    void a_version_names_a_module_however_it_is_required(String script) {
        bench.file("main.lua", script).file("lib/m.lua", "return 1").file("lib/x.lua", "return 1");
        String before = version("main");
        bench.file("lib/m.lua", "return 2");
        assertThat(version("main")).isNotEqualTo(before);
    }

    @Test
    void a_run_stays_on_its_release_even_for_what_it_requires_later() {
        bench.file("lib/m.lua", "return 'old'")
                .file("main.lua", "ussd.menu('x') return require 'm'");
        Script old = bench.compile().script("main").orElseThrow();
        bench.file("lib/m.lua", "return 'new'");
        Script fresh = bench.compile().script("main").orElseThrow();
        assertThat(text(old.run(bench.newRun()))).isEqualTo("old");
        assertThat(text(fresh.run(bench.newRun()))).isEqualTo("new");
    }

    private static String text(ScriptOutcome outcome) {
        return outcome instanceof ScriptOutcome.Returned r
                ? String.valueOf(r.text())
                : outcome.toString();
    }
}
