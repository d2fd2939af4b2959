local ussd = require "ussd"
local code = tostring(math.random(10000, 99999))
local answer = ussd.menu("Type the code " .. code .. " at " .. os.date("%H:%M"))
return answer == code and "Right" or "Wrong"
