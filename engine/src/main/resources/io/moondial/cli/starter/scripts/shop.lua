-- A shop for data bundles: it reads as the conversation. The subscriber goes back with 0 and home with 00. Somebody who
-- loses the dialog and dials again within two minutes goes on where he was. The tests are in shop.dialog.
local menu = require "menu"
local kv = require "kv"
local edr = require "edr"
local bundles = require "bundles"          -- lib/bundles.lua

local SORRY = "This does not work now. Please try later."

local function shop(request)
  local who = request.msisdn
  if not who then return SORRY end         -- the network has not said who dials

  local what = menu.choose{title = "Data bundles", items = {{"buy", "Buy"}, {"last", "My last one"}}}

  if what == "last" then
    local name, why = kv.get("last_bundle", who)
    if why then return SORRY end
    return name and "Your last bundle: " .. name or "You have bought none yet."
  end

  local bundle = menu.choose{title = "Which one?", items = bundles.items(CURRENCY)}
  local text = bundle.name .. " for " .. CURRENCY .. " " .. tostring(bundle.price)
  if not menu.confirm{"Buy " .. text .. "?"} then return "Nothing is bought." end

  -- Here a real service asks for the money, for example by http.post. From this change on nobody goes back.
  local kept = kv.set("last_bundle", who, bundle.name)
  if not kept then return SORRY end
  edr.write("BUNDLE", {NAME = bundle.name, PRICE = bundle.price})
  return "Done: " .. text .. "."
end

return menu.flow(shop, {
  back = "0", home = "00",                 -- the keys, and the lines that offer them
  direct = true,                           -- what is dialled behind the code answers the first questions
  resume = "2m",
  timeout_text = "Nothing is bought. Dial *100# when you are ready.",
})
