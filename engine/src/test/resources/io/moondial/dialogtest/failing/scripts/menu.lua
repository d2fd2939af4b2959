local ussd = require "ussd"
local choice, why = ussd.menu("1. Balance\n2. Airtime")
if choice == "1" then
  return "Your balance is 12.50"
elseif why == "timeout" then
  local second = ussd.menu("Still there?")
  return "You said " .. tostring(second)
end
return ussd.decline(36)
