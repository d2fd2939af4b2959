-- QuecPython's example of ussd.setDcs.
-- Try it: ./ussd handset engine/docs/examples/handset/set-dcs.lua
local ussd = require "ussd"                     -- >>> import ussd
print(ussd.getDcs())                            -- >>> ussd.getDcs()
                                                -- 15
ussd = require "ussd"                           -- >>> import ussd
print(ussd.setDcs(1))                           -- >>> ussd.setDcs(1)
                                                -- 0
print(ussd.getDcs())                            -- >>> ussd.getDcs()
                                                -- 1
