-- *100#: the smallest menu there is. Try it: ./ussd dial '*100#' 1
local ussd = require "ussd"

local choice, why = ussd.menu("1. Balance\n2. Airtime")

if choice == "1" then
  return "Your balance is 12.50"          -- a returned text is the final response
elseif choice == "2" then
  return "You have 25 minutes of airtime"
elseif choice then
  return "There is no option " .. choice
elseif why ~= "abandon" then
  return "Goodbye"                        -- "timeout" or "error": the dialog is still up, and this reaches the handset
end
-- "abandon": nobody is left to answer, so nothing is returned
