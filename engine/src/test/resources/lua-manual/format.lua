-- 6.4 format, integers
return ("%d %5d|%-5d|%05d|%+d|% d"):format(42, 42, 42, 42, 42, 42) --> "42    42|42   |00042|+42| 42"
return ("%d"):format(27831234567), ("%d"):format(-0), ("%d"):format(3.7), ("%i"):format("12"), ("%.3d"):format(5), ("%5.3d"):format(5), ("%.0d"):format(0) --> "27831234567", "0", "3", "12", "005", "  005", ""
return ("%x %X %#x %o %#o"):format(255, 255, 255, 8, 8), ("%u"):format(42) --> "ff FF 0xff 10 010", "42"
return ("%d"):format(2^62), ("%d"):format(-2^62) --> "4611686018427387904", "-4611686018427387904"
("%d"):format("x") --> ! bad argument #2 to 'format' (number expected, got string)
("%d"):format(2^63) --> ! not a number in proper range
("%x"):format(-1) --> ! not a non-negative number in proper range
("%d"):format() --> ! bad argument #2 to 'format' (number expected, got no value)
-- 6.4 format, floating point
return ("%.2f"):format(12.5), ("%8.2f|%-8.2f|%08.2f"):format(3.14159, 3.14159, 3.14159), ("%f"):format(1/3), ("%.0f"):format(0.5), ("%.0f"):format(1.5), ("%.0f"):format(2.5) --> "12.50", "    3.14|3.14    |00003.14", "0.333333", "0", "2", "2"
return ("%.2f"):format(1234567.895), ("%.3f"):format(2.0005), ("%5.1f"):format(-3.14159), ("%+.1f"):format(2) --> "1234567.90", "2.001", " -3.1", "+2.0"
return ("%e"):format(12345.678), ("%.2E"):format(0.00012), ("%e"):format(0), ("%.0e"):format(12345) --> "1.234568e+04", "1.20E-04", "0.000000e+00", "1e+04"
return ("%g"):format(100000), ("%g"):format(1e6), ("%g"):format(0.0001), ("%g"):format(0.00001), ("%.3g"):format(3.14159), ("%#g"):format(1), ("%g"):format(0) --> "100000", "1e+06", "0.0001", "1e-05", "3.14", "1.00000", "0"
return ("%.14g"):format(0.1), ("%.17g"):format(0.1), ("%.20f"):format(0.1), ("%.1f"):format(1e15) --> "0.1", "0.10000000000000001", "0.10000000000000000555", "1000000000000000.0"
return ("%f"):format(1/0), ("%5.1f"):format(-1/0), ("%05f"):format(1/0), ("%G"):format(1e-10) --> "inf", " -inf", "  inf", "1E-10"
return ("%a"):format(1), ("%A"):format(0.5), ("%a"):format(10) --> "0x1p+0", "0X1P-1", "0x1.4p+3"
return #("%99.99f"):format(1e308) --> 409
-- 6.4 format, strings
return ("%s %5s|%-5s|%.2s|%5.1s|"):format("a", "b", "c", "def", "xyz") --> "a     b|c    |de|    x|"
return ("%s %s %s"):format(nil, true, 1.5), ("%s"):format(setmetatable({}, {__tostring = function() return "obj" end})) --> "nil true 1.5", "obj"
return ("%c%c"):format(72, 105), ("%5c|%-3c|"):format(65, 66) --> "Hi", "    A|B  |"
return ("%q"):format('a "b"\n\\c\0d\r1\1272') --> "\"a \\\"b\\\"\\\n\\\\c\\0d\\0131\\1272\""
return ("%%"):format(), ("100%%"):format(), ("%5s%%"):format(50) --> "%", "100%", "   50%"
("%s"):format() --> ! bad argument #2 to 'format' (value expected)
-- 6.4 format, what is malformed
("%y"):format(1) --> ! invalid option '%y' to 'format'
("%"):format(1) --> ! invalid format
("%5"):format(1) --> ! invalid format
("%123d"):format(1) --> ! invalid format (width or precision too long)
("%.123d"):format(1) --> ! invalid format (width or precision too long)
("%------d"):format(1) --> ! invalid format (repeated flags)
return ("%a %.0a %.3a %.15a %#.0a %A"):format(1.5, 1.5, 12.5, 0.1, 1, 5e-324) --> "0x1.8p+0 0x2p+0 0x1.900p+3 0x1.999999999999a00p-4 0x1.p+0 0X0.0000000000001P-1022"
-- 6.4 string.format: a precision of 0 for g is 1
return string.format("%.0g %.g", 0.03118968, 0.001) --> "0.03 0.001"
return string.format("%.0g %.0g %.0g %.0g %#.0g", 1.5, 0.00001, 123, 0, 2) --> "2 1e-05 1e+02 0 2."
-- 6.4 string.format: the ends of the range of integers
return pcall(string.format, "%d", -2^63) --> true, "-9223372036854775808"
return pcall(string.format, "%d", 2^63) --> false, "main.lua:11: bad argument #2 to 'format' (not a number in proper range)"
return string.format("%x %X %o %u", 2^63, 2^64 - 2048, 2^63, 2^63) --> "8000000000000000 FFFFFFFFFFFFF800 1000000000000000000000 9223372036854775808"
return string.format("%x", -0.5), (pcall(string.format, "%x", -1)), (pcall(string.format, "%x", 2^64)) --> "0", false, false
return string.format("%.17g", tonumber("0xd08CdB1710B8a4B6D")) --> "2.4044203117983633e+20"
