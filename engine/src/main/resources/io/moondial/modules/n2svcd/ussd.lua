-- The module n2.n2svcd.ussd: methods that scripts for N2SVCD call, over the module ussd. A part of
-- the engine, which runs once in each script that uses it.
local ussd = ...

local methods = {}

local REASONS = {timeout = "Timeout", abandon = "Abandon", error = "Error"}

-- The attributes have the names that the fields of the records have, in lower case.
function methods.menu(text, options)
  local answer, why, code = ussd.menu(text, options)
  if answer then return {reason = "Input", text = answer} end
  return {reason = REASONS[why], error_code = code}
end

function methods.notify(text, options)
  local done, why, code = ussd.notify(text, options)
  if done then return {reason = "Success"} end
  return {reason = REASONS[why], error_code = code}
end

-- What ends a dialog that is over already is no error.
function methods.decline(code)
  ussd.decline(code)
  return true
end

function methods.close()
  ussd.close()
  return true
end

return methods
