-- 2.6 values go in and out
local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2) return d, e, "end" end)
local function step(...) return table.concat({tostring(coroutine.resume(co, ...)), tostring(select(2, coroutine.resume(co, 10))), coroutine.status(co)}, " ") end
return step(1, 2), select("#", coroutine.resume(co, 7, 8)), coroutine.status(co) --> "true 20 suspended", 4, "dead"
return coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), nil, nil) --> true, 2, nil, nil
local f = coroutine.wrap(function(...) local x = select("#", ...) while true do x = select("#", coroutine.yield(x)) end end) return f(), f(1), f(1, nil), f() --> 0, 1, 2, 0
local t = {} for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do t[#t + 1] = i end return table.concat(t, ",") --> "1,2,3"
local function gen(n) return coroutine.wrap(function() for i = 2, n do coroutine.yield(i) end end) end
local function sift(p, g) return coroutine.wrap(function() while true do local n = g() if n == nil then return end if n % p ~= 0 then coroutine.yield(n) end end end) end
local primes, g = {}, gen(60) while true do local n = g() if n == nil then break end primes[#primes + 1] = n g = sift(n, g) end return table.concat(primes, " ") --> "2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59"
-- 6.2 status
local a, seen a = coroutine.create(function() local b = coroutine.create(function() seen = coroutine.status(a) end) coroutine.resume(b) return coroutine.status(a), coroutine.status(b) end)
local _, x, y = coroutine.resume(a) return seen, x, y, coroutine.status(a) --> "normal", "running", "dead", "dead"
local co, main = coroutine.running() return type(co), main, coroutine.status(co), co == coroutine.running() --> "thread", true, "running", true
local co = coroutine.create(function() local me, main = coroutine.running() return me, main end) local _, me, main = coroutine.resume(co) return me == co, main --> true, false
local m = coroutine.running() return coroutine.wrap(function() return coroutine.status(m), coroutine.resume(m) end)() --> "normal", false, "cannot resume non-suspended coroutine"
return coroutine.isyieldable(), coroutine.wrap(coroutine.isyieldable)() --> false, true
local co = coroutine.create(print) return tostring(co):match("^thread: 0x%x+$") ~= nil, co == co, coroutine.create(print) == co, ({[co] = 1})[co] --> true, true, false, 1
-- 6.2 errors
return coroutine.resume(coroutine.create(function() error("x") end)) --> false, "main.lua:11: x"
local ok, e = coroutine.resume(coroutine.create(function() error({1, 2}) end)) return ok, e[2] --> false, 2
local co = coroutine.create(function() error("x", 0) end) coroutine.resume(co) return coroutine.status(co), coroutine.resume(co) --> "dead", false, "cannot resume dead coroutine"
local co = coroutine.wrap(function() return 1 end) co() return pcall(co) --> false, "cannot resume dead coroutine"
return pcall(coroutine.wrap(function() error("x", 0) end)) --> false, "x"
local f = coroutine.wrap(function() error("x") end) return pcall(function() f() end) --> false, "main.lua:11: main.lua:11: x"
local e = {} local _, got = pcall(coroutine.wrap(function() error(e) end)) return got == e --> true
return coroutine.resume(coroutine.create(function() local x = nil + 1 end)) --> false, "main.lua:11: attempt to perform arithmetic on a nil value"
return pcall(coroutine.create, 1) --> false, "main.lua:11: bad argument #1 to 'create' (function expected, got number)"
return pcall(coroutine.resume, print) --> false, "main.lua:11: bad argument #1 to 'resume' (coroutine expected, got function)"
return pcall(coroutine.yield, 1) --> false, "main.lua:11: attempt to yield from outside a coroutine"
local co co = coroutine.create(function() return coroutine.resume(co) end) return coroutine.resume(co) --> true, false, "cannot resume non-suspended coroutine"
local co co = coroutine.wrap(function() return pcall(co) end) return co() --> false, "cannot resume non-suspended coroutine"
-- 2.6 yield anywhere
return coroutine.wrap(function() return pcall(function() local x = coroutine.yield(1) error("got " .. x, 0) end) end)() --> 1
local co = coroutine.wrap(function() return pcall(function() local x = coroutine.yield(1) error("got " .. x, 0) end) end) co() return co("y") --> false, "got y"
local t = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end, __add = function(a, b) return coroutine.yield("add") end, __lt = function() return coroutine.yield("lt") end, __concat = function() return coroutine.yield("cat") end, __call = function(_, x) return coroutine.yield(x) end})
local co = coroutine.wrap(function() return t.name, t + 1, t < t, t .. "", t(5) end)
return co(), co(1), co(2), co(true), co(4), co(5) --> "name", "add", "lt", "cat", 5, 1, 2, true, 4, 5
local co = coroutine.wrap(function() return (("abc"):gsub(".", function(c) return coroutine.yield(c) end)) end) return co(), co("x"), co("y"), co("z") --> "a", "b", "c", "xyz"
local co = coroutine.wrap(function() local t = {3, 1, 2} table.sort(t, function(a, b) coroutine.yield() return a < b end) return table.concat(t) end) local r repeat r = co() until r return r --> "123"
local co = coroutine.wrap(function() for k, v in (function() return coroutine.yield("iterator") end) do return k, v end end) return co(), co(1, 2) --> "iterator", 1, 2
local co = coroutine.wrap(function() return load(function() return coroutine.yield("piece") end) end) co() co("return ") co("42") return co()() --> 42
local function inner() coroutine.yield(1) coroutine.yield(2) end return (function() local co = coroutine.wrap(function() inner() return 3 end) return co(), co(), co() end)() --> 1, 2, 3
-- 2.6 variables
local n = 0 local co = coroutine.wrap(function() while true do n = n + 1 coroutine.yield() n = n * 10 end end) co() n = n + 1 co() return n --> 21
local fs = {} local co = coroutine.wrap(function() for i = 1, 2 do fs[i] = function() i = i + 1 return i end coroutine.yield() end end) co() co() return fs[1](), fs[1](), fs[2]() --> 2, 3, 3
-- 6.10 debug
return (debug.traceback("m"):gsub("\n%s*", "|"):gsub("%d+", "N")) --> "m|stack traceback:|main.lua:N: in function <main.lua:N>|main.lua:N: in main chunk"
return debug.traceback(nil) == debug.traceback(), debug.traceback({}) ~= nil, debug.traceback(5):match("^5\nstack") ~= nil --> true, true, true
local function f() return (debug.traceback("x", 1)) end local function g() return (f()) end return g():match("local 'f'") or g():match("in function '%a'") --> "in function 'f'"
local co = coroutine.create(function() local function inner() coroutine.yield() end inner() end) coroutine.resume(co) return (debug.traceback(co):gsub("\n%s*", "|"):gsub("%d+", "N")) --> "stack traceback:|[C]: in ?|main.lua:N: in function 'inner'|main.lua:N: in function <main.lua:N>"
local co = coroutine.create(function() local x = nil x() end) coroutine.resume(co) return (debug.traceback(co, "why"):gsub("\n%s*", "|"):gsub("%d+", "N")) --> "why|stack traceback:|main.lua:N: in function <main.lua:N>"
local function fails() error("deep", 0) end local _, trace = xpcall(function() fails() end, debug.traceback) return (trace:gsub("\n%s*", "|"):gsub("%d+", "N"):match("^deep|stack traceback:|main.lua:N: in function 'fails'|")) ~= nil --> true
local i = debug.getinfo(1) return i.what, i.short_src, i.source, i.currentline, i.linedefined, i.func, i.nparams, i.isvararg --> "Lua", "main.lua", "@main.lua", 11, 10, nil, 0, false
local function f(a, b, ...) return debug.getinfo(1, "nlu") end local i = f() return i.name, i.namewhat, i.currentline, i.nparams, i.isvararg, i.what --> "f", "local", 11, 2, true, nil
local i = debug.getinfo(print) return i.what, i.short_src, i.currentline, i.linedefined --> "C", "[C]", -1, -1
local i = debug.getinfo(function()
end, "S") return i.linedefined, i.lastlinedefined, i.what --> 11, 12, "Lua"
return debug.getinfo(0, "S").what, debug.getinfo(100), pcall(debug.getinfo, 1, "?") --> "C", nil, false, "main.lua:11: bad argument #2 to 'getinfo' (invalid option)"
local i = load("return debug.getinfo(1, 'S')", "=chunk")() return i.what, i.source, i.short_src, i.linedefined --> "main", "=chunk", "chunk", 0
return debug.sethook, debug.getlocal, debug.upvalueid, debug.setmetatable, debug.getregistry --> nil, nil, nil, nil, nil
-- 6.10 the environment of a function
local secret = 5 local function f() return secret, x end return debug.getupvalue(f, 1) --> "secret", nil
local secret = 5 local function f() return secret, x end local n, v = debug.getupvalue(f, 2) return n, v == _ENV, debug.getupvalue(f, 3), debug.getupvalue(print, 1) --> "_ENV", true, nil
local function f() return x end debug.setupvalue(f, 1, {x = 7}) return (pcall(f)) --> ! attempt to call global 'pcall' (a nil value)
local function f() return x end debug.upvaluejoin(f, 1, (function() local e = {x = 7} return function() return e end end)(), 1) return f(), type(pcall) --> 7, "function"
local secret = 5 local function f() return secret end return pcall(debug.setupvalue, f, 1, 6), secret --> false, 5
local secret = 5 local function f() return secret end return pcall(debug.upvaluejoin, f, 1, f, 1), secret --> false, 5
local secret = 5 local function g() return secret end local function f() return x end debug.upvaluejoin(f, 1, g, 1) local _, seen = debug.getupvalue(f, 1) debug.setupvalue(f, 1, {x = 7}) return seen, f(), secret, g() --> nil, 7, 5, 5
local own = {x = 1} local function g() return own end local function f() return x end debug.upvaluejoin(f, 1, g, 1) debug.setupvalue(f, 1, {x = 7}) return f(), own.x, g() == own --> 7, 1, true
local function f() return x end local function g() return x end local t = {x = 3} debug.upvaluejoin(f, 1, (function() local e = t return function() return e end end)(), 1) debug.upvaluejoin(g, 1, f, 1) debug.setupvalue(f, 1, {x = 4}) return f(), g() --> 4, 4
local function f() return x end return pcall(debug.upvaluejoin, f, 1, menu.digits{}, 1), debug.getupvalue(menu.digits{}, 1), pcall(debug.setupvalue, menu.digits{}, 1, {}) --> false, nil, true
local function setfenv(f, env) local i = 1 while true do local name = debug.getupvalue(f, i) if name == "_ENV" then debug.upvaluejoin(f, i, function() return env end, 1) break elseif not name then break end i = i + 1 end return f end
local f = setfenv(load("y = x return y"), {x = 3}) return f(), rawget(_G, "y") --> 3, nil
debug.sethook(print) --> ! attempt to call field 'sethook' (a nil value): it reaches into other functions
-- 6.3 package
return package.loaded.string == string, package.loaded._G == _G, package.loaded.ussd == ussd, package.config:sub(1, 1), package.loaded == package.loaded --> true, true, true, "/", true
package.loaded.fake = {5} return require("fake")[1], require("fake") == package.loaded.fake --> 5, true
package.preload.made = function(...) return {n = select("#", ...), name = (...)} end return require("made").n, require("made").name, require("made") == require("made") --> 2, "made", true
package.loaded.ussd = "stub" return require "ussd" --> "stub"
package.preload.loud = function() error("loud", 0) end return pcall(require, "loud") --> false, "loud"
return package.searchers, package.loadlib, package.path --> nil, nil, "./?.lua;./lib/?.lua;./lib/?/init.lua"
