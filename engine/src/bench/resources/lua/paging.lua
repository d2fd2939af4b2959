-- A sorted list in pages that fit a screen, with the texts of two languages.
local texts = {
  en = {head = "Bundles for %s", more = "99. More", back = "0. Back"},
  fr = {head = "Forfaits pour %s", more = "99. Suite", back = "0. Retour"},
}

return function()
  local octets = 0
  for round = 1, 10 do
    local text = texts[round % 2 == 0 and "en" or "fr"]
    local bundles = {}
    for i = 1, 25 do
      bundles[i] = {name = "Data " .. (i * 37 % 25) * 100 .. "MB", price = (i * 53 % 29) + 0.5, days = i % 7 + 1}
    end
    table.sort(bundles, function(a, b)
      if a.price ~= b.price then return a.price < b.price end
      return a.name < b.name
    end)
    local pages, page, length = {}, {}, 0
    for i, bundle in ipairs(bundles) do
      local line = string.format("%d. %s R%.2f/%dd", i, bundle.name, bundle.price, bundle.days)
      if length + #line + 1 > 120 then
        pages[#pages + 1] = table.concat(page, "\n")
        page, length = {}, 0
      end
      page[#page + 1] = line
      length = length + #line + 1
    end
    pages[#pages + 1] = table.concat(page, "\n")
    for i, shown in ipairs(pages) do
      local screen = text.head:format("0821234567") .. "\n" .. shown .. "\n" .. (i < #pages and text.more or text.back)
      octets = octets + #screen
    end
  end
  return octets
end
