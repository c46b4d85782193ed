"""What recurs: a meeting in the month's last week, a report in the quarter's first working week.

Pure: rules and working-day calendars in, dated windows out.
"""
