-- *160#: our own menu, with one line that leads to a partner's USSD node and back. Try it without that node:
--   ./ussd dial --stand-ins scripts/partner.dialog '*160#' 2 1 1234 0 1
local ussd = require "ussd"
local log = require "log"

local BACK = "\n0. Our menu"

-- Lets the partner's node speak with the subscriber until one of them ends that. Gives its last text, or ours if there is
-- none; or nil and why the subscriber says nothing any more.
local function at_partner()
  local far, why, detail = ussd.open{to = "partner", text = "*200#", timeout = 10}
  if not far then
    log.warn("the partner: %s: %s", why, detail)
    return "Our partner cannot be reached now."
  end
  while far.open do
    local answer, missing
    if far.kind == "menu" then
      -- what the node asks for, only a script can know to be a secret
      answer, missing = ussd.menu(far.text, {secret = far.text:find("PIN", 1, true) and true or nil})
    else
      answer, missing = ussd.notify(far.text)
    end
    if not answer then
      far:close()
      return nil, missing
    end
    local ok
    ok, why, detail = far:answer(far.kind == "menu" and answer or nil)
    if not ok then
      log.warn("the partner: %s: %s", why, detail)
      return "Our partner has ended this."
    end
  end
  return far.text
end

local notice = ""
while true do
  local choice, why = ussd.menu(notice .. "1. Balance\n2. Music, by our partner")
  if choice == "2" then
    local last
    last, why = at_partner()
    if last then
      -- his last text stays until the subscriber has read it
      choice, why = ussd.menu(ussd.fits(last .. BACK) and last .. BACK or last)
    else
      choice = nil
    end
    notice = ""
  elseif choice == "1" then
    return "Your balance is 12.50"
  elseif choice then
    notice = "There is no option " .. choice .. ".\n"
  end
  if not choice then
    return why ~= "abandon" and "Goodbye" or nil
  end
end
