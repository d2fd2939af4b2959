-- The JSON answer of a service read by hand, character by character, and the check digit of a card (Luhn).
local function skip(text, at) return text:find("[^ \t\r\n]", at) end

local function string_at(text, at)
  local close = text:find('"', at + 1, true)
  return text:sub(at + 1, close - 1), close + 1
end

local value

local function object(text, at)
  local fields = {}
  at = skip(text, at + 1)
  while text:sub(at, at) ~= "}" do
    local name
    name, at = string_at(text, at)
    at = skip(text, at)
    at = skip(text, at + 1)
    fields[name], at = value(text, at)
    at = skip(text, at)
    if text:sub(at, at) == "," then at = skip(text, at + 1) end
  end
  return fields, at + 1
end

local function array(text, at)
  local items = {}
  at = skip(text, at + 1)
  while text:sub(at, at) ~= "]" do
    items[#items + 1], at = value(text, at)
    at = skip(text, at)
    if text:sub(at, at) == "," then at = skip(text, at + 1) end
  end
  return items, at + 1
end

function value(text, at)
  local octet = text:byte(at)
  if octet == 34 then return string_at(text, at) end
  if octet == 123 then return object(text, at) end
  if octet == 91 then return array(text, at) end
  if text:sub(at, at + 3) == "true" then return true, at + 4 end
  if text:sub(at, at + 4) == "false" then return false, at + 5 end
  local first, last = text:find("^-?[%d.]+", at)
  return tonumber(text:sub(first, last)), last + 1
end

local function luhn(digits)
  local sum, double = 0, false
  for i = #digits, 1, -1 do
    local digit = digits:byte(i) - 48
    if double then
      digit = digit * 2
      if digit > 9 then digit = digit - 9 end
    end
    sum = sum + digit
    double = not double
  end
  return sum % 10 == 0
end

local answer = '{"msisdn": "27761485722", "balance": 12.5, "active": true, "bundles": [{"id": 1, "name": "100MB", "left": 37.25}, '
  .. '{"id": 2, "name": "1GB", "left": 512}, {"id": 3, "name": "SMS", "left": 12}], "limits": {"day": 100, "month": 1500}}'

return function()
  local total = 0
  for i = 1, 20 do
    local account = value(answer, 1)
    for _, bundle in ipairs(account.bundles) do total = total + bundle.left end
    if luhn("4539578763621486") then total = total + 1 end
    if luhn("79927398713") then total = total + 1 end
    total = total + account.limits.day
  end
  return total
end
