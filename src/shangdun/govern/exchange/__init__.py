"""A plan in the files of others: Excel, Microsoft Project XML, iCalendar."""
