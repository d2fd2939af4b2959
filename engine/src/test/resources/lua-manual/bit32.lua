-- 6.7 logic
return bit32.band(), bit32.band(0xff, 0x0f), bit32.bor(), bit32.bor(1, 2, 4), bit32.bxor(5, 1), bit32.bnot(0) --> 4294967295, 15, 0, 7, 4, 4294967295
return bit32.btest(1, 2), bit32.btest(3, 2), bit32.band(-1, 0xffffffff), bit32.bnot(-1) --> false, true, 4294967295, 0
return bit32.band(2^32 + 5), bit32.bor(2.5), bit32.bor(-2^31) --> 5, 2, 2147483648
-- 6.7 shifts
return bit32.lshift(1, 4), bit32.lshift(1, 32), bit32.lshift(16, -2), bit32.rshift(16, 2), bit32.rshift(0x80000000, 31), bit32.arshift(0x80000000, 31), bit32.arshift(16, 2), bit32.arshift(-1, 40) --> 16, 0, 4, 4, 1, 4294967295, 4, 4294967295
return bit32.lrotate(0x80000001, 1), bit32.rrotate(1, 1), bit32.lrotate(1, 33), bit32.lrotate(1, -1) --> 3, 2147483648, 2, 2147483648
-- 6.7 fields
return bit32.extract(0xabcd, 4, 8), bit32.extract(0xf, 0), bit32.replace(0, 0xf, 4, 4), bit32.extract(0xffffffff, 0, 32) --> 188, 1, 240, 4294967295
bit32.extract(1, 30, 5) --> ! trying to access non-existent bits
bit32.extract(1, -1) --> ! field cannot be negative
bit32.extract(1, 0, 0) --> ! width must be positive
