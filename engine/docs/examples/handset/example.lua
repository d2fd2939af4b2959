-- QuecPython's first example: a USSD command to a network that has nobody who would answer it.
-- Try it: ./ussd handset --ssn 99 engine/docs/examples/handset/example.lua
local ussd = require "ussd"                     -- >>> import ussd
local function ussdCallback(args)               -- >>> def ussdCallback(args):
  print(args)                                   -- ...     print(args)
end                                             -- ...
ussd.setCallback(ussdCallback)                  -- >>> ussd.setCallback(ussdCallback) # Register callback function
print(ussd.send("*101#"))                       -- >>> ussd.send("*101#") # Send USSD command *101# to network
                                                -- 0
utime.sleep(1)                                  -- >>>   (at the prompt the device waits by itself)
                                                -- (4, '', 0, 4) # Callback receives network reply content
print(ussd.getSessionState())                   -- >>> ussd.getSessionState() #Query if in continuous session state
                                                -- False
