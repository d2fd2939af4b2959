require("log").info("got %s", (...).text)
