-- *199#: the ways in which a script ends a dialog without a text of its own. Try it: ./ussd dial '*199#' 1
local ussd = require "ussd"
local edr = require "edr"

local choice, why = ussd.menu("1. Not for you\n2. Nothing more\n3. Break off\n4. A fault\n5. No text")
if not choice then
  return why ~= "abandon" and "Goodbye" or nil
end

edr.write("Ending", {CHOICE = choice})     -- a record of the script's own
if choice == "1" then
  return ussd.decline(21)                  -- a MAP error: illegalEquipment
elseif choice == "2" then
  return ussd.close()                      -- the handset shows no more
elseif choice == "3" then
  return ussd.abort()
elseif choice == "4" then
  error("a fault of the script's own")     -- USSD-SHUTDOWN reports it, and the dialog is aborted
end
-- no usable text: the handset gets error_message of the rules
