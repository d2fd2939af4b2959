-- 2.1 values and types
return type(nil), type(true), type(1), type("x"), type({}), type(print) --> "nil", "boolean", "number", "string", "table", "function"
return nil == false, 0 == false, "" == false --> false, false, false
return not nil, not false, not 0, not "" --> true, true, false, false
return "a" == "a", "1" == 1, {} == {} --> true, false, false
local t = {} t.x = 0 t.x = "0123" return t.x --> "0123"
local t = {} t["10"] = "s" t[10] = "n" return t["10"], t[10] --> "s", "n"
local t = {} t[1.0] = "a" t[2^53] = "b" return t[1], t[2^53] --> "a", "b"
local t = {} t[-0] = "z" return t[0] --> "z"
local t = {} t[nil] = 1 --> ! table index is nil
local t = {} t[0/0] = 1 --> ! table index is NaN
return ({})[nil] --> nil
-- 2.2 environments
x = 5 return x, _G.x, rawget(_G, "x") --> 5, 5, 5
local _ENV = {y = 1} return y, z --> 1, nil
local f = load("return a", "c", "t", {a = 7}) return f() --> 7
local _ENV <const> = 1 --> ! main.lua:1:12: unexpected symbol near '<'
-- 2.3 errors
return pcall(error, "x", 0) --> false, "x"
local ok, e = pcall(function() error({code = 5}) end) return ok, e.code --> false, 5
local ok, e = pcall(error) return ok, e --> false, nil
return pcall(function() error("boom") end) --> false, "main.lua:11: boom"
local function f() error("boom", 2) end
return pcall(function() f() end) --> false, "main.lua:12: boom"
return pcall(function() error("boom", 0) end) --> false, "boom"
return pcall(function() error(5) end) --> false, "main.lua:11: 5"
-- 2.4 metatables
local t = setmetatable({}, {__index = function(t, k) return k .. "!" end}) return t.a, rawget(t, "a") --> "a!", nil
local t = setmetatable({}, {__index = {b = 2}}) return t.b, t.c --> 2, nil
local log = {} local t = setmetatable({}, {__newindex = function(t, k, v) log[1] = k rawset(t, k, v) end})
t.x = 1 t.x = 2 return log[1], t.x --> "x", 2
local store = {} local t = setmetatable({}, {__newindex = store}) t.x = 1 return rawget(t, "x"), store.x --> nil, 1
local t = setmetatable({}, {__call = function(self, a, b) return a + b end}) return t(1, 2) --> 3
local mt = {__add = function(a, b) return "add" end, __concat = function(a, b) return "cat" end}
local t = setmetatable({}, mt) return t + 1, 1 + t, t .. "x", "x" .. t, 1 .. t --> "add", "add", "cat", "cat", "cat"
local mt = {__sub = function() return 1 end, __mul = function() return 2 end, __div = function() return 3 end, __mod = function() return 4 end, __pow = function() return 5 end, __unm = function() return 6 end}
local t = setmetatable({}, mt) return t - t, t * t, t / t, t % t, t ^ t, -t --> 1, 2, 3, 4, 5, 6
local mt = {__eq = function() return true end} return setmetatable({}, mt) == setmetatable({}, mt) --> true
return setmetatable({}, {__eq = function() return true end}) == setmetatable({}, {__eq = function() return true end}) --> false
local mt = {__lt = function(a, b) return a.v < b.v end} local a, b = setmetatable({v = 1}, mt), setmetatable({v = 2}, mt)
return a < b, b < a, a <= b, a >= b --> true, false, true, false
local mt = {__le = function(a, b) return "yes" end} local a = setmetatable({}, mt) return a <= a --> true
return #setmetatable({}, {__len = function() return 42 end}) --> 42
return tostring(setmetatable({}, {__tostring = function() return "me" end})) --> "me"
return tostring(setmetatable({}, {__tostring = function() return 1 end})) --> "1"
return type(tostring(setmetatable({}, {__tostring = function() return {} end}))) --> "table"
return getmetatable(setmetatable({}, {__metatable = "locked"})) --> "locked"
setmetatable(setmetatable({}, {__metatable = "locked"}), {}) --> ! cannot change a protected metatable
local t = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil end})
for k, v in pairs(t) do return k, v end --> 1, 2
local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x --> ! loop in gettable
return ("x"):rep(3), ("%d"):format(3), #"abc" --> "xxx", "3", 3
-- 3.1 lexical conventions
return "a\z
         b", 'a\
b', "\65\066\x41\u", '\'' --> ! main.lua:3:17: invalid escape sequence '\u'; a backslash itself is written \\
return "a\z
         b", 'a\
b', "\65\066\x41", '\'' --> "ab", "a\nb", "ABA", "'"
return [[
line]], [==[a]]b]==], #[[

