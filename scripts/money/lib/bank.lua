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

-- Carries a transfer out, or not at all. Gives its outcome; or nil, why, and whether the last step, the commit, was begun.
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
  return result, why, committing
end

-- What became of a transfer whose answer says too little: done; unknown; or nil, as it is certain that nothing has moved.
local function look_up(id, why)
  local found, problem, detail = sql.value("bank", "SELECT 1 FROM transfers WHERE id = :id", {id = id})
  if found then
    return "done"
  elseif problem then
    log.error("transfer %s cannot be looked up: %s", id, detail)
    return "unknown"
  end
  -- The database has taken back what it refuses. Whatever else came of the commit, it may still be on its way.
  return why ~= "conflict" and why ~= "constraint" and "unknown" or nil
end

-- Moves money from one account to another. Gives one word: done; funds (there is not enough) or nobody (there is no such
-- account); later (nothing has moved); unknown (nobody knows yet: the answer to the last step was lost).
-- A constraint is looked up too: the database refuses a number that it has, so the transfer was carried out before.
function bank.transfer(id, from, to, amount)
  for _ = 1, ATTEMPTS do
    local result, why, committing = move(id, from, to, bank.cents(amount))
    if not result and (committing or why == "constraint") then
      result = look_up(id, why)
    end
    if result then
      return result
    elseif why ~= "conflict" then
      return "later"
    end
  end
  return "later"
end

return bank
