-- *150#: mobile money, a service to learn from. Try it: ./ussd demo money
-- The wallet is an account of the bank (SQL). The billing system (HTTP) knows the PIN and sells airtime. The language, and
-- what somebody has paid today, are kept in kv. Who gets money is told so by a push. Whatever fails, the subscriber reads what has become of the money.
-- The texts are in lang/. What the menus do by themselves (back, home, tries, who hangs up or is too slow) is in menus.md.
local menu = require "menu"
local kv = require "kv"
local edr = require "edr"
local log = require "log"
local push = require "push"
local bank = require "bank"
local billing = require "billing"

local function money(amount)
  return CURRENCY .. " " .. ("%.2f"):format(amount)
end

local function result(word, values)
  return t("result." .. word, values)
end

local function keep_language(language)
  local kept, _, detail = t.keep(language)
  if not kept then
    log.warn("the language is not kept: %s", detail)
  end
end

local function choose_language(me)
  local language, why, detail = kv.get("language", me)
  if why then
    log.warn("the language is not known: %s", detail)
  elseif not language then
    keep_language(menu.choose{items = {{"en", "English"}, {"sw", "Kiswahili"}}, dialled = false})
  end
end

local function other_language()
  keep_language(t.language() == "en" and "sw" or "en")
  return t "language"
end

-- Asks for the PIN until it is good. What makes asking again useless ends the flow.
local function ask_pin(me, prompt)
  menu.pin{prompt = prompt, check = function(pin)
    local checked = billing.check_pin(me, pin)
    if checked == "wrong_pin" then
      return nil, t "pin.wrong"
    elseif checked ~= "good" then
      menu.finish(result(checked))
    end
    return true
  end}
end

local function ask_number(me)
  local wrong = t "number.wrong"
  local number = menu.msisdn{country = COUNTRY, starts = {"7", "1"}, wrong = wrong}
  return menu.ask{t "number.ask", check = function(answer)
    local good, to = number(answer)
    if to == me then
      return nil, wrong
    end
    return good, to
  end}
end

local function ask_amount()
  local wrong = t("amount.wrong", {least = money(LEAST), most = money(MOST)})
  return menu.ask{t "amount.ask", check = menu.amount{min = LEAST, max = MOST, places = 2, wrong = wrong}}
end

-- Counts a payment against the limit of the day on which it begins, and gives a function that takes it back. The key names
-- the day, so the number need not end with it: it is kept a day longer, for a payment that goes on after midnight.
local function within_limit(me, amount)
  local key = me .. "/" .. os.date("%Y-%m-%d")
  local cents = bank.cents(amount)
  local function count(by)
    return kv.incr("paid", key, by, {ttl = "2d"})
  end
  local paid, _, problem = count(cents)
  if not paid then
    log.error("the limit is not known, so nothing is paid: %s", problem)
    menu.finish(result "later")
  end
  local function take_back()
    local left, _, detail = count(-cents)
    if not left then
      log.error("%s stays counted against the limit of the day: %s", amount, detail)
    end
  end
  if paid > DAILY_LIMIT * 100 then
    take_back()
    menu.finish(result("limit", {limit = money(DAILY_LIMIT)}))
  end
  return take_back
end

-- Carries out the steps of a payment, within the limit of the day and between two records. Where there is "begun" and no
-- result, the payment ended half-way: look its number up in both systems. Gives what to say, `done` if all is good.
local function pay(event, me, to, amount, done, steps)
  local payment = menu.once()
  local take_back = within_limit(me, amount)
  local function record(outcome)
    edr.write(event, {PAYMENT = payment, PAYER = me, PAYEE = to, AMOUNT = amount, RESULT = outcome})
  end
  record("begun")
  local outcome = steps(payment)
  record(outcome)
  if outcome ~= "done" and outcome ~= "unknown" then
    take_back()
  end
  return result(outcome == "done" and done or outcome, {amount = money(amount), to = to})
end

local function balance(me)
  ask_pin(me, t "pin.balance")
  local wallet, problem = bank.balance(me)
  if not wallet then
    return result(problem)
  end
  local airtime = billing.airtime(me)
  return t("balance", {wallet = money(wallet), airtime = airtime and money(airtime) or t "not_now"})
end

-- Tells the recipient, in his language if it is known. Whether he is reached changes nothing in what was paid. The number of
-- the payment is the key, so he is told once.
local function tell(to, me, amount, payment)
  local mine, his = t.language(), kv.get("language", to)
  if his then
    pcall(t.language, his)
  end
  local text = t("received", {amount = money(amount), from = me})
  t.language(mine)
  local id, _, detail = push.send{msisdn = to, text = text, idempotency_key = payment, expires = "1d"}
  if not id then
    log.warn("%s is not told of payment %s: %s", to, payment, detail)
  end
end

local function send_money(me)
  local to = ask_number(me)
  local amount = ask_amount()
  ask_pin(me, t("pin.send", {amount = money(amount), to = to}))
  return pay("TRANSFER", me, to, amount, "sent", function(payment)
    local outcome = bank.transfer(payment, me, to, amount)
    if outcome == "done" then
      tell(to, me, amount, payment)
    end
    return outcome
  end)
end

local function buy_airtime(me)
  local amount = ask_amount()
  ask_pin(me, t("pin.airtime", {amount = money(amount)}))
  -- First the money, then the airtime: what the billing system refuses is given back. The number of the payment is the
  -- same in both systems, so that a lost answer costs nobody anything: whatever is unknown now can be looked up later.
  return pay("AIRTIME", me, me, amount, "bought", function(payment)
    local outcome = bank.transfer(payment, me, "airtime", amount)
    if outcome == "done" then
      outcome = billing.top_up(payment, me, amount)
      if outcome == "refused" or outcome == "later" then
        if bank.transfer(payment .. "-back", "airtime", me, amount) ~= "done" then
          log.error("%s is not given back: payment %s", amount, payment)
          outcome = "unknown"
        end
      end
    end
    return outcome
  end)
end

return menu.flow(function(request)
  local me = request.msisdn
  if not me then
    return t "no_number"
  end
  choose_language(me)
  local page = menu.choose{title = t "main.title", wrong = t "main.wrong", items = {
    {balance, t "main.balance"},
    {send_money, t "main.send"},
    {buy_airtime, t "main.airtime"},
    {other_language, t "main.language"},
  }}
  return page(me)
end, {back = "0", home = "00", resume = "2m", direct = true})
