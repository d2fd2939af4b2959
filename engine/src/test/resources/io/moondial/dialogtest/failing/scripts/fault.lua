local ussd = require "ussd"
ussd.menu("Go on?")
error("broken")
