-- *150#: mobile money, a service to learn from. Try it: ./ussd demo money
-- The wallet is an account of the bank (SQL). The billing system (HTTP) knows the PIN and sells airtime. The language, and
-- what somebody has paid today, are kept in kv. Whatever fails, the subscriber reads what has become of the money.
local ussd = require "ussd"
local kv = require "kv"
local edr = require "edr"
local log = require "log"
local bank = require "bank"
local billing = require "billing"
local words = require "words"

local request = ...
local me = request.msisdn
local TRIES = 3

if not me then
  return "Your number did not come with the call. Please dial again."
end

local function keep_language(language)
  local kept, _, detail = kv.set("language", me, language)
  if not kept then
    log.warn("the language is not kept: %s", detail)
  end
end

local language, why, detail = kv.get("language", me)
if why then
  log.warn("the language is not known: %s", detail)
  language = "en"
elseif not language then
  local choice = ussd.menu("1. English\n2. Kiswahili")
  if not choice then
    return "Please dial again."
  end
  language = choice == "2" and "sw" or "en"
  keep_language(language)
end
local say = words.of(language)

-- Asks until `accept` takes the answer, at most TRIES times. Gives what `accept` makes of it; or nil, and what to say at
-- the end. `accept` gives a value; or nil and a complaint; or nil, what to say, and true: asking again is no use.
local function ask(question, accept, options)
  local text = question
  for _ = 1, TRIES do
    local answer = ussd.menu(text, options)
    if not answer then
      return nil, say "cancelled"          -- if the subscriber has hung up, nobody reads it
    end
    local value, complaint, over = accept(answer)
    if value then
      return value
    elseif over then
      return nil, complaint
    end
    text = complaint .. "\n" .. question
  end
  return nil, say "tries"
end

local function ask_pin(question)
  return ask(question, function(pin)
    local result = billing.check_pin(me, pin)
    if result == "good" then
      return true
    end
    return nil, say(result), result ~= "wrong_pin"
  end, {secret = true})
end

local function number(answer)
  local digits = answer:gsub("^%+", ""):gsub("^0", COUNTRY)
  if digits:match("^" .. COUNTRY .. "%d%d%d%d%d%d%d%d%d$") and digits ~= me then
    return digits
  end
  return nil, say "bad_number"
end

local function payable(answer)
  local amount = decimal.parse(answer)
  if amount and amount:scale() <= 2 and amount >= LEAST and amount <= MOST then
    return amount:round(2)
  end
  return nil, say("bad_amount", {least = LEAST, most = MOST})
end

-- Counts a payment against the limit of the day. Gives a function that takes it back; or nil, and what to say.
local function within_limit(amount)
  local now = os.date("*t")
  local key = me .. "/" .. os.date("%Y-%m-%d")
  local cents = bank.cents(amount)
  local left_today = 24 * 60 * 60 - now.hour * 60 * 60 - now.min * 60 - now.sec
  local paid, _, problem = kv.incr("paid", key, cents, {ttl = left_today})
  if not paid then
    log.error("the limit is not known, so nothing is paid: %s", problem)
    return nil, say "later"
  end
  local function take_back()
    kv.incr("paid", key, -cents)
  end
  if paid > DAILY_LIMIT * 100 then
    take_back()
    return nil, say("limit", {limit = DAILY_LIMIT})
  end
  return take_back
end

local function record(event, amount, result, to)
  edr.write(event, {PAYMENT = INSTANCE_ID, PAYER = me, PAYEE = to, AMOUNT = amount, RESULT = result})
end

local function balance()
  local good, farewell = ask_pin(say "pin")
  if not good then
    return farewell
  end
  local wallet, problem = bank.balance(me)
  if not wallet then
    return say(problem)
  end
  local airtime = billing.airtime(me)
  return say("balance", {wallet = wallet, airtime = airtime or say "not_now"})
end

-- Carries out the steps of a payment, within the limit of the day and between two records. Where there is "begun" and no
-- result, the payment ended half-way: look its number up in both systems. Gives what to say, `done` if all is good.
local function pay(event, to, amount, done, steps)
  local take_back, farewell = within_limit(amount)
  if not take_back then
    return farewell
  end
  record(event, amount, "begun", to)
  local result = steps()
  record(event, amount, result, to)
  if result ~= "done" and result ~= "unknown" then
    take_back()
  end
  return say(result == "done" and done or result, {amount = amount, to = to})
end

local function send_money()
  local to, amount, good, farewell
  to, farewell = ask(say "ask_number", number)
  if not to then
    return farewell
  end
  amount, farewell = ask(say "ask_amount", payable)
  if not amount then
    return farewell
  end
  good, farewell = ask_pin(say("confirm_transfer", {amount = amount, to = to}))
  if not good then
    return farewell
  end
  return pay("TRANSFER", to, amount, "sent", function()
    return bank.transfer(INSTANCE_ID, me, to, amount)
  end)
end

local function buy_airtime()
  local amount, good, farewell
  amount, farewell = ask(say "ask_amount", payable)
  if not amount then
    return farewell
  end
  good, farewell = ask_pin(say("confirm_airtime", {amount = amount}))
  if not good then
    return farewell
  end
  -- First the money, then the airtime: what the billing system refuses is given back. The number of the payment is the
  -- same in both systems, so that a lost answer costs nobody anything: whatever is unknown now can be looked up later.
  return pay("AIRTIME", me, amount, "bought", function()
    local result = bank.transfer(INSTANCE_ID, me, "airtime", amount)
    if result == "done" then
      result = billing.top_up(INSTANCE_ID, me, amount)
      if result == "refused" or result == "later" then
        if bank.transfer(INSTANCE_ID .. "-back", "airtime", me, amount) ~= "done" then
          log.error("%s is not given back: payment %s", amount, INSTANCE_ID)
          result = "unknown"
        end
      end
    end
    return result
  end)
end

local function other_language()
  language = language == "en" and "sw" or "en"
  keep_language(language)
  return words.of(language)("language")
end

local pages = {["1"] = balance, ["2"] = send_money, ["3"] = buy_airtime, ["4"] = other_language}
local page, farewell = ask(say "menu", function(choice)
  return pages[choice], say "choose"
end)
if not page then
  return farewell
end
return page()
