-- Made by ussd import, which has no scripts. Put the script KEY here.
log.error("the script %s is not here yet", SCRIPT_NAME)
return ussd.decline()
