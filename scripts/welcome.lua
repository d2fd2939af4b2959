-- *144#: a notify, which asks for no answer, and then the final text. Try it: ./ussd dial '*144#'
local ussd = require "ussd"

local _, why = ussd.notify("Welcome to Moondial")
if why == "abandon" then
  return                                   -- the handset is gone
end
-- Shown, not acknowledged in time, or refused: the dialog is still up.
return "Dial *100# for your balance"
