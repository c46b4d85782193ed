"""What recurs, as people set it; and the private addresses of calendars."""
