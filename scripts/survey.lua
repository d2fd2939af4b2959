-- A survey that begins in the network, for a subscriber or for a list of them:
--   ./ussd push --script survey --args '{"about": "our shop in Nakuru"}' --file customers.txt
-- Whoever has asked not to be asked again is not: the push ends, and he has seen nothing.
local kv = require "kv"
local edr = require "edr"
local request = ...
local about = request.args and request.args.about or "our service"

local never, why, detail = kv.get("survey.never", request.msisdn)
if why then
  log.warn("it is not known whether %s may be asked: %s", request.msisdn, detail)
end
if never or why then
  return
end

local MARKS = {["1"] = "good", ["2"] = "bad", ["3"] = "never"}

local answer, missing = ussd.menu("How do you find " .. about .. "?\n1. Good\n2. Not so good\n3. Do not ask me again", {timeout = 60})
local mark = MARKS[answer] or missing or "other"
local said
if mark == "bad" then
  said = ussd.menu("We are sorry. What is wrong?", {timeout = 120})
elseif mark == "never" then
  local kept, _, problem = kv.set("survey.never", request.msisdn, true)
  if not kept then
    log.error("%s will be asked again: %s", request.msisdn, problem)
  end
end
edr.write("SURVEY", {ABOUT = about, MARK = mark, SAID = said or ""})
if answer then
  return mark == "never" and "We will not ask again." or "Thank you."
end
