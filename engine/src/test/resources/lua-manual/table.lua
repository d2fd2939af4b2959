-- 6.5 concat
return table.concat({1, 2, "x"}), table.concat({1, 2, 3}, ", "), table.concat({}, "x"), table.concat({1, 2, 3}, "-", 2), table.concat({1, 2, 3}, "-", 2, 2), table.concat({1}, "", 5) --> "12x", "1, 2, 3", "", "2-3", "2", ""
table.concat({1, {}, 3}) --> ! invalid value (table) at index 2 in table for 'concat'
table.concat({1}, "", 1, 2) --> ! invalid value (nil) at index 2 in table for 'concat'
return table.concat({1234567.89, 10000000.25}, " ") --> "1234567.89 10000000.25"
-- 6.5 insert
local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) table.insert(t, 5, 4) return table.concat(t, " ") --> "0 1 2 3 4"
table.insert({1}, 5, 2) --> ! bad argument #2 to 'insert' (position out of bounds)
table.insert({1}, 0, 2) --> ! bad argument #2 to 'insert' (position out of bounds)
table.insert({}) --> ! wrong number of arguments to 'insert'
table.insert({}, 1, 2, 3) --> ! wrong number of arguments to 'insert'
table.insert(nil, 1) --> ! bad argument #1 to 'insert' (table expected, got nil)
-- 6.5 pack and unpack
local t = table.pack(1, nil, 3, nil) return t.n, t[1], t[2], t[3] --> 4, 1, nil, 3
return table.unpack({1, 2, 3}), (table.unpack({1, 2})) --> 1, 1
return table.unpack({1, 2, 3}, 2) --> 2, 3
return table.unpack({1, 2, 3}, -1, 1) --> nil, nil, 1
return select("#", table.unpack({}, 1, 3)) --> 3
table.unpack({}, 1, 1e8) --> ! too many results to unpack
-- 6.5 remove
local t = {1, 2, 3} return table.remove(t), table.remove(t, 1), #t, t[1] --> 3, 1, 1, 2
local t = {} return table.remove(t), #t --> nil, 0
local t = {1} return table.remove(t, 2), #t --> nil, 1
table.remove({1, 2}, 5) --> ! position out of bounds
local t = {n = 1} t[0] = "z" return table.remove(t, 0), t[0] --> "z", nil
-- 6.5 sort
local t = {3, 1, 2} table.sort(t) return table.concat(t) --> "123"
local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t) --> "321"
local t = {"b", "é", "a", "z"} table.sort(t) return table.concat(t) --> "abzé"
local t = {} for i = 1, 500 do t[i] = (i * 7919) % 503 end table.sort(t) for i = 2, 500 do if t[i] < t[i - 1] then return i end end return "sorted" --> "sorted"
table.sort({1, "x"}) --> ! attempt to compare string with number
table.sort({1, {}, 2}) --> ! attempt to compare
table.sort({3, 2, 1}, function(a, b) error("in order") end) --> ! in order
local t = {1, 2, 3, 4, 5} table.sort(t, function() return true end) return #t --> 5
table.sort({}, 5) --> ! bad argument #2 to 'sort' (function expected, got number)
-- 6.5 libraries can be changed
table.insert(string, 1) return #string, string[1] --> 1, 1
table.sort = nil return table.sort --> nil
table.insert(ussd, 1) --> ! 'ussd' is read-only: it cannot be changed by a script
-- 6.5 the list of pack is as long as what was given
return table.unpack(table.pack(1, nil, 3)) --> 1, nil, 3
return #table.pack(1, nil, 3), #table.pack(nil, nil, 3), #table.pack(1, nil), #table.pack(), table.pack(1, nil).n --> 3, 3, 1, 0, 2