x]] --> "line", "a]]b", 2
return 3, 3.0, 3.1416, 314.16e-2, 0.31416E1, 0xff, 0x0.1E, 0xA23p-4, 0X1.921FB54442D18P+1 --> 3, 3, 3.1416, 3.1416, 3.1416, 255, 0.1171875, 162.1875, 3.1415926535898
return 1e308 * 10, -1e308 * 10, 2^1023 --> inf, -inf, 8.9884656743116e+307
--[[ a long
comment ]] return 1 --[==[ x ]] ]==] --> 1
return 1 -- the end --> 1
goto = 1 --> ! main.lua:1:6: '<name>' expected near '='
return 0x --> ! main.lua:1:8: malformed number near '0x'
return 3..2 --> ! malformed number
return 1d --> ! malformed number near '1d'
return "\q" --> ! invalid escape sequence '\q'
return "\xg0" --> ! two hexadecimal digits expected after \x
return "\256" --> ! decimal escape too large
return "abc --> ! main.lua:1:8: unfinished string
return "abc\z --> ! main.lua:1:8: unfinished string
x = [[ abc --> ! main.lua:1:5: unfinished long string
--[==[ abc ]] --> ! main.lua:1:3: unfinished long comment
preis€ = 1 --> ! main.lua:1:6: unexpected character '€': only ASCII is allowed outside strings and comments
if x then --> ! main.lua:2:1: 'end' expected (to close 'if' at line 1) near <eof>
local function f() return 1 2 end --> ! main.lua:1:29: 'end' expected near '2'
return "é😀", #"é😀" --> "é😀", 6
-- 3.3.1 blocks and 3.3.3 assignment
local i, a = 3, {} i, a[i] = i + 1, 20 return i, a[3] --> 4, 20
local x, y = 1, 2 x, y = y, x return x, y --> 2, 1
local a, b, c = (function() return 1, 2, 3 end)() return a, b, c --> 1, 2, 3
local a, b, c = 0, (function() return 1, 2, 3 end)() return a, b, c --> 0, 1, 2
local a, b = ((function() return 1, 2 end)()) return a, b --> 1, nil
local x = 1 do local x = 2 end return x --> 1
local x <close> = 1 --> ! unexpected symbol near '<'
-- 3.3.4 control structures
local n = 0 while n < 5 do n = n + 1 end return n --> 5
local n = 0 repeat local done = n == 3 n = n + 1 until done return n --> 4
local r = {} for i = 1, 3 do r[#r + 1] = i end return table.concat(r, " ") --> "1 2 3"
local r = {} for i = 10, 1, -4 do r[#r + 1] = i end return table.concat(r, " ") --> "10 6 2"
local r = 0 for i = 1, 0 do r = r + 1 end return r --> 0
local r = 0 for i = 0.1, 1, 0.1 do r = r + 1 end return r --> 10
local r = {} for i = "1", "2" do r[#r + 1] = i end return #r, type(r[1]) --> 2, "number"
for i = 1, "x" do end --> ! 'for' limit must be a number
for i = {}, 1 do end --> ! 'for' initial value must be a number
for i = 1, 1, nil do end --> ! 'for' step must be a number
local r = {} for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end r[#r + 1] = i .. j ::continue:: end end return table.concat(r, " ") --> "11 13 21 23 31 33"
local i = 1 ::top:: i = i + 1 if i < 10 then goto top end return i --> 10
for i = 1, 3 do if i == 2 then break end x = i end return x --> 1
if false then return 1 elseif nil then return 2 else return 3 end --> 3
break --> ! main.lua:1: break outside a loop
goto nowhere --> ! main.lua:1: no visible label 'nowhere' for this goto
local r = {} for k, v in next, {a = 1} do r[1] = k .. v end return r[1] --> "a1"
for x in 5 do end --> ! attempt to call a number value
-- 3.3.4 a numeral with a plus sign
return 0x1p+4, 0x1p4, 0X.8p+1 --> 16, 16, 1
-- 3.4.1 arithmetic
return 7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2 --> 1, 2, -2, -1, 1.5
return 2 ^ 10, 2 ^ 0.5, -2 ^ 2, 7 / 2, 1 / 0, -1 / 0 --> 1024, 1.4142135623731, -4, 3.5, inf, -inf
local two, half = 2, 0.5 return two ^ half --> 1.4142135623731
return 0/0 ~= 0/0 --> true
return 2147483647 + 1, 2147483648 * 2, 9007199254740992 + 0 --> 2147483648, 4294967296, 9.007199254741e+15
return 27831234567 + 1, 99999999999999, 100000000000000 --> 27831234568, 99999999999999, 1e+14
return 1234567.89 .. "", 10000000.25 .. "", 1 / 3 .. "" --> "1234567.89", "10000000.25", "0.33333333333333"
return 0.1 + 0.2, 100 * 1.1, 1e15, 1e100, -0.00001 --> 0.3, 110, 1e+15, 1e+100, -1e-05
return "10" + 1, "0x10" * 2, " 5 " - 1, -"2" --> 11, 32, 4, -2
return "abc" + 1 --> ! attempt to perform arithmetic on a string value
local t = {} return t.x.y.z --> ! attempt to index field 'x' (a nil value)
local t = {} return t + 1 --> ! attempt to perform arithmetic on local 't' (a table value)
local t = {} return 1 + t.amount --> ! attempt to perform arithmetic on field 'amount' (a nil value)
-- 3.4.3 comparison
return 1 < 2, 2 <= 2, 3 > 4, "a" < "b", "a" < "B", "" < "a", "a" < "aa" --> true, true, false, true, false, true, true
return "é" < "z", "é" > "z", "\200" > "\100" --> false, true, true
return 1 == 1.0, 0 == -0, "1" ~= 1 --> true, true, true
return 1 < "2" --> ! attempt to compare number with string
return {} < {} --> ! attempt to compare two table values
return nil < 1 --> ! attempt to compare nil with number
return 0/0 < 1, 0/0 >= 1 --> false, false
-- 3.4.4 logic
return 10 or 20, nil or "a", nil and 10, false and error(), false == nil, 1 and 2 --> 10, "a", nil, false, false, 2
-- 3.4.5 concatenation
return 1 .. 2, "a" .. 1.5, "a" .. "b" .. "c" .. 4 .. 5 --> "12", "a1.5", "abc45"
return "a" .. nil --> ! attempt to concatenate a nil value
local x return "a" .. x --> ! attempt to concatenate local 'x' (a nil value)
local t = {} return t.name .. "a" --> ! attempt to concatenate field 'name' (a nil value)
-- 3.4.6 length
return #"", #"abc", #{}, #{1, 2, 3}, #{1, nil, 3}, #{n = 1} --> 0, 3, 0, 3, 3, 0
local t = {1, 2, 3} t[#t + 1] = 4 t[#t] = nil t[2] = nil return #t --> 3
local t = {} for i = 10, 1, -1 do t[i] = i end return #t --> 10
return #5 --> ! attempt to get length of a number value
-- 3.4.7 precedence
return 2 + 3 * 4 ^ 2 / 2, not 1 == 2, -3 ^ 2, 2 ^ 3 ^ 2, 1 .. 2 == "12", "a" .. "b" == "ab" and 1 --> 26, false, -9, 512, true, 1
-- 3.4.8 constructors
local t = {[1] = "a", "b", x = 1, ["y z"] = 2; 3} return t[1], t[2], t.x, t["y z"] --> "b", 3, 1, 2
local function f() return 1, 2, 3 end local t, u = {f(), f()}, {f(), nil} return #t, #u --> 4, 1
local t = {} for i = 1, 200 do t[i] = i end local u = {table.unpack(t)} return #u, u[200] --> 200, 200
-- 3.4.9 and 3.4.10 functions
local function f(...) local a, b = ... return select("#", ...), a, b end return f(1, nil, nil) --> 3, 1, nil
local function f(a, b, ...) return a, b, ... end return f(1) --> 1, nil
local function f(a, b, ...) return a, b, ... end return f(1, 2, 3, 4) --> 1, 2, 3, 4
local function f(...) return {n = select("#", ...), ...} end local t = f(nil, nil) return t.n, #t --> 2, 0
local o = {n = 1} function o:add(x) self.n = self.n + x return self end return o:add(2):add(3).n --> 6
local t = {a = {b = {}}} function t.a.b.f(x) return x end return t.a.b.f(9) --> 9
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end return loop(100000) --> "done"
local s = 0 local function add(n) if n > 0 then s = s + n add(n - 1) end end add(100) return s --> 5050
local f f = function(n) return n <= 1 and 1 or n * f(n - 1) end return f(10) --> 3628800
return (function(...) return ... end)(1, 2), (function(...) return ... end)(1, 2) --> 1, 1, 2
return f"x" --> ! undefined global 'f'
local f = function(x) return x end return f"x", f{1}[1], f[[y]] --> "x", 1, "y"
-- 3.5 visibility and upvalues
local fs = {} for i = 1, 3 do fs[i] = function() i = i + 10 return i end end return fs[1](), fs[1](), fs[2]() --> 11, 21, 12
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local inc, get = counter() inc() inc() return get() --> 2
local fs = {} for _, v in ipairs{"a", "b"} do fs[#fs + 1] = function() return v end end return fs[1]() .. fs[2]() --> "ab"
local i, fs = 1, {} while i <= 2 do local j = i fs[i] = function() return j end i = i + 1 end return fs[1](), fs[2]() --> 1, 2
local fs = {} repeat local x = #fs fs[#fs + 1] = function() return x end until x == 2 return fs[1](), fs[3]() --> 0, 2
local f do local x = 1 f = function() x = x + 1 return x end end f() return f() --> 3
local fs = {} for i = 1, 2 do local x if i == 2 then break end fs[i] = function() x = 5 return x end end return fs[1]() --> 5
-- 3.3.6 calls that fail
undefinedfunction() --> ! undefined global 'undefinedfunction'
pritn("x") --> ! undefined global 'pritn'; did you mean 'print'?
local t = {} t.go() --> ! attempt to call field 'go' (a nil value)
local t = {} t:go() --> ! attempt to call method 'go' (a nil value)
local t = {} t.x.y = 1 --> ! attempt to index field 'x' (a nil value)
local s = "x" s.y.z = 1 --> ! attempt to index field 'y' (a nil value)
local s = "x" s.y = 1 --> ! attempt to index local 's' (a string value)
local x = 5 x() --> ! attempt to call local 'x' (a number value)
local up = nil local function f() return up.x end f() --> ! attempt to index upvalue 'up' (a nil value)
return rawget(_G, "nothing") --> nil
return _G[1] --> nil
-- 3.4.1 a remainder of nothing has no sign
local x, y = -8, 4 return x % y, -x % -y, -7 % 4 --> 0, 0, 1
-- 3.4.1 the remainder is that of the manual's formula, for constants and for variables
local one, tenth = 1, 0.1 return one % tenth, 1 % 0.1, 100 % 0.1, -one % tenth, -1 % 0.1 --> 0, 0, 0, 0, 0
local x, huge = 5, math.huge return x % huge, -x % huge, huge % x --> nan, nan, nan
local x, y = 1e300, 1e-300 return x % y, 1e300 % 1e-300 --> -inf, -inf
local x, y = 5.3, 1e15 return x % 0.7 == 5.3 % 0.7, y % 0.3 == 1e15 % 0.3, y % -0.3 == 1e15 % -0.3 --> true, true, true
-- 3.1 long hexadecimal numerals are rounded once
return ("%.17g"):format(0xd08CdB1710B8a4B6D), ("%.17g"):format(0xd0.8CdB1710B8a4B6Dp60) --> "2.4044203117983633e+20", "2.4044203117983633e+20"
return 0xd08CdB1710B8a4B6D == tonumber("0xd08CdB1710B8a4B6D"), 0x20000000000001, 0x20000000000001 == 2^53 --> true, 9.007199254741e+15, true
return 0x20000000000003 == 2^53 + 4, 0x200000000000010000001 == 2^81 + 2^29, 0xFFFFFFFFFFFFFFFF == 2^64, 0x0.20000000000003p56 == 2^53 + 4 --> true, true, true, true
return 0x1p+4, 0x.8, 0x1.8p1, 0x00000000000000000001, 0x1FFFFFFFFFFFFF == 2^53 - 1, 0x100000000000000000000p-80 --> 16, 0.5, 3, 1, true, 1
