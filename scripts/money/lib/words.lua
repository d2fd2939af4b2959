-- What the subscriber reads. {name} is filled in; amounts come with the currency.
local words = {}

words.en = {
  menu = "Mobile money\n1. Balance\n2. Send money\n3. Buy airtime\n4. Kiswahili",
  choose = "Choose 1 to 4.",
  pin = "Your PIN:",
  wrong_pin = "Wrong PIN.",
  locked = "Your PIN is locked. Please visit an agent.",
  balance = "Wallet: {wallet}\nAirtime: {airtime}",
  not_now = "not known now",
  no_account = "You have no account yet. Please visit an agent.",
  ask_number = "To which number?",
  bad_number = "That is not another number of this country.",
  ask_amount = "How much?",
  bad_amount = "From {least} to {most}, please.",
  confirm_transfer = "Send {amount} to {to}.\nYour PIN:",
  confirm_airtime = "Airtime for {amount}.\nYour PIN:",
  sent = "You have sent {amount} to {to}.",
  bought = "You have airtime for {amount} more.",
  funds = "There is not enough in your wallet. Nothing was charged.",
  nobody = "{to} has no account. Nothing was charged.",
  limit = "The limit of a day is {limit}. Nothing was charged.",
  refused = "The airtime was refused. Your money is back in your wallet.",
  later = "This does not work now. Nothing was charged. Please try later.",
  unknown = "We do not know yet whether this has worked. Please do not repeat it: an SMS will tell you.",
  cancelled = "Nothing was charged. Please dial again.",
  tries = "Too many tries. Nothing was charged. Please dial again.",
  language = "We speak English now.",
}

words.sw = {
  menu = "Pesa kwa simu\n1. Salio\n2. Tuma pesa\n3. Nunua salio la simu\n4. English",
  choose = "Chagua 1 hadi 4.",
  pin = "Weka PIN yako:",
  wrong_pin = "PIN si sahihi.",
  locked = "PIN yako imefungwa. Tembelea wakala.",
  balance = "Pochi: {wallet}\nSalio la simu: {airtime}",
  not_now = "haijulikani sasa",
  no_account = "Bado huna akaunti. Tembelea wakala.",
  ask_number = "Kwa namba gani?",
  bad_number = "Hiyo si namba nyingine ya nchi hii.",
  ask_amount = "Kiasi gani?",
  bad_amount = "Kuanzia {least} hadi {most}, tafadhali.",
  confirm_transfer = "Tuma {amount} kwa {to}.\nWeka PIN yako:",
  confirm_airtime = "Salio la simu la {amount}.\nWeka PIN yako:",
  sent = "Umetuma {amount} kwa {to}.",
  bought = "Umepata salio la simu la {amount}.",
  funds = "Pesa haitoshi. Hakuna kilichokatwa.",
  nobody = "{to} hana akaunti. Hakuna kilichokatwa.",
  limit = "Kikomo cha siku ni {limit}. Hakuna kilichokatwa.",
  refused = "Salio la simu limekataliwa. Pesa yako imerudishwa.",
  later = "Huduma haipatikani sasa. Hakuna kilichokatwa. Jaribu baadaye.",
  unknown = "Bado hatujui kama imefanikiwa. Tafadhali usirudie: utapata SMS.",
  cancelled = "Hakuna kilichokatwa. Piga tena.",
  tries = "Umejaribu mara nyingi. Hakuna kilichokatwa. Piga tena.",
  language = "Sasa tunaongea Kiswahili.",
}

local function shown(value)
  return (type(value) == "number" or decimal.is(value)) and CURRENCY .. " " .. ("%.2f"):format(value) or value
end

-- A function that says things in a language.
function words.of(language)
  local texts = words[language] or words.en
  return function(what, values)
    return (texts[what]:gsub("{(%a+)}", function(name)
      return shown(values[name])
    end))
  end
end

return words
