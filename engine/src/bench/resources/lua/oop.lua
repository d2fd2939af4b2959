-- A menu as a machine of states: classes, a subclass, methods through metatables, objects that are called.
local function class(base)
  local new = {}
  new.__index = new
  return setmetatable(new, {
    __index = base,
    __call = function(kind, ...)
      local object = setmetatable({}, kind)
      if object.init then object:init(...) end
      return object
    end,
  })
end

local State = class()

function State:init(id, text) self.id, self.text, self.options = id, text, {} end

function State:on(key, target, label)
  self.options[#self.options + 1] = {key = key, target = target, label = label}
  return self
end

function State:render(subscriber)
  local lines = {self.text:gsub("{(%w+)}", subscriber) .. ""}
  for i, option in ipairs(self.options) do lines[#lines + 1] = option.key .. ". " .. option.label end
  return table.concat(lines, "\n")
end

function State:next(key)
  for _, option in ipairs(self.options) do
    if option.key == key then return option.target end
  end
  return nil
end

local Pin = class(State)

function Pin:next(key) return key:match("^%d%d%d%d$") and "main" or "pin" end

local Menu = class()

function Menu:init() self.states = {} end

function Menu:add(state)
  self.states[state.id] = state
  return state
end

return function()
  local octets = 0
  for i = 1, 20 do
    local menu = Menu()
    menu:add(Pin("pin", "Hello {name}, PIN?"))
    menu:add(State("main", "Main {name}")):on("1", "balance", "Balance"):on("2", "top", "Top up"):on("0", "end", "Exit")
    menu:add(State("balance", "Balance {balance}")):on("0", "main", "Back")
    menu:add(State("top", "Amount?")):on("1", "done", "10"):on("2", "done", "20")
    menu:add(State("done", "Done {name}"))
    menu:add(State("end", "Bye"))
    local subscriber, at = {name = "Thandi", balance = "12.50"}, "pin"
    for _, key in ipairs{"12", "1234", "1", "0", "2", "2"} do
      local state = menu.states[at]
      octets = octets + #state:render(subscriber)
      at = state:next(key) or at
    end
    octets = octets + #menu.states[at]:render(subscriber)
  end
  return octets
end
