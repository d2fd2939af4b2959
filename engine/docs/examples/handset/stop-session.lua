-- QuecPython's example of ussd.stopSession. Its session is one that is open already: *100# opens a menu.
-- Try it: ./ussd handset engine/docs/examples/handset/stop-session.lua
local ussd = require "ussd"                     -- >>> import ussd
ussd.send("*100#")
utime.sleep(1)
print(ussd.getSessionState())                   -- >>> ussd.getSessionState()
                                                -- True
print(ussd.stopSession())                       -- >>> ussd.stopSession()
                                                -- 0
