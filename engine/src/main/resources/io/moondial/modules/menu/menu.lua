-- The module menu: questions on the screen of a handset. A part of the engine, which runs once in
-- each script that uses it. What it finds wrong is an error at the line of the script that called.
--
-- host: what is in Java. options: by function, the names that its options may have.
-- show(function, question, text, options, may be dialled, leaves what was dialled) shows a screen;
-- nav() says which keys lead back and home from the next one; back(), home(), refused(), leave()
-- tell the flow, where there is one; fail() raises an error; secret() marks a text as secret; word()
-- gives a word of this module in the language of the dialog.
local host, ussd = ...

local concat, insert = table.concat, table.insert
local find, sub, rep, match, gmatch = string.find, string.sub, string.rep, string.match, string.gmatch
local gsub, format = string.gsub, string.format
local decimal, isDecimal = decimal, decimal.is
local fits, length, show, nav, fail = ussd.fits, ussd.length, host.show, host.nav, host.fail
local word = host.word
local ipairs, pairs, type, tostring, tonumber = ipairs, pairs, type, tostring, tonumber
local floor = math.floor

local menu = {}

local TRIES = 3
local FETCHED = 8

-- ---- options

local function wrong(name, option, allowed, value)
  local given = host.written(value)
  fail("menu." .. name .. ": option " .. option .. ": " .. allowed .. "; got " .. given)
end

-- What an option is: of this type, or nil.
local function option(name, o, field, kind, allowed)
  local value = o[field]
  if value ~= nil and type(value) ~= kind then wrong(name, field, allowed or ("a " .. kind), value) end
  return value
end

local function text(name, o, field, needed)
  local value = o[field]
  if type(value) == "number" or isDecimal(value) then value = tostring(value) end
  if value == nil and not needed then return nil end
  if type(value) ~= "string" then wrong(name, field, "a text", value) end
  return value
end

local function whole(name, o, field, least, most)
  local value = o[field]
  if value == nil then return nil end
  if type(value) ~= "number" or value ~= floor(value) or value < least or value > most then
    wrong(name, field, "a whole number from " .. least .. " to " .. most, value)
  end
  return value
end

-- The keys that lead back and home: a text instead of the usual one, or false.
local function key(name, o, field)
  local value = o[field]
  if value ~= nil and value ~= false and type(value) ~= "string" then
    wrong(name, field, "a text, or false", value)
  end
end

local function known(name, o)
  local allowed = host.options[name]
  for field in pairs(o) do
    if not allowed[field] then host.unknown("menu." .. name, field, allowed) end
  end
end

local function read(name, o)
  known(name, o)
  key(name, o, "back")
  key(name, o, "home")
  return o
end

-- ---- texts

local function joined(lines)
  return concat(lines, "\n")
end

-- The lines below a text that lead elsewhere: as many of them as fit.
local function keys(o)
  local back, backText, home, homeText = nav()
  local lines, held = {}, {}
  if back and o.back ~= false then
    insert(lines, back .. ". " .. (o.back or backText))
    held.back = back
  end
  if home and o.home ~= false then
    insert(lines, home .. ". " .. (o.home or homeText))
    held.home = home
  end
  return lines, held
end

