-- A text that the network pushes to us (UnstructuredSS-Notify). Try it: ./ussd dial --notify 'Maintenance at 02:00'
-- A plain return acknowledges it; ussd.decline(code) refuses it.
local ussd = require "ussd"
local log = require "log"

local request = ...

if request.text == "" then
  return ussd.decline(36)                  -- unexpectedDataValue
end
log.info("notified: %s", request.text)
