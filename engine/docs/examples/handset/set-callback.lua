-- QuecPython's example of ussd.setCallback, which tells what each reply means, and below it three codes to dial.
-- Try it: ./ussd handset engine/docs/examples/handset/set-callback.lua
local ussd = require "ussd"                                             -- import ussd

local function ussdCallback(args)                                       -- def ussdCallback(args):
  local resp_type = args[0]                                             --     resp_type = args[0]
  local ussd_str = args[1]                                              --     ussd_str = args[1]
  local dcs = args[2]                                                   --     dcs = args[2]
  local err_code = args[3]                                              --     err_code = args[3]
  if resp_type == 0 then                                                --     if resp_type == 0:
    print('### USSD Network successful return:', ussd_str)              --         print('### USSD Network successful return:',ussd_str)
  elseif resp_type == 1 then                                            --     elif resp_type == 1:
    print('### USSD end of session.')                                   --         print('### USSD end of session.'
  elseif resp_type == 2 or resp_type == 3 then                          --     elif resp_type in [2,3]:
    print('### USSD Network successful return None')                    --         print('### USSD Network successful return None')
  else                                                                  --     else:
    print('### USSD Network return error,err_code:', err_code)          --         print('### USSD Network return error,err_code:',err_code)
  end
end

ussd.setCallback(ussdCallback)                                          -- ussd.setCallback(ussdCallback)

-- The page's example ends here.
ussd.send("*100#")                                                      -- a menu, answered with 1
utime.sleep(1)
ussd.send("1")
utime.sleep(1)
ussd.send("*100#")                                                      -- a menu, left alone
utime.sleep(1)
ussd.stopSession()
utime.sleep(1)
ussd.send("*999#")                                                      -- a code that no rule knows
