-- The bundles that are sold. A module: other scripts can require it too.
local bundles = {
  {name = "100 MB", currency = CURRENCY, price = decimal("20.00")},
  {name = "1 GB", currency = CURRENCY, price = decimal("99.50")},
  {name = "5 GB", currency = CURRENCY, price = decimal("350.00")},
}

local M = {}

-- The items of a menu: what the choice gives, and what the subscriber reads.
function M.items()
  local items = {}
  for i, bundle in ipairs(bundles) do
    items[i] = {bundle, t("item", bundle)}
  end
  return items
end

return M
