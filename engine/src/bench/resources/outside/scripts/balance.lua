-- One call, then its answer: what a dialog with a call costs.
local request = ...
local answer, why = http.get("billing", "/accounts/{msisdn}", {path = {msisdn = request.msisdn or "0"}})
if not answer then return "Not now: " .. why end
return "Your balance is " .. answer.json.balance
