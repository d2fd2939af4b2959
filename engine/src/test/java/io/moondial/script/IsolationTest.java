package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.script.api.ApiModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script can reach, as one list, and what it cannot do to another. */
class IsolationTest {
    /**
     * Everything of Lua that is reachable from the globals, by path; a change here is a change of
     * the sandbox.
     */
    private static final String LUAS =
            """
            INSTANCE_ID SCRIPT_NAME SCRIPT_VERSION _G _VERSION assert bit32 \
            bit32.arshift bit32.band bit32.bnot bit32.bor bit32.btest bit32.bxor \
            bit32.extract bit32.lrotate bit32.lshift bit32.replace bit32.rrotate \
            bit32.rshift coroutine coroutine.create coroutine.isyieldable \
            coroutine.resume coroutine.running coroutine.status coroutine.wrap \
            coroutine.yield debug debug.getinfo debug.getupvalue \
            debug.setupvalue debug.traceback debug.upvaluejoin error getmetatable ipairs load math math.abs math.acos \
            math.asin math.atan math.atan2 math.ceil math.cos math.cosh math.deg \
            math.exp math.floor math.fmod math.frexp math.huge math.ldexp math.log \
            math.max math.min math.modf math.pi math.pow math.rad math.random \
            math.randomseed math.sin math.sinh math.sqrt math.tan math.tanh next os \
            os.clock os.date os.time package package.config package.cpath package.path pairs pcall rawequal rawget rawlen rawset \
            require select setmetatable string string.byte string.char string.find \
            string.format string.gmatch string.gsub string.len string.lower string.match \
            string.rep string.reverse string.sub string.upper table table.concat \
            table.insert table.pack table.remove table.sort table.unpack tonumber \
            tostring type xpcall""";

