-- Made by ussd import. Replace this file by your script KEY.
log.error("the script %s is not here yet", SCRIPT_NAME)
return ussd.decline()
