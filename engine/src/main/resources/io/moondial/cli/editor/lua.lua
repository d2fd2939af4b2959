---@meta _

-- What scripts have of os and debug, whose own definitions .luarc.json switches off; one function of a later version; and
-- what of Lua 5.2 is left out.

---The engine's clock; dates are in the time_zone of the rules.
---@class oslib
os = {}

---@class osdate
---@field year number|string
---@field month number|string
---@field day number|string
---@field hour? number|string
---@field min? number|string
---@field sec? number|string
---@field wday? number|string
---@field yday? number|string
---@field isdst? boolean

---The time since the script began, in seconds, including waits.
---@return number seconds
function os.clock() end

---@param format? string
---@param time? number
---@return string|osdate date
function os.date(format, time) end

---@param time? osdate
---@return number seconds
function os.time(time) end

---@class debuglib
debug = {}

---@param thread thread|function|number
---@param f? function|number|string
---@param what? string
---@return table|nil info
function debug.getinfo(thread, f, what) end

---@param f function
---@param up number
---@return string name
---@return any value
function debug.getupvalue(f, up) end

---@param f function
---@param up number
---@param value any
---@return string name
function debug.setupvalue(f, up, value) end

---@param thread? thread
---@param message? any
---@param level? number
---@return string stack
function debug.traceback(thread, message, level) end

---@param f1 function
---@param n1 number
---@param f2 function
---@param n2 number
function debug.upvaluejoin(f1, n1, f2, n2) end

---@return boolean yieldable
function coroutine.isyieldable() end
