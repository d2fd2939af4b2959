package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.script.lua.Compiler.CompileFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the interpreter does without the general way of a call: a function in Java answers at once,
 * values of unknown number stay in registers. It must not be seen.
 */
class ShortcutTest {
    /** A function that always answers as the given one answers the whole call. */
    private static final LuaFunction.NativeFunction WITHOUT_SHORTCUT =
            new LuaFunction.NativeFunction("without_shortcut", a -> withoutShortcut(a.get(1)));

    private static @Nullable Object[] withoutShortcut(@Nullable Object callee) {
        if (!(callee instanceof LuaFunction.NativeFunction function)) {
            throw new LuaError("a function in Java is expected");
        }
        return Lua.values(
                new LuaFunction.NativeFunction(
                        function.name(), a -> function.call(a.state(), a.all(), false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(ipairs({}))",
                "assert",
                "ipairs",
                "next",
                "pairs",
                "setmetatable",
                "tonumber",
                "tostring",
                "type",
                "math.abs",
                "math.floor",
                "math.sqrt",
                "string.byte",
                "string.find",
                "string.len",
                "string.match",
                "string.sub",
                "table.insert"
            })
    void a_function_answers_a_call_at_once_as_it_answers_the_whole_call(String function)
            throws CompileFailure {
        String differences =
                MeteredRun.of(
                                """
                                local f = FUNCTION
                                local whole_call = without_shortcut(f)
                                local function strange() return setmetatable({}, {
                                  __index = {5}, __len = function() return 2 end, __tostring = function() return "it" end,
                                  __pairs = function(t) return next, {7}, nil end, __ipairs = function(t) return next, {8}, nil end,
                                }) end
                                local makers = {
                                  function() return nil end, function() return true end, function() return 0 end,
                                  function() return 1 end, function() return -1 end, function() return 3 end,
                                  function() return 2.5 end, function() return 1e300 end, function() return 0 / 0 end,
                                  function() return "" end, function() return "a" end, function() return "ab.ab" end,
                                  function() return "." end, function() return "(a)b" end, function() return "^b" end,
                                  function() return "[a" end, function() return " 12 " end, function() return "0x1p4" end,
                                  function() return {} end, function() return {"x", "y"} end, function() return {__index = {}} end,
                                  strange, function() return setmetatable({}, {__metatable = 1}) end,
                                  function() return string end, function() return type end,
                                }
                                local function text(v)
                                  if type(v) == "table" then return v == string and "string" or "table " .. rawlen(v) .. " " .. tostring(getmetatable(v) ~= nil) end
                                  if type(v) == "function" then return "function" end
                                  return type(v) .. " " .. tostring(v)
                                end
                                local function all(n, first, ...)
                                  if n == 0 then return "" end
                                  return (n > 0 and text(first) or "") .. "," .. all(n - 1, ...)
                                end
                                local function described(arguments, ok, ...)
                                  local given = ok and all(select("#", ...), ...) or (text((...)):gsub("chunk%.lua:%d+: ", ""))
                                  return tostring(ok) .. " " .. given .. " of " .. all(#arguments, table.unpack(arguments))
                                end
                                local function pass(...) return ... end
                                local function call(f, n, a, b, c, d)
                                  if n == 1 then return pass(f(a)) end
                                  if n == 2 then return pass(f(a, b)) end
                                  if n == 3 then return pass(f(a, b, c)) end
                                  return pass(f(a, b, c, d))
                                end
                                local function iterate(f, n, a, b)
                                  for c, d in f, a, b do return c, d end
                                end
                                local function measured(way, f, n, chosen)
                                  for i = #string, 1, -1 do string[i] = nil end
                                  local arguments = {}
                                  for i = 1, n do arguments[i] = makers[chosen[i]]() end
                                  local before = units_used()
                                  local given = table.pack(pcall(way, f, n, table.unpack(arguments, 1, n)))
                                  local after = units_used()
                                  return described(arguments, table.unpack(given, 1, given.n)) .. " for " .. after - before .. " units"
                                end
                                local function same(way, n, ...)
                                  local x, y = measured(way, whole_call, n, {...}), measured(way, f, n, {...})
                                  if x:gsub("0x%x+", "") ~= y:gsub("0x%x+", "") then error(n .. " values: " .. x .. " is not " .. y) end
                                end
                                local checked = 0
                                for a = 1, #makers do
                                  same(call, 1, a)
                                  for b = 1, #makers do
                                    same(call, 2, a, b)
                                    same(iterate, 2, a, b)
                                    for c = 1, 9 do
                                      same(call, 3, a, b, c)
                                      same(call, 4, a, b, c, 2)
                                      checked = checked + 1
                                    end
                                  end
                                end
                                return checked
                                """
                                        .replace("FUNCTION", function),
                                WITHOUT_SHORTCUT)
                        .toText();

        assertThat(differences).isEqualTo("5625");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 8, 200, 250, 255, 256, 300, 5000})
    void values_of_unknown_number_pass_whole_however_many_they_are(int count)
            throws CompileFailure {
        LuaString sums =
                MeteredRun.of(
                        """
                        local n = %d
                        local list = {}
                        for i = 1, n do list[i] = i end
                        local function sum(...)
                          local s = select("#", ...)
                          for _, v in ipairs{...} do s = s + v end
                          return s
                        end
                        local function pass(...) return ... end
                        local function tail(...) return pass(...) end
                        local function longer(...) return 1, 2, ... end
                        local function first(...) local a, b = ... return a or 0, b or 0 end
                        local function protected(...) return select(2, pcall(pass, ...)) end
                        local u = table.unpack
                        local a, b = first(u(list))
                        local packed = {0, pass(u(list))}
                        return sum(u(list)) .. " " .. sum(tail(u(list))) .. " " .. sum(longer(tail(u(list)))) - 5
                          .. " " .. #packed + a + b .. " " .. sum(protected(u(list))) .. " " .. select("#", tail(u(list)))
                          .. " " .. #table.pack(longer(u(list))) .. " " .. ("x"):rep(3, (tail("y", u(list))))
                        """
                                .formatted(count));

        long sum = count + (long) count * (count + 1) / 2;
        int ends = (count > 0 ? 1 : 0) + (count > 1 ? 2 : 0);
        assertThat(sums.toText())
                .isEqualTo(
                        "%d %d %d %d %d %d %d xyxyx",
                        sum, sum, sum, count + 1 + ends, sum, count, count + 2);
    }

    @Test
    void a_string_of_one_octet_is_not_the_one_that_a_secret_is() {
        LuaString secret = LuaString.of("7");

        assertThat(secret).isEqualTo(LuaString.ofOctet('7')).isNotSameAs(LuaString.ofOctet('7'));
        assertThat(LuaString.of("172").slice(1, 2)).isSameAs(LuaString.ofOctet('7'));
        assertThat(secret.slice(0, 1)).isSameAs(secret);
    }
}
