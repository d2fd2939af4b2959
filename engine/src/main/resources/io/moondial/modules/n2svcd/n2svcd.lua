-- The module n2.n2svcd: names that scripts for N2SVCD call, over the modules log, edr and stat. A
-- part of the engine, which runs once in each script that uses it.
local log, edr, stat = ...

local type, select, match = type, select, string.match

local n2svcd = {}

-- A line in the log. An event ID, such as SV-LU-90001, may stand before the format.
local function write(how, first, ...)
  local format = ...
  if type(first) ~= "string" or type(format) ~= "string"
    or not match(first, "^%u%u%-%u%u%-%d%d%d%d%d$") then
    how(first, ...)
  elseif select("#", ...) == 1 then
    how("%s %s", first, format)
  else
    how("%s " .. format, first, select(2, ...))
  end
  return true
end

function n2svcd.notice(...) return write(log.info, ...) end
function n2svcd.warning(...) return write(log.warn, ...) end
function n2svcd.debug(...) return write(log.debug, ...) end

function n2svcd.stat_increment(name)
  stat.increment(name)
  return true
end

function n2svcd.write_edr(event, fields, stream)
  edr.write(event, fields, stream)
  return true
end

return n2svcd
