-- QuecPython's example of ussd.getSessionState.
-- Try it: ./ussd handset engine/docs/examples/handset/get-session-state.lua
local ussd = require "ussd"                     -- >>> import ussd
print(ussd.getSessionState())                   -- >>> ussd.getSessionState()
                                                -- False
