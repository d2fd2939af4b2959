-- An encoder of JSON-like text written in Lua: recursion, tables in tables, escapes, joining.
local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n"}

local function encode(value, out)
  local kind = type(value)
  if kind == "table" then
    if #value > 0 then
      out[#out + 1] = "["
      for i, item in ipairs(value) do
        if i > 1 then out[#out + 1] = "," end
        encode(item, out)
      end
      out[#out + 1] = "]"
    else
      out[#out + 1] = "{"
      local first = true
      for key, item in pairs(value) do
        if not first then out[#out + 1] = "," end
        first = false
        out[#out + 1] = '"' .. key .. '":'
        encode(item, out)
      end
      out[#out + 1] = "}"
    end
  elseif kind == "string" then
    out[#out + 1] = '"' .. value:gsub('["\\\n]', escapes) .. '"'
  else
    out[#out + 1] = tostring(value)
  end
end

return function()
  local length = 0
  for i = 1, 20 do
    local document = {msisdn = "27761485" .. i, active = true, balance = i * 2.5, services = {}}
    for j = 1, 10 do
      document.services[j] = {id = j, label = 'bundle "' .. j .. '"', price = j * 9.99, tags = {"a", "b", j}}
    end
    local out = {}
    encode(document, out)
    length = length + #table.concat(out)
  end
  return length
end
