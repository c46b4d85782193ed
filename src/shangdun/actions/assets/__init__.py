"""The asset inventory: kept by hand, taken in from sheets, completed by what the logs show."""
