-- Whole menu dialogs: what a script of some size does between the answers of a subscriber.
local answers, next_answer

local function menu(text)
  assert(#text <= 182)
  next_answer = next_answer + 1
  return answers[next_answer]
end

local bundles = {
  {label = "Daily 50MB", price = 5}, {label = "Weekly 250MB", price = 29.5},
  {label = "Monthly 1GB", price = 99}, {label = "Monthly 5GB", price = 249},
}

local function list(title, items, line)
  local lines = {title}
  for i, item in ipairs(items) do lines[#lines + 1] = i .. ". " .. line(item) end
  return table.concat(lines, "\n")
end

local function pick(title, items, line)
  for attempt = 1, 3 do
    local answer = menu(list(title, items, line))
    local choice = answer and tonumber(answer:match("^%s*(%d+)%s*$"))
    if choice and items[choice] then return items[choice] end
    title = "Not understood."
  end
  return nil
end

local function dialog(request)
  local account = {msisdn = request.msisdn, balance = 120.75, history = {}}
  local action = pick("Welcome " .. account.msisdn:sub(-4), {"Balance", "Bundles", "Help"}, function(s) return s end)
  if action == "Balance" then return string.format("Your balance is R%.2f", account.balance) end
  local bundle = pick("Choose a bundle", bundles, function(b) return string.format("%s R%.2f", b.label, b.price) end)
  if not bundle then return "Goodbye" end
  local pin = menu("Enter your PIN")
  if not pin:find("^%d%d%d%d$") then return "Wrong PIN" end
  account.balance = account.balance - bundle.price
  account.history[#account.history + 1] = {what = bundle.label, pin = ("*"):rep(#pin), at = os.time()}
  return string.format("%s bought. Balance R%.2f. Ref %s", bundle.label, account.balance, account.msisdn:reverse():sub(1, 6))
end

return function()
  local octets = 0
  for i = 1, 50 do
    answers, next_answer = {"2", "x", " " .. i % 4 + 1, "0123"}, 0
    octets = octets + #dialog({msisdn = "27761485722", text = "*140#"})
  end
  return octets
end
