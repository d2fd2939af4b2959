-- 0 what docs/lua-deviations.md says
return -0, (function(x) return -x end)(0) --> 0, -0
return 0/0, -(0/0) --> nan, nan
return tonumber(("1"):rep(128)) ~= nil, tonumber(("1"):rep(129)) --> true, nil
local t = {} for _, k in ipairs{"z", "a", 3, 1, "m", 2} do t[k] = true end local r = {} for k in pairs(t) do r[#r + 1] = k end return table.concat(r) --> "123zam"
return select("#", table.unpack({}, 1, 8000)), (pcall(table.unpack, {}, 1, 8001)) --> 8000, false
local function depth(n) local ok, d = true, n if n < 180 then d = depth(n + 1) end return d end return depth(1) --> 180
local t = {{1, "a"}, {0, "b"}, {1, "c"}, {0, "d"}} table.sort(t, function(x, y) return x[1] < y[1] end) return t[1][2] .. t[2][2] .. t[3][2] .. t[4][2] --> "bdac"
return pcall(string.rep) --> false, "main.lua:11: bad argument #1 to 'rep' (string expected, got no value)"
return pcall(function() error("x", 2) end) --> false, "x"
return select(2, xpcall(error, function() error("again", 0) end)) --> "again"
return setmetatable({}, {__mode = "k", __gc = print}) ~= nil --> true
local t = {} return t[1].name --> ! attempt to index a nil value (field 'name')
return getmetatable(""), getmetatable(_G), getmetatable(string), getmetatable(ussd), getmetatable(table) --> false, false, nil, false, nil
