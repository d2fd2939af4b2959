-- A shop for data bundles: it reads as the conversation. The subscriber goes back with 0 and home with 00. Somebody who
-- loses the dialog and dials again within two minutes goes on where he was. The tests are in shop.dialog.
local bundles = require "bundles"          -- lib/bundles.lua; menu, t, kv and edr are there without require

local function shop(request)
  local who = request.msisdn
  if not who then return t "sorry" end     -- the network has not said who dials

  local what = menu.choose{title = t "main.title", items = {
    {"buy", t "main.buy"}, {"last", t "main.last"}, {"language", t "main.language"},
  }}

  if what == "language" then
    menu.repeatable(t.keep, t.language() == "en" and "sw" or "en")
    return shop(request)
  end

  if what == "last" then
    local name, why = kv.get("last_bundle", who)
    if why then return t "sorry" end
    return name and t("last", {name = name}) or t "none"
  end

  local bundle = menu.choose{title = t "which", items = bundles.items()}
  if not menu.confirm{t("confirm", bundle)} then return t "stopped" end

  -- Here a real service asks for the money, for example by http.post. From this change on nobody goes back.
  if not kv.set("last_bundle", who, bundle.name) then return t "sorry" end
  edr.write("BUNDLE", {NAME = bundle.name, PRICE = bundle.price})
  return t("done", bundle)
end

return menu.flow(shop, {
  back = "0", home = "00",                 -- the keys, and the lines that offer them
  direct = true,                           -- what is dialled behind the code answers the first questions
  resume = "2m",
  finally = function(why)                  -- the last screen of somebody who does not answer
    if why == "timeout" then return t "timeout" end
  end,
})
