-- The accounts of the bank. The database counts in whole cents, which are exact in every database; scripts in decimals.
local sql = require "sql"
local log = require "log"

local bank = {}
local ATTEMPTS = 3

function bank.cents(amount)
  return tonumber(amount * 100)
end

-- What is on an account; or nil, and "no_account" or "later".
function bank.balance(msisdn)
  local cents, why, detail = sql.value("bank", "SELECT cents FROM accounts WHERE msisdn = :msisdn", {msisdn = msisdn})
  if cents then
    return decimal(cents):div(100, 2)
  elseif not why then
    return nil, "no_account"
  end
  log.error("no balance: %s", detail)
  return nil, "later"
end

-- Carries a transfer out, or not at all. The second result tells whether the last step, the commit, was begun.
local function move(id, from, to, cents)
  local committing = false
  local result, why, detail = sql.transaction("bank", function(tx)
    local taken = tx:execute(
      "UPDATE accounts SET cents = cents - :cents WHERE msisdn = :payer AND cents >= :cents", {cents = cents, payer = from})
    if taken == 0 then
      return "funds"
    end
    local given = tx:execute("UPDATE accounts SET cents = cents + :cents WHERE msisdn = :payee", {cents = cents, payee = to})
    if given == 0 then
      tx:rollback()
      return "nobody"
    end
    local written = tx:execute(
      "INSERT INTO transfers (id, payer, payee, cents) VALUES (:id, :payer, :payee, :cents)",
      {id = id, payer = from, payee = to, cents = cents})
    committing = written == 1
    return "done"
  end)
  if not result then
    log.error("transfer %s: %s", id, detail)
  end
  return result, committing, why
end

-- Moves money from one account to another. Gives one word: done; funds (there is not enough) or nobody (there is no such
-- account); later (nothing has moved); unknown (nobody knows yet: the answer to the last step was lost).
function bank.transfer(id, from, to, amount)
  for _ = 1, ATTEMPTS do
    local result, committing, why = move(id, from, to, bank.cents(amount))
    if result then
      return result
    elseif committing and (why == "timeout" or why == "unavailable") then
      local found = sql.value("bank", "SELECT 1 FROM transfers WHERE id = :id", {id = id})
      return found and "done" or "unknown"
    elseif why ~= "conflict" then
      return "later"
    end
  end
  return "later"
end

return bank
