-- The module n2.n2svcd: names that scripts for N2SVCD call, over the modules log, edr and stat. A
-- part of the engine, which runs once in each script that uses it.
--
-- host: what is in Java. handledBy(function) says what handles the request; fail() raises an error;
-- fields has the names that a request may have.
local host, log, edr, stat = ...

local type, select, setmetatable = type, select, setmetatable
local match, gsub = string.match, string.gsub
local fields = host.fields

local n2svcd = {}

-- ---- the request

-- What the public pages about the codec of MAP call the same.
local CODEC = {
  ussdString_text = "text",
  ussdDataCodingScheme_group = "dcs", ussdDataCodingScheme_language = "dcs",
  ussdDataCodingScheme_encoding = "dcs", ussdDataCodingScheme_message_class = "dcs",
  msisdn_digits = "msisdn",
  destination_reference_digits = "destination", destination_reference_noa = "destination_noa",
  destination_reference_npi = "destination_npi",
  origination_reference_digits = "origination", origination_reference_noa = "origination_noa",
  origination_reference_npi = "origination_npi",
}

-- Which fields a request of N2SVCD has is not known: a script that reads another one must be changed.
local REQUEST = {}

function REQUEST.__index(_, name)
  if type(name) ~= "string" or fields[name] then return nil end
  local meant = CODEC[name]
  host.fail("the request has no '" .. name .. "'"
    .. (meant and ": it is '" .. meant .. "' here" or "; its fields are in engine/docs/script-api.md"))
end

function n2svcd.handler(handle)
  local function handler(request) return handle(setmetatable(request, REQUEST)) end
  host.handledBy(handler)
  return handler
end

-- ---- the log

-- A format without values: as of printf, %% is one sign.
local function plain(format)
  return (gsub(format, "%%%%", "%%"))
end

-- A line in the log. An event ID, such as SV-LU-90001, may stand before the format.
local function write(how, first, ...)
  local format = ...
  local count = select("#", ...)
  if count == 0 then
    how(plain(first))
  elseif type(first) ~= "string" or type(format) ~= "string"
    or not match(first, "^%u%u%-%u%u%-%d%d%d%d%d$") then
    how(first, ...)
  elseif count == 1 then
    how("%s %s", first, plain(format))
  else
    how("%s " .. format, first, select(2, ...))
  end
  return true
end

function n2svcd.notice(...) return write(log.info, ...) end
function n2svcd.warning(...) return write(log.warn, ...) end
function n2svcd.debug(...) return write(log.debug, ...) end

-- ---- counters and records

function n2svcd.stat_increment(name)
  stat.increment(name)
  return true
end

function n2svcd.write_edr(event, values, stream)
  edr.write(event, values, stream)
  return true
end

return n2svcd