    @TempDir Path folder;
    private ScriptBench bench;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder);
    }

    /** Lua's own, and what the modules declare. */
    private String reachable() {
        return Stream.concat(
                        Stream.of(LUAS.split(" ")),
                        bench.host().api().stream()
                                .filter(ApiModule::isGlobal)
                                .flatMap(it -> it.names().stream()))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void nothing_is_reachable_but_what_is_listed() {
        assertThat(
                        bench.textOf(
                                """
                                local paths, seen = {}, {[_G] = true}
                                local function walk(t, prefix)
                                  for k, v in pairs(t) do
                                    paths[#paths + 1] = prefix .. k
                                    if type(v) == "table" and not seen[v] then
                                      seen[v] = true
                                      walk(v, prefix .. k .. ".")
                                    end
                                    assert(not getmetatable(v) , prefix .. k)
                                  end
                                end
                                walk(_G, "")
                                table.sort(paths)
                                return table.concat(paths, " ")
                                """))
                .isEqualTo(reachable());
    }

    @Test
    void no_field_of_a_module_can_be_changed() {
        assertThat(
                        bench.textOf(
                                """
                                local changed = {}
                                for name, lib in pairs({%s}) do
                                  for k in pairs(lib) do
                                    if pcall(function() lib[k] = 1 end) then changed[#changed + 1] = k end
                                    if pcall(rawset, lib, k, nil) then changed[#changed + 1] = k end
                                  end
                                  if pcall(function() lib.added = 1 end) then changed[#changed + 1] = name end
                                  if pcall(rawset, lib, "added", 1) then changed[#changed + 1] = name end
                                  if pcall(setmetatable, lib, {}) then changed[#changed + 1] = name end
                                  if pcall(table.insert, lib, 1) then changed[#changed + 1] = name end
                                  if pcall(table.sort, lib) and #lib > 0 then changed[#changed + 1] = name end
                                end
                                return "changed: " .. table.concat(changed, " ")
                                """
                                        .formatted(
                                                bench.host().api().stream()
                                                        .map(
                                                                it ->
                                                                        "[\"%1$s\"] = require \"%1$s\""
                                                                                .formatted(
                                                                                        it.name()))
                                                        .collect(Collectors.joining(", ")))))
                .isEqualTo("changed: ");
    }

    /** Each library is emptied, filled and given a metatable, by each way there is. */
    @Test
    void what_a_script_changes_in_a_library_no_other_run_sees() {
        String reachable = reachableNow();
        assertThat(
                        bench.textOf(
                                """
                                local insert, sort, rawset, pcall, type = table.insert, table.sort, rawset, pcall, type
                                local libraries = {string, table, math, os, bit32, coroutine, debug}
                                for i = 1, 7 do
                                  local lib = libraries[i]
                                  lib.added, lib[1] = i, 3
                                  rawset(lib, "also", 1)
                                  insert(lib, 2)
                                  sort(lib)
                                  assert(lib[1] == 2 and lib[2] == 3)
                                  setmetatable(lib, {__index = function(_, k) return k .. "!" end})
                                  assert(lib.nothing == "nothing!" and lib.added == i and lib.also == 1)
                                  for k in pairs(lib) do lib[k] = nil end
                                end
                                return "" .. type(next(string)) .. type(next(table)) .. ("x").upper
                                """))
                .isEqualTo("nilnilupper!");
        assertThat(reachableNow()).isEqualTo(reachable);
        assertThat(bench.textOf("return ('x'):upper() .. tostring(string.nothing)"))
                .isEqualTo("Xnil");
    }

    @Test
    void a_changed_library_is_the_same_table_wherever_the_script_has_it() {
        bench.file("lib/trim.lua", "function string.trim(s) return (s:gsub('^%s+', '')) end");
        assertThat(
                        bench.textOf(
                                """
                                local s, before, upper = string, tostring(string), string.upper
                                local keys = {[string] = "key"}
                                require "trim"
                                s.upper = function(x) return "<" .. upper(x) .. ">" end
                                assert(s == string and s == require "string" and keys[string] == "key")
                                assert(rawequal(s, string) and tostring(s) == before)
                                assert(rawget(s, "trim") == string.trim and next({trim = 1}) == "trim")
                                local seen = 0
                                for k in pairs(s) do if k == "trim" or k == "upper" then seen = seen + 1 end end
                                string.lower = nil
                                return s.trim("  a") .. ("  b"):trim() .. ("c"):upper() .. s.upper("d")
                                  .. seen .. tostring(s.lower) .. tostring(("x").lower)
                                """))
                .isEqualTo("ab<C><D>2nilnil");
        assertThat(bench.textOf("return tostring(string.trim) .. ('C'):lower()")).isEqualTo("nilc");
    }

    private @Nullable String reachableNow() {
        return bench.textOf(
                """
                local names = {}
                for name, lib in pairs(_G) do
                  if type(lib) == "table" and lib ~= _G then
                    for k, v in pairs(lib) do
                      names[#names + 1] = name .. "." .. tostring(k) .. "=" .. tostring(v)
                    end
                    names[#names + 1] = name .. #lib .. tostring(getmetatable(lib))
                  end
                end
                table.sort(names)
                return table.concat(names, " ")
                """);
    }

    @Test
    void globals_of_one_run_are_unknown_to_the_next() {
        bench.textOf("x = 1 _G.y = 2 rawset(_G, 'z', 3) string = nil return 'set'");
        assertThat(
                        bench.textOf(
                                "return tostring(rawget(_G, 'x')) .. tostring(rawget(_G, 'y')) .."
                                        + " tostring(rawget(_G, 'z')) .. type(string)"))
                .isEqualTo("nilnilniltable");
    }

    @Test
    void tables_of_modules_belong_to_the_run() {
        bench.file(
                "lib/counter.lua",
                "local M = {n = 0} function M.next() M.n = M.n + 1 return M.n end return M");
        String twice = "local c = require 'counter' c.next() return require('counter').next()";
        assertThat(bench.textOf(twice)).isEqualTo("2");
        assertThat(bench.textOf(twice)).isEqualTo("2");
    }

    @Test
    void globals_of_the_rule_are_read_only_in_depth() {
        bench.globals =
                new ScriptGlobals(
                        Map.of(
                                "CONFIG",
                                Map.of("limits", Map.of("top", 5), "list", List.of(1, 2))));
        assertThat(bench.textOf("return CONFIG.limits.top + #CONFIG.list")).isEqualTo("7");
        assertThat(bench.faultOf("CONFIG.limits.top = 6").message())
                .isEqualTo(
                        "main.lua:1: 'CONFIG.limits' is read-only: it cannot be changed by a script");
        assertThat(bench.faultOf("table.insert(CONFIG.list, 3)").message())
                .contains("'CONFIG.list' is read-only");
        assertThat(bench.textOf("CONFIG = {top = 1} return CONFIG.top")).isEqualTo("1");
        assertThat(bench.textOf("return CONFIG.limits.top")).isEqualTo("5");
    }

    @Test
    void a_script_knows_its_name_version_and_instance() {
        String version =
                bench.file("main.lua", "return 1").compile().script("main").orElseThrow().version();
        assertThat(version).matches("[0-9a-f]{8}");
        assertThat(
                        bench.textOf(
                                "return SCRIPT_NAME .. ' ' .. #SCRIPT_VERSION .. ' ' .. INSTANCE_ID"))
                .isEqualTo("main 8 Test-1-00000001");
    }

    @Test
    void the_request_is_the_scripts_to_change() {
        bench.request("msisdn", "27761485722").request("dcs", 15L).request("ratio", 0.5);
        assertThat(
                        bench.textOf(
                                """
                                local request = ...
                                assert(request.imsi == nil and type(request.dcs) == "number")
                                request.imsi = "655"
                                return request.msisdn .. request.dcs .. request.ratio .. request.imsi
                                """))
                .isEqualTo("27761485722150.5655");
    }
}
