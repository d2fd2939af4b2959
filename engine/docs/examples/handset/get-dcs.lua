-- QuecPython's example of ussd.getDcs.
-- Try it: ./ussd handset engine/docs/examples/handset/get-dcs.lua
local ussd = require "ussd"                     -- >>> import ussd
print(ussd.getDcs())                            -- >>> ussd.getDcs()
                                                -- 15
