local ussd = require "ussd"
return "Price:  12\194\1600 ZAR " .. PRICES.sms .. "\nSecond line"
