-- *123* or *123*AMOUNT#: a top-up that checks what is typed, and asks for a PIN that no record ever shows.
-- Try it: ./ussd dial '*123*50#' 1234 1
local ussd = require "ussd"
local log = require "log"

local request = ...

local LEAST, MOST = 5, 500
local TRIES = 3

-- Asks until `accept` accepts the answer, at most TRIES times.
local function ask(text, accept, options)
  local question = text
  for _ = 1, TRIES do
    local answer, why = ussd.menu(question, options)
    if not answer then
      return nil, why
    end
    local value, complaint = accept(answer)
    if value then
      return value
    end
    question = complaint .. "\n" .. text
  end
  return nil, "tries"
end

local function amount(answer)
  local value = answer:match("^%d+$") and tonumber(answer)
  if not value then
    return nil, "Digits only, please."
  elseif value < LEAST or value > MOST then
    return nil, ("From %d to %d, please."):format(LEAST, MOST)
  end
  return value
end

local function pin(answer)
  if answer:match("^%d%d%d%d$") then
    return answer                          -- a string: 0123 stays 0123
  end
  return nil, "A PIN has four digits."
end

local function farewell(why)
  if why == "tries" then
    return "Too many tries. Please dial again."
  elseif why ~= "abandon" then             -- "timeout" or "error": the dialog is still up
    return "Nothing was charged. Please dial again."
  end
  -- "abandon": nobody is left to tell
end

local typed = request.text:match("^%*123%*(%d+)#$")
local value, why
if typed then
  value, why = amount(typed)
  if not value then
    return why
  end
else
  value, why = ask("How much?", amount)
  if not value then
    return farewell(why)
  end
end

local secret
secret, why = ask("Your PIN?", pin, {secret = true, timeout = 60})
if not secret then
  return farewell(why)
end

local sure
sure, why = ussd.menu(("Top up %s %.2f?\n1. Yes\n2. No"):format(CURRENCY, value))
if sure == "1" then
  log.info("top-up of %.2f for %s", value, request.msisdn or "an unknown number")
  return ("Done. %s %.2f is on its way."):format(CURRENCY, value)
elseif sure then
  return "Nothing was charged."
end
return farewell(why)
