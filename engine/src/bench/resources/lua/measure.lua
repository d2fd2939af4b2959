-- The same programs under another Lua: "lua5.2 measure.lua [PROGRAM ...]" in this folder.
-- Prints microseconds of processor time a run of each program, the best of several rounds.
local all = {"format", "table", "patterns", "json", "menu", "fib", "oop", "paging", "parse"}
for _, name in ipairs(#arg > 0 and arg or all) do
  local program = dofile(name .. ".lua")
  local best = math.huge
  for round = 1, 5 do
    local runs, start = 0, os.clock()
    repeat program() runs = runs + 1 until os.clock() - start > 0.2
    best = math.min(best, (os.clock() - start) / runs)
  end
  print(string.format("%-10s %10.1f us", name, best * 1e6))
end
