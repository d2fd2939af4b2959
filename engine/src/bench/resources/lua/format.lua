-- String formatting and concatenation, as a menu does them: amounts, dates, names.
return function()
  local octets = 0
  for i = 1, 400 do
    local line = string.format("%d. %s: R%.2f (%5.1f%%)", i, "Airtime", i * 1.37, i / 7)
    local stamp = string.format("%04d-%02d-%02d", 2021, i % 12 + 1, i % 28 + 1)
    local text = line .. " until " .. stamp .. ", ref " .. (i * 7919) .. "/" .. i
    octets = octets + #text
  end
  return octets
end
