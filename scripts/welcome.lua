-- *144#: a notify, which asks for no answer, and then the final text. Try it: ./ussd dial '*144#'
local ussd = require "ussd"

local seen, why = ussd.notify("Welcome to Starhash")
if not seen and why ~= "timeout" then
  return                                   -- the handset is gone, or refused to show it
end
return "Dial *100# for your balance"
