## endless loop => max_instructions
while true do end
## endless loop under pcall => max_instructions
while true do pcall(function() while true do end end) end
## endless repeat => max_instructions
repeat until false
## endless goto => max_instructions
::top:: goto top
## endless numeric for => max_instructions
for i = 1, math.huge do end
## numeric for with step 0 => returned: null
for i = 1, 2, 0 do end
## endless generic for => max_instructions
for _ in function() return 1 end do end
## endless tail calls => max_instructions
local function f() return f() end f()
## endless tail calls through pcall => max_call_depth
local function f() return pcall(f) end f()
## recursion => max_call_depth
local function f() f() return 1 end f()
## recursion caught by pcall => max_call_depth
local function f() pcall(f) end while true do f() end
## mutual recursion => max_call_depth
local a, b function a() b() return 1 end function b() a() return 1 end a()
## recursion through __index => max_call_depth
local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x
## recursion through __newindex => max_call_depth
local t = setmetatable({}, {__newindex = function(t, k, v) t[k] = v end}) t.x = 1
## recursion through __call => error: the chain of __call
local t = {} setmetatable(t, {__call = t}) t()
## __call is pcall => ends
local t = setmetatable({}, {__call = pcall}) t(t)
## __tostring is tostring => max_call_depth
local t = {} setmetatable(t, {__tostring = tostring}) tostring(t)
## recursion through __eq => max_call_depth
local mt = {} mt.__eq = function(a, b) return a == b end
return setmetatable({}, mt) == setmetatable({}, mt)
## recursion through __lt => max_call_depth
local mt = {} mt.__lt = function(a, b) return a < b end
local t = setmetatable({}, mt) return t < t
## recursion through __concat => max_call_depth
local t = {} setmetatable(t, {__concat = function(a, b) return a .. b end}) return t .. t
## recursion through __len => max_call_depth
local t = {} setmetatable(t, {__len = function(a) return #a end}) return #t
## recursion through __pairs => max_call_depth
local t = {} setmetatable(t, {__pairs = pairs}) for _ in pairs(t) do end
## recursion through gsub => max_call_depth
local function f() return (("x"):gsub("x", f)) end f()
## recursion through sort => max_call_depth
local function f() table.sort({1, 2, 3}, f) end f()
## recursion through load => max_call_depth
local function f() return load("local f = ... f() return 1")(f) end f()
## recursion through xpcall's handler => max_call_depth
local function f() xpcall(error, f) end f()
## __index chain of tables => error: loop in gettable
local t = {} for i = 1, 200 do t = setmetatable({}, {__index = t}) end return t.x
## __index loop of two tables => error: loop in gettable
local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) return a.x
## load with an environment of its own => max_instructions
load("while true do end", "x", "t", {})()
## load of ever longer source => ends
local s = "x = 1 " while true do s = s .. s load(s) end
## load of deep nesting => error: chunk has too many syntax levels
local f, e = load("return " .. ("("):rep(5000) .. "1" .. (")"):rep(5000)) error((e:gsub("^.-%]:%d+: ", "")), 0)
## load of deep tables => error: chunk has too many syntax levels
local f, e = load("return " .. ("{"):rep(5000) .. ("}"):rep(5000)) error((e:gsub("^.-%]:%d+: ", "")), 0)
## load of deep functions => error: chunk has too many syntax levels
local f, e = load(("function f() "):rep(5000)) error((e:gsub("^.-%]:%d+: ", "")), 0)
## load of a long elseif chain => ends
local f, e = load("if x == 1 then " .. ("elseif x == 2 then "):rep(3000) .. "end") error(e or "compiled", 0)
## load of many locals => error: too many local variables
local f, e = load(("local a "):rep(300)) error((e:gsub("^.-%]:%d+: ", "")), 0)
## load from a reader that never ends => max_string_length
load(function() return "x = 1 " end)
## load of a broken escape at the end => error: unfinished string
local f, e = load('return "abc\\z') error((e:gsub("^.-%]:%d+: ", "")), 0)
## load of binary code => error: a compiled (binary) chunk
local f, e = load("\27Lua\82\0\1\4\8\4\8\0", "=x") error((e:gsub("^x:0: ", "")), 0)
## string.rep huge => max_string_length
return ("x"):rep(1e9)
## string.rep beyond long => max_string_length
return ("xxxxxxxxxx"):rep(2^62)
## string.rep again and again => max_memory
while true do local s = ("x"):rep(60000) end
## string.rep in pcall => max_string_length
while true do pcall(string.rep, "x", 1e9) end
## doubling by concatenation => max_string_length
local s = "x" while true do s = s .. s end
## growing by concatenation => max_memory
local s = "" while true do s = s .. "xxxxxxxxxxxxxxxx" if #s > 30000 then s = "" end end
## table.concat huge => max_string_length
local t = {} for i = 1, 1000 do t[i] = ("x"):rep(1000) end return table.concat(t)
## gsub that grows => max_string_length
local s = "x" while true do s = s:gsub(".", "%0%0") end
## gsub with empty pattern => max_string_length
local s = ("x"):rep(60000) return s:gsub("", "yyyy")
## format that grows => max_string_length
local s = "x" while true do s = ("%s%s"):format(s, s) end
## pattern bomb of lazy repetitions => max_instructions
return (("a"):rep(30000)):find(".-.-.-.-b")
## pattern bomb of greedy repetitions => max_instructions
return (("a"):rep(30000)):find(".*.*.*.*b")
## pattern bomb in pcall => max_instructions
while true do pcall(string.find, ("a"):rep(30000), ".-.-.-b") end
## pattern of optional items => error: pattern too complex
return (("a"):rep(300)):match(("a?"):rep(300) .. ("a"):rep(300))
## pattern of many captures => error: too many captures
return ("x"):find(("("):rep(1000) .. (")"):rep(1000))
## pattern with a long set => max_instructions
local set = "[" .. ("bc"):rep(30000) .. "]" while true do (("a"):rep(60000)):find(set) end
## balanced match bomb => max_instructions
return (("("):rep(60000)):gsub("%b()", "")
## plain find bomb => max_instructions
local hay, needle = ("a"):rep(60000), ("a"):rep(30000) .. "b" while true do hay:find(needle, 1, true) end
## table that grows as a list => max_memory
local t = {} while true do t[#t + 1] = 1 end
## table that grows by names => max_memory
local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end
## table that grows by numbers => max_memory
local t, i = {}, 0 while true do i = i + 1 t[i + 0.5] = i end
## tables in tables => max_memory
local t = {} while true do t = {t} end
## closures in closures => max_memory
local f while true do local g = f f = function() return g end end
## table.insert at the front => ends
local t = {} while true do table.insert(t, 1, 1) end
## table.remove at the front => ends
local t = {} for i = 1, 100000 do t[i] = i end while #t > 0 do table.remove(t, 1) end while true do end
## a length that lies => max_instructions
table.remove(setmetatable({}, {__len = function() return 2^31 - 2 end}), 1) while true do end
## concat with a length that lies => error: invalid value (nil) at index 1
table.concat(setmetatable({}, {__len = function() return 2^31 - 1 end}))
## sort with a length that lies => max_memory
table.sort(setmetatable({}, {__len = function() return 2^31 - 1 end}))
## insert with a length that lies => ends
table.insert(setmetatable({}, {__len = function() return 2^31 - 1 end}), 1, 1)
## unpack huge => error: too many results to unpack
return table.unpack({}, 1, 1e8)
## unpack again and again => max_memory
while true do local function f(...) end f(table.unpack({}, 1, 8000)) end
## arguments that grow by tail calls => max_memory
local function f(...) return f(1, ...) end f()
## arguments handed down by recursion => ends
local function f(...) return (f(1, 2, 3, ...)) end f()
## string.byte of all => error: bad argument #3 to 'byte' (string slice too long
return (("x"):rep(60000)):byte(1, -1)
## sort with an order that contradicts itself => ends
local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1000 do table.sort(t, function() return true end) end
## sort with an order that changes the list => ends
local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function(a, b) t[#t] = nil return a < b end)
## sort with an order that grows the list => max_memory
local t = {3, 2, 1} table.sort(t, function(a, b) for i = 1, 1e6 do t[#t + 1] = 1 end return a < b end)
## errors under pcall without end => max_instructions
while true do pcall(error) end
## a tree of pcalls => max_call_depth
local function f() pcall(f) pcall(f) end f()
## errors from deep => max_instructions
local function f(n) if n == 0 then error("x") end f(n - 1) end while true do pcall(f, 100) end
## error objects that raise errors => error: (error object is a table value)
error(setmetatable({}, {__tostring = function() error("again") end}))
## error in the handler => ends
return select(2, xpcall(error, function() error("x") end))
## keys that share their hash => max_instructions
local t = {} local names = {""}
for n = 1, 13 do local more = {} for _, s in ipairs(names) do more[#more + 1] = s .. "Aa" more[#more + 1] = s .. "BB" end names = more end
while true do t = {} for _, s in ipairs(names) do t[s] = true end end
## next over many empty places => ends
local t = {} for i = 1, 50000 do t["k" .. i] = 1 end for i = 1, 50000 do t["k" .. i] = nil end while true do next(t) end
## pairs while the table grows => max_memory
local t = {a = 1} for k in pairs(t) do t[{}] = 1 end while true do t = {t} end
## changing a library => returned: null
string.upper = nil
## changing a library by rawset => returned: null
rawset(string, "upper", print)
## changing a library by table.insert => returned: null
table.insert(table, 1)
## a metatable for a library => returned: null
setmetatable(math, {__index = function() return 1 end})
## changing ussd => error: 'ussd' is read-only
ussd.menu = print
## changing json.null => error: 'json.null' is read-only
json.null.x = 1
## changing json.null's metatable => error: cannot change a protected metatable
setmetatable(json.null, {})
## the metatable of strings => error: attempt to index a boolean value
getmetatable("").__index = {}
## the metatable of strings by rawset => error: bad argument #1 to 'rawset' (table expected, got boolean)
rawset(getmetatable(""), "__index", nil)
## the metatable of globals => error: cannot change a protected metatable
setmetatable(_G, {})
## the string library through a string => error: attempt to index constant '' (a string value)
("").upper = nil
## hiding globals from others => returned: own
string = {upper = function() return "own" end} print = nil return string.upper("x")
## globals taken away => returned: gone
local g = _G for k in pairs(g) do g[k] = nil end return "gone"
## json of a table in itself => error: json.encode: more than 64 levels
local t = {} t.t = t json.encode(t)
## json with deep nesting => returned: nil
local v, e = json.decode(("["):rep(30000)) return tostring(v)
## json that is huge => ends
local t = {} for i = 1, 5000 do t[i] = ("x"):rep(100) end return json.encode(t)
## json again and again => ends
local s = "[" .. ("1,"):rep(20000) .. "1]" while true do json.decode(s) end
## log without end => max_memory
while true do log.info(("x"):rep(1000)) end
## undefined globals without end => max_instructions
while true do pcall(function() return nothere end) end
## numbers as text => ends
while true do local s = tostring(1e300 / 3) end
## format of huge numbers => ends
while true do local s = ("%99.99f"):format(1e308) end
## tonumber of long text => ends
local s = ("9"):rep(60000) while true do tonumber(s) end
## date in a loop => ends
while true do os.date("%c") end
## date with a long format => ends
return os.date(("%c"):rep(30000))
## random with strange bounds => ends
for _, b in ipairs{0/0, 1/0, -1/0, 2^63} do pcall(math.random, b) pcall(math.random, -b, b) end
## much straight code in a loop => max_instructions
local body = ("local x = 2 ^ 0.5 x = 2 % x "):rep(100) load("while true do do " .. body:gsub("local x", "x") .. " end end")()
## long strings compared again and again => max_instructions
local a, b = ("x"):rep(60000), ("x"):rep(59999) .. "x"
load("local a, b = ... while true do " .. ("local _ = a == b "):rep(150) .. " end")(a, b)
## long strings as keys again and again => max_instructions
local a, b = ("x"):rep(60000), ("x"):rep(59999) .. "x" local t = {[a] = 1}
load("local t, b = ... local _ while true do " .. ("_ = t[b] "):rep(1000) .. " end")(t, b)
## numbers read from text again and again => max_instructions
load("local s = ... local _ while true do " .. ("_ = s + 0 "):rep(1000) .. " end")(("9"):rep(120))
## octets of strings again and again => max_instructions
local s = ("x"):rep(8000) while true do s:byte(1, -1) end
## records without end => max_memory
local t = {} for i = 1, 1000 do t[i] = "value " .. i end while true do edr.write("X", {L = t}) end
## a log line as long as can be, without end => max_memory
local s = ("x"):rep(60000) while true do log.info(s) end
## numbers in fields that are also in the list => returned: 1b2c
local t = {[1] = "a", [2] = "z", "b", "c"} local s = "" for k, v in pairs(t) do s = s .. k .. v end return s
## a million coroutines that wait => max_coroutines 100 coroutines that have not ended at most
for i = 1, 1e6 do coroutine.resume(coroutine.create(coroutine.yield)) end
## a million coroutines that never begin => max_memory
local t = {} for i = 1, 1e6 do t[i] = coroutine.create(print) end
## a million coroutines that end => max_instructions
for i = 1, 1e6 do coroutine.wrap(function() end)() end
## a coroutine that never ends => max_instructions
coroutine.wrap(function() while true do end end)()
## a coroutine that never ends in a pcall in a coroutine in a pcall => max_instructions
pcall(coroutine.wrap(function() pcall(coroutine.wrap(function() while true do end end)) end))
## coroutines that resume each other for ever => max_instructions
local a, b
a = coroutine.wrap(function() while true do coroutine.yield() end end)
b = coroutine.wrap(function() while true do a() coroutine.yield() end end)
while true do b() end
## coroutines in coroutines => max_
local function f() return coroutine.wrap(f)() end f()
## coroutines in coroutines, each deep => max_call_depth
local function deep(n) if n > 0 then return (deep(n - 1)) end return coroutine.wrap(deep)(20) end deep(20)
## coroutines that wait in many calls => max_
local function deep(n) if n > 0 then return (deep(n - 1)) end coroutine.yield() end
while true do coroutine.wrap(deep)(150) end
## a coroutine that resumes itself => returned: false cannot resume non-suspended coroutine
local co co = coroutine.create(function() return coroutine.resume(co) end)
local _, ok, why = coroutine.resume(co) return tostring(ok) .. " " .. why
## errors that cross coroutines => max_
local function f() local ok, e = pcall(coroutine.wrap(f)) error(e, 0) end
while true do pcall(f) end
## yields in everything => max_
local t = setmetatable({}, {__index = coroutine.yield, __newindex = coroutine.yield, __call = coroutine.yield, __add = coroutine.yield, __lt = coroutine.yield, __concat = coroutine.yield, __len = coroutine.yield})
while true do
  local co = coroutine.create(function()
    local x = t.x t.x = 1 t() x = t + 1 x = t < t x = t .. "" x = #t
    table.sort({3, 2, 1}, coroutine.yield) string.gsub("abc", ".", coroutine.yield)
    for _ in coroutine.yield do break end
    tostring(setmetatable({}, {__tostring = coroutine.yield}))
  end)
  repeat local ok = coroutine.resume(co, "x") until not ok or coroutine.status(co) == "dead"
end
## a traceback of many calls, again and again => max_
local function deep(n) if n > 0 then return (deep(n - 1)) end while true do debug.traceback("x") debug.getinfo(100) end end deep(180)
## a traceback as long as a string may be => max_
local s = ("x"):rep(60000) while true do debug.traceback(s) end
## packages without end => max_memory
for i = 1, 1e9 do package.loaded["x" .. i] = {} end
## globals by names that load makes => max_memory
for i = 1, 1e9 do load("x" .. i .. " = 1") end
