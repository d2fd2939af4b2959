-- 6.1 assert
return assert(1, 2, 3) --> 1, 2, 3
return pcall(function() assert(false) end) --> false, "main.lua:11: assertion failed!"
return pcall(function() assert(nil, "why") end) --> false, "main.lua:11: why"
return pcall(assert, false, "why") --> false, "why"
local t = {} return select(2, pcall(assert, false, t)) == t --> true
return pcall(error, 2), select(2, pcall(error, 2)) --> false, "2"
assert() --> ! bad argument #1 to 'assert' (value expected)
-- 6.1 error levels
local function check(x) if not x then error("x is needed", 2) end end
check() --> ! main.lua:2: x is needed
-- 6.1 getmetatable
return getmetatable({}), getmetatable(""), getmetatable(_G) --> nil, false, false
-- 6.1 ipairs
local r = {} for i, v in ipairs{"a", "b", nil, "d"} do r[#r + 1] = i .. v end return table.concat(r) --> "1a2b"
ipairs() --> ! bad argument #1 to 'ipairs' (value expected)
ipairs(nil) --> ! bad argument #1 to 'ipairs' (table expected, got nil)
-- 6.1 load
return load("return 1 + 1")() --> 2
local parts, i = {"return ", "4", "2"}, 0 return load(function() i = i + 1 return parts[i] end)() --> 42
return load("x =") --> nil, "[string \"x =\"]:1: unexpected symbol near <eof>"
return load("return 1", "=chunk", "b") --> nil, "attempt to load a text chunk (mode is 'b')"
local ok, e = load("\27Lua") return ok --> nil
return pcall(load("error('x')", "=mine")) --> false, "mine:1: x"
local env = {} load("x = 1", "c", "t", env)() return env.x, rawget(_G, "x") --> 1, nil
return load("return ...")(1, 2) --> 1, 2
return load("return 'é😀'")() --> "é😀"
load({}) --> ! bad argument #1 to 'load' (string expected, got table)
-- 6.1 next and pairs
return next({}), next({10}), next({a = 1}) --> nil, 1, "a", 1
local t = {1, 2, x = 3} local n = 0 for k, v in pairs(t) do n = n + v end return n --> 6
local t = {z = 1, a = 2, m = 3} local r = {} for k in pairs(t) do r[#r + 1] = k end return table.concat(r) --> "zam"
local t = {} for i = 1, 100 do t["k" .. i] = i end for k in pairs(t) do t[k] = nil end return next(t) --> nil
local t = {1, 2, 3, 4} local n = 0 for k in pairs(t) do t[k] = nil n = n + 1 end return n, next(t) --> 4, nil
next({}, "x") --> ! invalid key to 'next'
-- 6.1 pcall
return pcall(function(...) return ... end, 1, 2) --> true, 1, 2
return pcall(pcall, error, "e") --> true, false, "e"
return pcall(nil) --> false, "main.lua:11: attempt to call a nil value"
pcall() --> ! bad argument #1 to 'pcall' (value expected)
return select("#", pcall(error)) --> 2
-- 6.1 raw access
local t = setmetatable({}, {__index = function() return 1 end, __newindex = error, __len = function() return 9 end, __eq = function() return true end})
rawset(t, "a", 5) return rawget(t, "a"), rawget(t, "b"), rawlen(t), rawequal(t, {}), rawlen("abc") --> 5, nil, 0, false, 3
rawlen(5) --> ! table or string expected
-- 6.1 select
return select("#"), select("#", nil, nil), select(2, "a", "b", "c") --> 0, 2, "b", "c"
return select(-1, 1, 2, 3) --> 3
select(0) --> ! bad argument #1 to 'select' (index out of range)
select(-5, 1) --> ! bad argument #1 to 'select' (index out of range)
-- 6.1 setmetatable
setmetatable({}) --> ! bad argument #2 to 'setmetatable' (nil or table expected)
setmetatable(1, {}) --> ! bad argument #1 to 'setmetatable' (table expected, got number)
local t = {} return setmetatable(t, nil) == t --> true
-- 6.1 tonumber
return tonumber("10"), tonumber("  0x1F  "), tonumber("1e2"), tonumber(".5"), tonumber("5.") --> 10, 31, 100, 0.5, 5
return tonumber(""), tonumber(" "), tonumber("1x"), tonumber("1 2"), tonumber("0x"), tonumber("e5"), tonumber("1e"), tonumber("nan"), tonumber("inf"), tonumber("1d"), tonumber("1f"), tonumber("1_0") --> nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
return tonumber("ff", 16), tonumber("777", 8), tonumber("zz", 36), tonumber("-11", 2), tonumber("8", 8), tonumber(" 11 ", 2) --> 255, 511, 1295, -3, nil, 3
return tonumber(5), tonumber({}), tonumber(nil), tonumber(true) --> 5, nil, nil, nil
tonumber() --> ! bad argument #1 to 'tonumber' (value expected)
tonumber("1", 1) --> ! base out of range
return tonumber("0x.8p1"), tonumber("0xA.8"), tonumber("-0x10"), tonumber("+5"), tonumber("- 5") --> 1, 10.5, -16, 5, nil
return tonumber("27831234567"), tonumber("0831234567") --> 27831234567, 831234567
return tonumber("1\0") --> nil
-- 6.1 tostring
return tostring(nil), tostring(true), tostring(1), tostring(-0.5), tostring("s"), tostring(1e300) --> "nil", "true", "1", "-0.5", "s", "1e+300"
return (tostring({}):gsub("0x%x+", "")), (tostring(print):gsub("0x%x+", "")) --> "table: ", "function: "
return tostring(2^31), tostring(2^53), tostring(123456789012), tostring(3.14159265358979) --> "2147483648", "9.007199254741e+15", "123456789012", "3.1415926535898"
return tostring(1/0), tostring(-1/0), tostring(12345678901234.5) --> "inf", "-inf", "12345678901234"
return tostring(5e-324), tostring(1e300 / 3), tostring(2^-1074 * 3), tostring(1.00000000000005), tostring(0.1 + 0.7), tostring(4.35 * 100) --> "4.9406564584125e-324", "3.3333333333333e+299", "1.4821969375237e-323", "1", "0.8", "435"
-- 6.1 type
type() --> ! bad argument #1 to 'type' (value expected)
return _VERSION --> "Lua 5.2"
-- 6.1 xpcall
return xpcall(function(a) return a end, print, 5) --> true, 5
return xpcall(error, function(e) return "handled " .. e end, "x") --> false, "handled x"
return xpcall(function() local x = nil; x() end, function(e) return (e:gsub("^.-:%d+: ", "")) end) --> false, "attempt to call local 'x' (a nil value)"
return (xpcall(error, function(e) error("again") end, "x")) --> false
-- 6.1 what is not offered
return rawget(_G, "dofile"), rawget(_G, "loadfile"), rawget(_G, "collectgarbage"), rawget(_G, "io"), rawget(string, "dump"), rawget(os, "exit") --> nil, nil, nil, nil, nil, nil
-- 6.3 require
return require "string" == string, require("ussd") == ussd --> true, true
return pcall(require, "../main") --> false, "main.lua:11: module '../main' not found: a module's name has 1 to 64 of letters, digits, _ and -, with dots between folders; no slashes, no .lua"
-- 6 what is left out reads as nil
return io, dofile, loadfile, collectgarbage, string.dump, os.execute, os.exit, os.getenv, ("x").dump --> nil, nil, nil, nil, nil, nil, nil, nil, nil
return unpack, setfenv, getfenv, loadstring, utf8, jit, bit, module, arg, table.getn, math.type --> nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
return os.nothing, string.nothing, getmetatable(os), ("x").nothing --> nil, nil, nil, nil
-- 6 what is left out says so where it is needed
return io.open("x") --> ! main.lua:1: attempt to index global 'io' (a nil value): a script cannot use files
io.x = 1 --> ! attempt to index global 'io' (a nil value): a script cannot use files
return _G.io.open("x") --> ! attempt to index field 'io' (a nil value)
dofile("x") --> ! attempt to call global 'dofile' (a nil value): require finds
loadfile("x") --> ! attempt to call global 'loadfile' (a nil value): require finds
collectgarbage("count") --> ! attempt to call global 'collectgarbage' (a nil value): the engine manages memory
string.dump(print) --> ! attempt to call field 'dump' (a nil value): compiled code cannot be checked
return ("x"):dump() --> ! attempt to call method 'dump' (a nil value): compiled code cannot be checked
os.execute("ls") --> ! attempt to call field 'execute' (a nil value): a script cannot reach its host
os.exit() --> ! attempt to call field 'exit' (a nil value): return ends a script
os.getenv("PATH") --> ! attempt to call field 'getenv' (a nil value): the rule's globals
require "io" --> ! module 'io' is left out in this release
require "utf8" --> ! module 'utf8' is not in Lua 5.2
unpack({}) --> ! attempt to call global 'unpack' (a nil value): Lua 5.2 has table.unpack
return table.getn({}) --> ! attempt to call field 'getn' (a nil value): Lua 5.2 has #t
local t = {} t.exit() --> ! main.lua:1: attempt to call field 'exit' (a nil value)
-- 6 a global that the script sets somewhere
count = (count or 0) + 1 return count --> 1
session = nil return session --> nil
if later then return 1 end later = 2 return later --> 2
if never then return 1 end function f() never = 2 end return 0 --> 0
return load("made = (made or 5) + 1 return made")() --> 6
load("made = (made or 5) + 1", "=c", "t", {})() return made --> ! undefined global 'made'
total = total + 1 --> ! attempt to perform arithmetic on global 'total' (a nil value)
local e = setmetatable({}, {__index = _G}) return e.nothing, e.print == print, load("return nothing, type(print)", "=c", "t", e)() --> nil, true, nil, "function"
local name = "nothing" return _G[name], next({_G[name .. "x"]}) --> nil, nil
return _G.nothing --> ! main.lua:1: undefined global 'nothing'
return ("$nothing"):gsub("%$(%w+)", _G) --> "$nothing", 1
session = 1 return sesion --> ! main.lua:1: undefined global 'sesion'; did you mean 'session'?
if sesion then session = 1 end --> ! undefined global 'sesion'
local pin = 1 return pinn --> ! main.lua:1: undefined global 'pinn'; did you mean 'pin'?
local pin = 1 return (function() return pin and pinn end)() --> ! undefined global 'pinn'; did you mean 'pin'?
do local pin = 1 end return pinn --> ! undefined global 'pinn'; did you mean 'print'?
local pin = 1 return _G.pinn --> ! undefined global 'pinn'; did you mean 'print'?
-- 6 a field that a module has not
ussd.mneu("x") --> ! main.lua:1: 'ussd' has no 'mneu'; did you mean 'menu'?
return json.parse("{}") --> ! 'json' has no 'parse'
return ussd[1] --> ! 'ussd' has no '1'
return rawget(ussd, "mneu"), getmetatable(ussd) --> nil, false
-- 6.1 load: what a reader raises or gives wrongly is a failure to load
return load(function() return true end) --> nil, "reader function must return a string"
return load(function() error("no more", 0) end) --> nil, "no more"
return load(function() error({}) end) == nil, type(select(2, load(function() error({}) end))) --> true, "table"
-- 6.1 load: a chunk is no file
return load("#this is no lua") --> nil, "[string \"#this is no lua\"]:1: unexpected symbol near '#'"
return load("\239\187\191return 1") == nil, load("return '\233'")() == "\233" --> true, true
-- 6.1 tonumber with a base
return tonumber("+ff", 16), tonumber("-11", 2), tonumber(" \t7 ", 8), tonumber("+", 10), tonumber("--1", 10), tonumber("", 10) --> 255, -3, 7, nil, nil, nil
return tonumber("\226\132\170", 36), tonumber("1\226\128\131", 10), tonumber("1\0", 10) --> nil, nil, nil
-- 6.1 error counts a function in Java as a level
return pcall(error, "msg", 2) --> false, "main.lua:11: msg"
return pcall(error, "msg"), select(2, pcall(error, "msg", 1)) --> false, "msg"
local function f() error("msg", 3) end return pcall(f) --> false, "main.lua:11: msg"
local function f() error("msg", 2) end return pcall(f) --> false, "msg"
local function f(n) error("msg", n) end local function g(n) f(n) return 1 end
local function h(n) return (select(2, pcall(g, n))) end
return h(1), h(2), h(3), h(4), h(5), h(99) --> "main.lua:11: msg", "main.lua:11: msg", "msg", "main.lua:12: msg", "main.lua:13: msg", "msg"
-- 6.1 tostring gives what __tostring returns
return pcall(tostring, setmetatable({}, {__tostring = function() return nil end})) --> true, nil
return tostring(setmetatable({}, {__tostring = function() return 5 end})), tostring(setmetatable({}, {__tostring = function() return true end})) --> "5", true
print(setmetatable({}, {__tostring = function() return nil end})) --> ! '__tostring' must return a string
return string.format("%s", setmetatable({}, {__tostring = function() return {} end})) --> ! '__tostring' must return a string
