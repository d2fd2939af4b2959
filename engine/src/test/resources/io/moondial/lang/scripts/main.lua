-- Texts that do not fit together with their files.
local why = ...
ussd.notify(t "wellcome")
ussd.notify(t("balance"))
ussd.notify(t("balance", {amount = 1, curency = "KES"}))
ussd.notify(t("error." .. tostring(why)))
pcall(function() return t "guarded" end)
menu.text(t "long")
return t("terms")
