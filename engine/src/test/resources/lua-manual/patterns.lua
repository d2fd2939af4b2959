-- 6.4.1 classes
return ("aB3 _\t."):gsub("%a", "x") --> "xx3 _\9.", 2
return ("aB3"):gsub("%l", "x"), (("aB3"):gsub("%u", "x")), (("aB3"):gsub("%d", "x")), (("aB3"):gsub("%A", "x")) --> "xB3", "ax3", "aBx", "aBx"
return (("!a~ "):gsub("%p", "P")), (("a\v\f b"):gsub("%s", "S")), (("ag"):gsub("%x", "X")), (("a_1"):gsub("%w", "W")), (("\1a"):gsub("%c", "C")), ((" a"):gsub("%g", "G")) --> "PaP ", "aSSSb", "Xg", "W_W", "Ca", " G"
return ("a.b"):match("%."), ("a%b"):match("%%"), ("x"):match("."), ("\0"):match("%z") --> ".", "%", "x", "\0"
return ("é"):match("%a"), ("é"):match("%W") == "\195" --> nil, true
-- 6.4.1 sets
return ("hello-world"):match("[%w-]+"), ("abc"):match("[^a]"), ("]"):match("[]]"), ("a^b"):match("[b^]"), ("a-z"):match("[a%-z]+"), ("x]y"):match("[^]]+") --> "hello-world", "b", "]", "^", "a-z", "x"
return ("b"):match("[a-c]"), ("-"):match("[a-]"), ("5"):match("[%d_]"), ("\255"):match("[\200-\255]") == "\255" --> "b", "-", "5", true
-- 6.4.1 repetition
return ("aaa"):match("a*"), ("aaa"):match("a-"), ("aaa"):match("a+"), ("aaa"):match("a?"), ("b"):match("a*"), ("b"):match("a+") --> "aaa", "", "aaa", "a", "", nil
return ("<a><b>"):match("<(.-)>"), ("<a><b>"):match("<(.*)>"), ("ab"):match("a?b"), ("b"):match("a?b") --> "a", "a><b", "ab", "b"
-- 6.4.1 captures
return ("2021-09-30"):match("(%d+)-(%d+)-(%d+)") --> "2021", "09", "30"
return ("abc"):match("()b()") --> 2, 3
return ("aXbXc"):match("((%w)X(%w))") --> "aXb", "a", "b"
return ("'x' \"y\""):match("(['\"])(.-)%1") --> "'", "x"
return ("abab"):match("(ab)%1"), ("abac"):match("(ab)%1") --> "ab", nil
-- 6.4.1 balance and frontier
return ("f(a(b)c)d"):match("%b()"), ("((x)"):match("%b()"), ("x"):match("%b()") --> "(a(b)c)", "(x)", nil
return ("THE (quick) fox"):find("%f[%a]%a+%f[%A]") --> 1, 3
return ("hello world"):gsub("%f[%w]%w+", string.upper) --> "HELLO WORLD", 2
return ("x"):match("%f[%z]"), ("ab"):find("%f[%A]") --> "", 3, 2
-- 6.4.1 anchors
return ("abc"):match("^b"), ("abc"):match("^a"), ("abc"):match("c$"), ("a$c"):match("a$c"), ("abc"):find("^b", 2), ("^"):match("%^"), ("a^"):match("a^") --> nil, "a", "c", "a$c", 2, "^", "a^"
-- 6.4.1 what is malformed
("a"):match("[a") --> ! malformed pattern (missing ']')
("a"):match("[") --> ! malformed pattern (missing ']')
("a"):match("[]") --> ! malformed pattern (missing ']')
("a"):match("[^]") --> ! malformed pattern (missing ']')
("a"):match("[%") --> ! malformed pattern (missing ']')
("a"):match("%") --> ! malformed pattern (ends with '%')
("a"):match("(a") --> ! unfinished capture
("a"):match("a)") --> ! invalid pattern capture
("a"):match("%1") --> ! invalid capture index
("a"):match("%b") --> ! malformed pattern (missing arguments to '%b')
("a"):match("%bx") --> ! malformed pattern (missing arguments to '%b')
("a"):match("%f") --> ! missing '[' after '%f' in pattern
("a"):match(("()"):rep(33)) --> ! too many captures
return ("a"):rep(300):match(("a?"):rep(300) .. ("a"):rep(300)) --> ! pattern too complex
-- 6.4.1 a caret in gmatch is no anchor
local n = 0 for w in ("^a ^b a"):gmatch("^%a") do n = n + 1 end return n --> 2
-- 6.4.1 a captured position is no text to refer back to
return ("a1"):match("()%1") --> nil
-- 6.4 gsub: a count below zero is as good as none, one with a fraction is cut
return ("abc"):gsub("b", "x", -1) --> "axc", 1
return select(2, ("aaa"):gsub("a", "x", 1.9)), select(2, ("aaa"):gsub("a", "x", 0)), select(2, ("aaa"):gsub("a", "x", -0.5)) --> 1, 0, 0
