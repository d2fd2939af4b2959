-- QuecPython's example of ussd.send.
-- Try it: ./ussd handset engine/docs/examples/handset/send.lua
local ussd = require "ussd"                     -- >>> ussd      (the page leaves "import" out)
print(ussd.send("*101#"))                       -- >>> ussd.send("*101#") # Send USSD command to network.
                                                -- 0
