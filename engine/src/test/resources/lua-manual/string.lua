-- 6.4 byte and char
return ("abc"):byte(), ("abc"):byte(2), ("abc"):byte(-1), ("abc"):byte(10) --> 97, 98, 99
return string.byte("abc", 1, -1) --> 97, 98, 99
return string.char(), string.char(72, 105), #string.char(0, 255) --> "", "Hi", 2
string.char(256) --> ! bad argument #1 to 'char' (value out of range: 0 to 255)
-- 6.4 len, lower, upper, reverse
return ("ab\0c"):len(), ("ÄbC"):lower(), ("äbC"):upper(), ("abc"):reverse() --> 4, "Äbc", "äBC", "cba"
return ("I"):lower(), ("i"):upper() --> "i", "I"
-- 6.4 rep
return ("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(0), ("ab"):rep(-1), (""):rep(1000000000), ("x"):rep(1, "y") --> "ababab", "ab-ab-ab", "", "", "", "x"
-- 6.4 sub
return ("hello"):sub(2), ("hello"):sub(2, 3), ("hello"):sub(-3), ("hello"):sub(-3, -2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(3, 2), ("hello"):sub(-100, 2) --> "ello", "el", "llo", "ll", "hello", "", "", "he"
return ("hello"):sub(2^31), ("hello"):sub(-2^40, 2^40) --> "", "hello"
string.sub() --> ! bad argument #1 to 'sub' (string expected, got no value)
string.sub("x") --> ! bad argument #2 to 'sub' (number expected, got no value)
string.rep({}, 2) --> ! bad argument #1 to 'rep' (string expected, got table)
return (5):rep(2) --> ! attempt to index a number value
return string.len(12345), string.rep(1, 3) --> 5, "111"
-- 6.4 find, plain
return ("hello"):find("l"), ("hello"):find("xyz"), ("a.b"):find(".", 1, true), ("hello"):find("", 3), ("hello"):find("", 10) --> 3, nil, 2, 3, nil
return ("hello"):find("l", -2) --> 4, 4
return (""):find("", 1), (""):find("", 2) --> 1, nil
return ("a+b"):find("+", 1, true) --> 2, 2
-- 6.4 gsub
return ("hello world"):gsub("o", "0") --> "hell0 w0rld", 2
return ("hello"):gsub("", "-") --> "-h-e-l-l-o-", 6
return ("hello"):gsub("l", {l = "L"}) --> "heLLo", 2
return ("hello"):gsub("l", function(c) return c:upper() end, 1) --> "heLlo", 1
return ("abc"):gsub("%w", "%0%0") --> "aabbcc", 3
return ("hello world"):gsub("(%w+) (%w+)", "%2 %1") --> "world hello", 1
return ("abc"):gsub("b", function() return nil end), (("abc"):gsub("b", function() return false end)) --> "abc", "abc"
return ("abc"):gsub("b", "%%") --> "a%c", 1
("abc"):gsub("b", "%x") --> ! invalid use of '%' in replacement string
("abc"):gsub("b", function() return {} end) --> ! invalid replacement value (a table)
("abc"):gsub("b") --> ! bad argument #3 to 'gsub' (string/function/table expected, got no value)
("abc"):gsub("(b)", "%2") --> ! invalid capture index
return ("abc"):gsub("^a", "x"), (("aaa"):gsub("^a", "x")) --> "xbc", "xaa"
return ("$name is $age"):gsub("%$(%w+)", {name = "Bob", age = 42}) --> "Bob is 42", 2
return ("abc"):gsub("()", "%1") --> "1a2b3c4", 4
return (" x "):gsub("^%s*(.-)%s*$", "%1") --> "x", 1
-- 6.4 gmatch
local r = {} for w in ("one two"):gmatch("%a+") do r[#r + 1] = w end return table.concat(r, "|") --> "one|two"
local r = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do r[#r + 1] = k .. v end return table.concat(r, "|") --> "a1|b2"
local n = 0 for f in ("a,,b"):gmatch("([^,]*)") do n = n + 1 end return n --> 5
local r = {} for p in ("abc"):gmatch("()") do r[#r + 1] = p end return table.concat(r) --> "1234"
