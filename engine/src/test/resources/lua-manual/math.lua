-- 6.6 functions
return math.abs(-5), math.ceil(1.2), math.ceil(-1.2), math.floor(1.8), math.floor(-1.2), math.sqrt(16), math.pi --> 5, 2, -1, 1, -2, 4, 3.1415926535898
return math.max(1, 5, 3), math.min(2, -1), math.max(1), math.huge, -math.huge --> 5, -1, 1, inf, -inf
return math.fmod(7, 3), math.fmod(-7, 3), math.modf(3.7), (math.modf(-3.7)) --> 1, -1, 3, -3
return math.modf(1/0) --> inf, 0
return math.exp(0), math.log(1), math.log(8, 2), math.log(1000, 10), math.pow(2, 8) --> 1, 0, 3, 3, 256
return math.frexp(8), math.ldexp(0.5, 4) --> 0.5, 8
return math.frexp(0), select(2, math.frexp(1e-310)) --> 0, -1029
return math.deg(math.pi), math.rad(180) == math.pi, math.sin(0), math.cos(0), math.tan(0), math.atan2(0, 1) --> 180, true, 0, 1, 0, 0
return math.sinh(0), math.cosh(0), math.tanh(0), math.asin(0), math.acos(1), math.atan(0) --> 0, 1, 0, 0, 0, 0
math.max() --> ! bad argument #1 to 'max' (number expected, got no value)
math.floor("x") --> ! bad argument #1 to 'floor' (number expected, got string)
return math.floor("3.7") --> 3
-- 6.6 random
for i = 1, 1000 do local r = math.random() if r < 0 or r >= 1 then return r end end return "in range" --> "in range"
for i = 1, 1000 do local r = math.random(6) if r < 1 or r > 6 or r % 1 ~= 0 then return r end end return "in range" --> "in range"
for i = 1, 1000 do local r = math.random(-3, 3) if r < -3 or r > 3 then return r end end return "in range" --> "in range"
math.randomseed(42) local a = math.random() math.randomseed(42) return a == math.random() --> true
math.random(0) --> ! interval is empty
math.random(5, 1) --> ! bad argument #2 to 'random' (interval is empty)
return math.random(3, 3) --> 3
return math.modf(-1), select(2, math.modf(-1)), 1 ^ (0/0), (-1) ^ math.huge, math.pow(1, 0/0) --> -1, -0, 1, 1, 1
-- 6.6 max and min keep what comes first where nothing is greater or less
return math.max(1, 0/0), math.min(1, 0/0), math.max(0/0, 1), math.min(0/0, 1) --> 1, 1, nan, nan
local zero = 0 return math.max(-zero, 0), math.max(0, 1, 0/0, 2), math.min(3, 0/0, 2) --> -0, 2, 2