local function fitting(lines, held, options, ...)
  while #lines > 0 do
    local all = {...}
    for _, line in ipairs(lines) do insert(all, line) end
    if fits(joined(all), options) then return joined(all) end
    lines[#lines] = nil
    if held.home then held.home = nil else held.back = nil end
  end
  return joined {...}
end

-- Who keys back or home at a secret question tells no secret.
local function options(o, held)
  local offered
  if o.secret then
    offered = {}
    insert(offered, held.back)
    insert(offered, held.home)
  end
  return {timeout = o.timeout, dcs = o.dcs, secret = o.secret, keys = offered}
end

local function measured(o)
  return o.dcs and {dcs = o.dcs} or nil
end

-- ---- questions

-- Asks until an answer is taken. `draw(reason)` gives the text, the keys that it offers, and what
-- makes it the same screen when a flow runs again. `take(answer)` gives true and a value, or false
-- and a reason, or "again": another page, or "failed" and why: there is nothing more to ask.
local function asked(name, o, draw, take)
  local left = o.tries or TRIES
  local reason
  local leaves = option(name, o, "dialled", "boolean", "true or false") == false
  local dialled = not o.secret and not o.shown and not leaves
  while true do
    local shown, held, question = draw(reason)
    local answer, how, code = show("menu." .. name, question, shown, options(o, held), dialled, leaves)
    if answer == nil then return host.leave(how, code) end
    if how ~= "dialled" then
      dialled = false
      if answer == held.back then host.back() end
      if answer == held.home then host.home() end
    end
    local ok, value, detail = take(answer)
    if ok == "failed" then return nil, value, detail end
    if ok == true then
      if o.secret then return host.secret(value) end
      return value
    end
    if ok == "again" then
      reason = nil
    else
      host.refused()
      reason = value or o.wrong
      if how ~= "dialled" then left = left - 1 end
      if left == 0 then return host.leave("tries") end
      dialled = false
    end
  end
end

local function tries(name, o)
  whole(name, o, "tries", 1, 100)
end

local function tooLong(name, what, shown, measure)
  local units, limit, alphabet = length(shown, measure)
  fail("menu." .. name .. ": " .. what .. " has " .. units .. " units of " .. alphabet .. ", and a screen has room for " .. limit)
end

-- A text with a reason above it, and keys below.
local function prompt(name, o, asks)
  if not fits(asks, measured(o)) then tooLong(name, "the text", asks, measured(o)) end
  return function(reason)
    local lines, held = keys(o)
    local measure = measured(o)
    if reason and fits(reason .. "\n" .. asks, measure) then
      return fitting(lines, held, measure, reason, asks), held, asks
    end
    return fitting(lines, held, measure, asks), held, asks
  end
end

-- What a check makes of an answer: true and the value, or false and a reason.
local function checker(name, o)
  local check = o.check
  if type(check) == "string" then
    return function(answer)
      if find(answer, check) then return true, answer end
      return false
    end
  elseif type(check) == "function" then
    return function(answer)
      local ok, value = check(answer)
      if not ok then return false, value ~= nil and tostring(value) or nil end
      if value ~= nil then return true, value end
      if ok == true then return true, answer end
      return true, ok
    end
  elseif check ~= nil then
    wrong(name, "check", "a pattern, a function, menu.amount{...}, menu.msisdn{...}, menu.date{...} or menu.digits{...}", check)
  end
  return function(answer)
    if answer == "" then return false end
    return true, answer
  end
end

local function ask(name, o)
  o.wrong = text(name, o, "wrong") or word("wrong", "This is not valid.")
  tries(name, o)
  local check, default = checker(name, o), o.default
  local prompted = o.prompt ~= nil and text(name, o, "prompt") or text(name, o, 1, true)
  return asked(name, o, prompt(name, o, prompted), function(answer)
    if answer == "" and default ~= nil then return true, default end
    return check(answer)
  end)
end

local function copy(o)
  local copied = {}
  for name, value in pairs(o) do copied[name] = value end
  return copied
end

function menu.ask(o)
  o = copy(read("ask", o))
  option("ask", o, "secret", "boolean", "true or false")
  return ask("ask", o)
end

function menu.pin(o)
  o = copy(read("pin", o))
  local digits = whole("pin", o, "digits", 1, 20) or 4
  local check = option("pin", o, "check", "function", "a function")
  o.wrong = text("pin", o, "wrong") or word("wrong_pin", "A PIN has " .. digits .. " digits.", {count = digits})
  o.prompt = o.prompt or o[1] or word("pin", "Your PIN:")
  o.secret = true
  local pattern = "^" .. rep("%d", digits) .. "$"
  o.check = function(answer)
    if not find(answer, pattern) then return nil end
    if check then
      local ok, why = check(answer)
      if not ok then return nil, why end
    end
    return true, answer
  end
  return ask("pin", o)
end

-- ---- lists

-- Pages of a list. `at(n)` gives the text of an item, nil behind the last one. `failure()`, if there
-- is one, says why what follows cannot be told: then there may be more.
local function pages(name, o, title, at, failure)
  local from, upto = 1, 0
  local measure = measured(o)
  local more = o.more

  -- As many items as fit below these lines, from `from` on.
  local function cut(head, foot)
    local lines, last = copy(head), nil
    local n = from
    while true do
      local item = at(n)
      if item == nil then break end
      insert(lines, n .. ". " .. item)
      local all = copy(lines)
      if at(n + 1) ~= nil or failure and failure() then insert(all, more .. ". " .. o.moreText) end
      for _, line in ipairs(foot) do insert(all, line) end
      if fits(joined(all), measure) then
        upto, last = n, joined(all)
      elseif not fits(joined(lines), measure) then
        break
      end
      n = n + 1
    end
    return last
  end

  local function draw(reason)
    local foot, held = keys(o)
    local heads = {{title}}
    if reason then heads = title and {{reason, title}, {reason}, {title}} or {{reason}, {}} end
    if title then insert(heads, {}) end
    while true do
      for _, head in ipairs(heads) do
        local page = cut(head, foot)
        if page then
          return page, held, {title, from, at(from), name}
        end
      end
      if #foot == 0 then
        fail("menu." .. name .. ": item " .. from .. " does not fit a screen: " .. tostring(at(from)))
      end
      foot[#foot] = nil
      if held.home then held.home = nil else held.back = nil end
    end
  end

  return draw, function() from = upto + 1 end, function() return at(upto + 1) ~= nil end
end

-- Shows the pages of a list until one of its items is chosen.
local function chosen(name, o, title, at, value, failure, retry)
  o.more = text(name, o, "more") or "99"
  o.moreText = word("more", "More")
  o.wrong = text(name, o, "wrong") or word("wrong_item", "Please answer with one of the numbers.")
  tries(name, o)
  local other = option(name, o, "other", "function", "a function")
  local draw, turn, hasMore = pages(name, o, title, at, failure)
  return asked(name, o, draw, function(answer)
    local number = match(answer, "^%s*(%d+)%s*$")
    local n = number and #number <= 9 and tonumber(number)
    if retry then retry() end
    if answer == o.more and hasMore() then
      turn()
      return "again"
    end
    if n and n >= 1 and at(n) ~= nil then return true, value(n) end
    local refusal
    if other then
      local found, why = other(answer)
      if found ~= nil then return true, found end
      refusal = why ~= nil and tostring(why) or nil
    end
    local failed = failure and failure()
    if failed then return "failed", failed[1], failed[2] end
    return false, refusal
  end)
end

function menu.choose(o)
  o = copy(read("choose", o))
  local title = text("choose", o, "title")
  local items = option("choose", o, "items", "table", "a list of texts, or of {value, text}")
  if items == nil or items[1] == nil then
    fail("menu.choose: items: a list of at least one item, each a text or {value, text}")
  end
  local texts, values = {}, {}
  for i, item in ipairs(items) do
    local value, shown = item, item
    if type(item) == "table" and not isDecimal(item) then value, shown = item[1], item[2] end
    if type(shown) == "number" or isDecimal(shown) then shown = tostring(shown) end
    if value == nil or type(shown) ~= "string" then
      fail("menu.choose: items[" .. i .. "]: a text or {value, text}; got " .. host.written(shown))
    end
    if not fits(i .. ". " .. shown, measured(o)) then tooLong("choose", "item " .. i, i .. ". " .. shown, measured(o)) end
    texts[i], values[i] = shown, value
  end
  return chosen("choose", o, title, function(n) return texts[n] end, function(n) return values[n] end)
end

function menu.list(o)
  o = copy(read("list", o))
  local title = text("list", o, "title")
  local fetch = option("list", o, "fetch", "function", "a function of an offset and a count")
  if not fetch then fail("menu.list: fetch: a function of an offset and a count") end
  local shown = option("list", o, "show", "function", "a function of an item") or tostring
  local items, over, failure = {}, false, nil
  local function at(n)
    while n > #items and not over and not failure do
      local more, why, detail = fetch(#items, FETCHED)
      if more == nil then
        failure = {why or "error", detail}
      else
        if type(more) ~= "table" then
          fail("menu.list: fetch returned a " .. type(more) .. "; a list is expected, or nil and why")
        end
        for _, item in ipairs(more) do insert(items, {item, shown(item)}) end
        over = #more < FETCHED
      end
    end
    local item = items[n]
    if item == nil then return nil end
    if type(item[2]) ~= "string" then
      fail("menu.list: show returned a " .. type(item[2]) .. " for item " .. n .. "; a text is expected")
    end
    return item[2]
  end
  if at(1) == nil then
    if failure then return nil, failure[1], failure[2] end
    return nil, "empty"
  end
  return chosen("list", o, title, at, function(n) return items[n][1] end,
    function() return failure end, function() failure = nil end)
end

function menu.confirm(o)
  o = copy(read("confirm", o))
  o.shown = true
  o.wrong = text("confirm", o, "wrong") or word("wrong_yes_no", "Please answer 1 or 2.")
  tries("confirm", o)
  local asks = o.prompt ~= nil and text("confirm", o, "prompt") or text("confirm", o, 1, true)
  local shown = asks .. "\n1. " .. (text("confirm", o, "yes") or word("yes", "Yes")) .. "\n2. " .. (text("confirm", o, "no") or word("no", "No"))
  return asked("confirm", o, prompt("confirm", o, shown), function(answer)
    if answer == "1" then return true, true end
    if answer == "2" then return true, false end
    return false
  end)
end

-- ---- long texts

-- The end of the piece from `from` on, at a blank where there is one, so that it fits with a foot.
local function piece(long, from, foot, measure)
  local ends, last = nil, from - 1
  for at in gmatch(sub(long, from), "()%f[%s\0]") do
    local to = from + at - 2
    if to >= from then
      if not fits(sub(long, from, to) .. foot, measure) then break end
      ends = to
    end
  end
  if ends then return ends end
  for at in gmatch(sub(long, from), "()[\0-\127\194-\244][\128-\191]*") do
    local to = from + at - 2
    if to >= from then
      if not fits(sub(long, from, to) .. foot, measure) then break end
      last = to
    end
  end
  return last
end

function menu.text(long, o)
  o = copy(read("text", o or {}))
  o.shown = true
  o.tries = 1
  local more = text("text", o, "more") or "99"
  local measure = measured(o)
  local from, to = find(long, "%S") or 1, nil
  local function draw()
    local lines, held = keys(o)
    while true do
      local foot = #lines > 0 and "\n" .. joined(lines) or ""
      if fits(sub(long, from) .. foot, measure) then
        to = #long
        return sub(long, from) .. foot, held, {long, from}
      end
      foot = "\n" .. more .. ". " .. word("more", "More") .. foot
      to = piece(long, from, foot, measure)
      if to >= from then
        return sub(long, from, to) .. foot, held, {long, from}
      end
      if #lines == 0 then fail("menu.text: the text is empty, or its first character does not fit a screen") end
      lines[#lines] = nil
      if held.home then held.home = nil else held.back = nil end
    end
  end
  return asked("text", o, draw, function()
    if to >= #long then return true, true end
    from = find(long, "%S", to + 1) or #long + 1
    return from > #long or "again", true
  end)
end

-- ---- checks

-- An amount as texts show it: with its decimal places.
function menu.amount(o)
  o = o or {}
  known("amount", o)
  local places = whole("amount", o, "places", 0, 10) or 0
  local function bound(field)
    local value = o[field]
    if value == nil then return nil end
    if type(value) ~= "number" and not isDecimal(value) then
      wrong("amount", field, "a number or a decimal", value)
    end
    return decimal(tostring(value))
  end
  local min, max = bound("min") or decimal(places > 0 and "0." .. rep("0", places - 1) .. "1" or "1"), bound("max")
  local reason = text("amount", o, "wrong")
    or max and word("wrong_amount", "An amount from " .. tostring(min) .. " to " .. tostring(max) .. ".", {min = min, max = max})
    or word("wrong_amount_least", "An amount of at least " .. tostring(min) .. ".", {min = min})
  return function(answer)
    local digits, fraction = match(answer, "^%s*(%d+)%s*$"), nil
    if not digits then digits, fraction = match(answer, "^%s*(%d+)[.,](%d+)%s*$") end
    if not digits or #digits > 15 or fraction and #fraction > places then return nil, reason end
    local zeros = rep("0", places - #(fraction or ""))
    local value = decimal(digits .. (places > 0 and "." or "") .. (fraction or "") .. zeros)
    if value < min or max and value > max then return nil, reason end
    if places == 0 then return true, tonumber(digits) end
    return true, value
  end
end

function menu.msisdn(o)
  known("msisdn", o)
  local country = text("msisdn", o, "country", true)
  if not find(country, "^%d%d?%d?$") then wrong("msisdn", "country", "a country code of 1 to 3 digits", country) end
  local digits = whole("msisdn", o, "length", 1, 14) or 9
  local trunk = text("msisdn", o, "trunk") or "0"
  local starts = o.starts
  if starts ~= nil and type(starts) ~= "table" then wrong("msisdn", "starts", "a list of digits", starts) end
  local reason = text("msisdn", o, "wrong") or word("wrong_number", "This is not a phone number.")
  return function(answer)
    local number = gsub(answer, "[%s().-]", "")
    local own
    if sub(number, 1, 1) == "+" or sub(number, 1, 2) == "00" then
      number = gsub(gsub(number, "^%+", ""), "^00", "")
      if sub(number, 1, #country) == country then own = sub(number, #country + 1) end
    elseif #number == #country + digits and sub(number, 1, #country) == country then
      own = sub(number, #country + 1)
    elseif trunk ~= "" and #number == #trunk + digits and sub(number, 1, #trunk) == trunk then
      own = sub(number, #trunk + 1)
    else
      own = number
    end
    if not own or #own ~= digits or find(own, "%D") then return nil, reason end
    if starts then
      local begins = false
      for _, start in ipairs(starts) do
        if sub(own, 1, #tostring(start)) == tostring(start) then begins = true end
      end
      if not begins then return nil, reason end
    end
    return true, country .. own
  end
end

local ORDERS = {DMY = {3, 2, 1}, MDY = {3, 1, 2}, YMD = {1, 2, 3}}
local DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

local function days(year, month)
  if month == 2 and (year % 4 == 0 and year % 100 ~= 0 or year % 400 == 0) then return 29 end
  return DAYS[month]
end

function menu.date(o)
  o = o or {}
  known("date", o)
  local order = text("date", o, "order") or "DMY"
  local places = ORDERS[order]
  if not places then wrong("date", "order", "DMY, MDY or YMD", order) end
  local min, max = text("date", o, "min"), text("date", o, "max")
  for field, value in pairs {min = min, max = max} do
    if not find(value, "^%d%d%d%d%-%d%d%-%d%d$") then wrong("date", field, "a date such as 2026-01-31", value) end
  end
  local example = {DMY = "31012026", MDY = "01312026", YMD = "20260131"}
  local reason = text("date", o, "wrong")
    or word("wrong_date", "A date, such as " .. example[order] .. ".", {example = example[order]})
  return function(answer)
    local given = {match(answer, "^%s*(%d+)[%s./-]+(%d+)[%s./-]+(%d+)%s*$")}
    if #given == 0 and order == "YMD" then
      given = {match(answer, "^%s*(%d%d%d%d)(%d%d)(%d%d)%s*$")}
    elseif #given == 0 then
      given = {match(answer, "^%s*(%d%d)(%d%d)(%d%d%d%d)%s*$")}
    end
    local year, month, day = tonumber(given[places[1]]), tonumber(given[places[2]]), tonumber(given[places[3]])
    if not year or #given[places[1]] ~= 4 or month < 1 or month > 12 or day < 1 or day > days(year, month) then
      return nil, reason
    end
    local date = format("%04d-%02d-%02d", year, month, day)
    if min and date < min or max and date > max then return nil, reason end
    return true, date
  end
end

function menu.digits(o)
  o = o or {}
  known("digits", o)
  local min = whole("digits", o, "min", 1, 100) or 1
  local max = whole("digits", o, "max", 1, 100) or 100
  local reason = text("digits", o, "wrong")
    or min == max and word("wrong_count", min .. " digits, please.", {count = min})
    or word("wrong_digits", "Digits only, please.")
  return function(answer)
    local digits = match(answer, "^%s*(%d+)%s*$")
    if not digits or #digits < min or #digits > max then return nil, reason end
    return true, digits
  end
end

return menu
