-- Patterns: answers checked and cut, texts filled in, words counted.
return function()
  local found = 0
  for i = 1, 100 do
    local answer = "  *140*" .. (27761485000 + i) .. "*" .. i .. "# "
    local trimmed = answer:match("^%s*(.-)%s*$")
    local code, number, amount = trimmed:match("^%*(%d+)%*(%d+)%*(%d+)#$")
    if tonumber(amount) == i and code == "140" then found = found + #number end
    local text = ("Dear $name, you sent R$amount to $number."):gsub("%$(%w+)", {name = "Thandi", amount = amount, number = number})
    for word in text:gmatch("%a+") do found = found + #word end
    if text:find("sent", 1, true) and not text:find("received") then found = found + 1 end
    found = found + #(text:gsub("%d", "#"))
  end
  return found
end
