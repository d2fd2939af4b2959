-- Building, sorting and joining of tables: lists of records, an index by name.
return function()
  local accounts, byName, seed = {}, {}, 42
  for i = 1, 300 do
    seed = (seed * 16807) % 2147483647
    local account = {name = "account" .. seed % 1000, amount = seed % 10000, open = i % 3 == 0}
    accounts[#accounts + 1] = account
    byName[account.name] = account
  end
  table.sort(accounts, function(a, b)
    if a.amount ~= b.amount then return a.amount < b.amount end
    return a.name < b.name
  end)
  local names, sum = {}, 0
  for i, account in ipairs(accounts) do
    if account.open then names[#names + 1] = account.name end
  end
  for _, account in pairs(byName) do sum = sum + account.amount end
  table.sort(names)
  return #table.concat(names, ",") + sum
end
