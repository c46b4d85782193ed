"""The statutory holidays of China by law, before the State Council arranges the days around them.

Which days are free by law is known for every year (全国年节及纪念日放假办法, Order No. 795 of the
State Council, in force since 2025-01-01): New Year's Day; the eve and the first three days of
the Spring Festival; Tomb-sweeping Day; 1 and 2 May; the Dragon Boat Festival; the Mid-autumn
Festival; 1 to 3 October. Which days are shifted around them (调休) is announced each autumn for the
year ahead.
"""

from __future__ import annotations

from datetime import date, timedelta

_MOVING: dict[int, tuple[str, str, str, str]] = {
    2025: ("01-29", "04-04", "05-31", "10-06"),
    2026: ("02-17", "04-05", "06-19", "09-25"),
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
}
"""Spring Festival, Tomb-sweeping Day, Dragon Boat Festival, Mid-autumn Festival.

The lunar ones by GB/T 33661-2017 (农历的编算和颁行).
"""
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
LAST_YEAR = max(_MOVING)


def statutory_days(year: int) -> frozenset[date]:
    """The days that are free by law; for years without a table only those with a fixed date."""
    days = {date(year, month, day) for month, day in _FIXED}
    moving = _MOVING.get(year)
    if moving is None:
        return frozenset(days)
    spring, sweeping, boats, autumn = (date.fromisoformat(f"{year}-{day}") for day in moving)
    days |= {spring + timedelta(days=n) for n in (-1, 0, 1, 2)} | {sweeping, boats, autumn}
    return frozenset(days)
