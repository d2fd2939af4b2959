-- 6.9 time
return os.time() --> 1632978054
return os.time{year = 2021, month = 9, day = 30, hour = 7, min = 0, sec = 54} --> 1632978054
return os.time{year = 2021, month = 1, day = 1}, os.time{year = 2020, month = 13, day = 1, hour = 12} --> 1609495200, 1609495200
return os.time{year = "2021", month = "1", day = "32", hour = 0} == os.time{year = 2021, month = 2, day = 1, hour = 0} --> true
os.time{year = 2021} --> ! field 'month' missing in date table
-- 6.9 date
return os.date("!%Y-%m-%d %H:%M:%S"), os.date("%Y-%m-%d %H:%M:%S") --> "2021-09-30 05:00:54", "2021-09-30 07:00:54"
return os.date("!%a %A %b %B %d %e %H %I %j %m %M %p %S %w %y %Y %%", 0) --> "Thu Thursday Jan January 01  1 00 12 001 01 00 AM 00 4 70 1970 %"
return os.date("!%c", 0), os.date("!%x %X %D %F %R %T", 3661) --> "Thu Jan  1 00:00:00 1970", "01/01/70 01:01:01 01/01/70 1970-01-01 01:01 01:01:01"
return os.date("!%U %W %V %G %u", 1632978054), os.date("%z") --> "39 39 39 2021 4", "+0200"
local d = os.date("*t", 0) return d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst --> 1970, 1, 1, 2, 0, 0, 5, 1, false
return os.time(os.date("*t", 1632978054)) --> 1632978054
os.date("%Ez") --> ! invalid conversion specifier '%E'
os.date("%") --> ! invalid conversion specifier '%'
-- 6.9 clock
return os.clock() --> 0
