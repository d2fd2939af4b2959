-- The billing system: it knows each PIN, and sells airtime.
local http = require "http"
local menu = require "menu"
local log = require "log"
local json = require "json"

local billing = {}

-- What went wrong before anything was sent. Not tls: a service may end the connection after it has read the request.
local NOT_SENT = {busy = true, open = true, connect = true, auth = true}

-- Compares a PIN, which may be done again if the subscriber goes back. Gives one word: good, wrong_pin, locked, no_account, later.
function billing.check_pin(msisdn, pin)
  local answer, _, detail = menu.repeatable(http.post, "billing", "/accounts/{msisdn}/pin",
    {path = {msisdn = msisdn}, json = {pin = pin}})
  if not answer then
    log.error("the PIN cannot be checked: %s", detail)
    return "later"
  elseif answer.ok then
    return "good"
  elseif answer.status == 403 then
    return "wrong_pin"
  elseif answer.status == 423 then
    return "locked"
  elseif answer.status == 404 then
    return "no_account"
  end
  log.error("the PIN cannot be checked: status %d", answer.status)
  return "later"
end

-- How much airtime somebody has; nil if that is not known now.
function billing.airtime(msisdn)
  local answer, _, detail = http.get("billing", "/accounts/{msisdn}", {path = {msisdn = msisdn}})
  if not answer then
    log.warn("the airtime is not known: %s", detail)
  elseif not answer.ok then
    log.warn("the airtime is not known: status %d", answer.status)
  else
    local account = json.decode(answer.body, {decimals = true})
    local airtime = type(account) == "table" and account.airtime
    if type(airtime) == "number" or decimal.is(airtime) then
      return airtime
    end
    log.warn("the airtime is not known: the answer has no number")
  end
end

-- Sells airtime. A payment is charged once, however often it comes: its number is the idempotency key.
-- Gives one word: done; refused; later (it was not sent); unknown (it was sent, and nobody knows what became of it).
function billing.top_up(payment, msisdn, amount)
  local answer, why, detail = http.post("billing", "/topups", {
    json = {payment = payment, msisdn = msisdn, amount = amount},
    idempotency_key = payment,
  })
  if not answer then
    log.error("top-up %s: %s", payment, detail)
    return NOT_SENT[why] and "later" or "unknown"
  elseif answer.ok then
    return "done"
  end
  log.error("top-up %s: status %d", payment, answer.status)
  return answer.status < 500 and "refused" or "unknown"
end

return billing
