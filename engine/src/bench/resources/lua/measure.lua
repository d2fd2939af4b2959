-- For orientation: the same programs under another Lua, "lua5.4 measure.lua" in this folder.
-- Prints microseconds a run of each program, the best of several rounds.
for _, name in ipairs{"format", "table", "patterns", "json", "menu", "fib"} do
  local program = dofile(name .. ".lua")
  local best = math.huge
  for round = 1, 10 do
    local runs, start = 0, os.clock()
    repeat program() runs = runs + 1 until os.clock() - start > 0.2
    best = math.min(best, (os.clock() - start) / runs)
  end
  print(string.format("%-10s %10.1f us", name, best * 1e6))
end
