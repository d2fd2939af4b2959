-- Relays a dialog to another USSD node: each screen of the node goes to the
-- subscriber, and each answer of the subscriber to the node.

local request = ...
local SYSTEM_FAILURE = 34

-- The node is gone: the subscriber's dialog ends as the node's did.
local function stop(why, detail)
  if why == "error" then
    ussd.decline(detail)
  elseif why == "closed" then
    ussd.close()
  elseif why == "abort" or why == "protocol" or why == "undecodable" then
    ussd.abort()
  else
    ussd.decline(SYSTEM_FAILURE)
  end
end

-- The scheme of the node, if texts are sent under it.
local function scheme(dcs)
  if dcs and (dcs < 16 or dcs == 68 or dcs == 72) then return {dcs = dcs} end
end

local far, why, detail = ussd.open{text = request.text}
if not far then return stop(why, detail) end

while far.kind ~= "final" do
  local asks = far.kind == "menu"
  local answer, gone, code
  if asks then
    answer, gone, code = ussd.menu(far.text, scheme(far.dcs))
  else
    answer, gone, code = ussd.notify(far.text, scheme(far.dcs))
  end
  local ok
  if answer then
    ok, why, detail = far:answer(asks and answer or nil)
  elseif gone == "error" then
    ok, why, detail = far:refuse(code)
  elseif gone == "timeout" then
    -- the subscriber says nothing; or the node has not waited for that
    why, detail = far:ended()
    if not why then
      far:close()
      return ussd.abort()
    end
  else
    return far:close()
  end
  if not ok then
    if why == "final" then break end
    return stop(why, detail)
  end
end

if far.text == "" then return ussd.close() end
return far.text
