"""``[17/May/2015:10:05:03 +0000]`` for a whole column at once, from its digits."""

from __future__ import annotations

import numpy as np

from shangdun.lake.parse._access import MONTHS
from shangdun.lake.text import Bytes, Ints, Mask, Text

LENGTH = 26
_ZERO = 48
_DIGITS = [0, 1, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19, 22, 23, 24, 25]
_MARKS = [2, 6, 11, 14, 17, 20]
_MARK_BYTES = np.frombuffer(b"//::: ", np.uint8)[:, None]
_MONTH_BYTES = 0xFFFFFF
_MONTHS = np.array([int.from_bytes(month, "little") for month in MONTHS], "<u4")
_BY_NAME = np.argsort(_MONTHS)
_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def read_times(text: Text, starts: Ints) -> tuple[Ints, Ints, Mask]:
    """Milliseconds, minutes east of UTC, and whether the 26 bytes at each start are such a time.

    A time that cannot be (31 February) is not one; years before 1970 are left to the caller.
    """
    rows = text.windows(LENGTH)[starts].T
    digits = rows[_DIGITS] - np.uint8(_ZERO)
    sign = rows[21]
    month, known = _month(text.fours[starts + 3] & np.uint32(_MONTH_BYTES))
    good = (digits <= 9).all(axis=0) & (rows[_MARKS] == _MARK_BYTES).all(axis=0) & known
    good &= (sign == ord("+")) | (sign == ord("-"))
    # two digits fit in the byte they came from
    day, century, years, hour, minute, second, ahead, past = digits[0::2] * 10 + digits[1::2]
    year = century.astype(np.int64) * 100 + years
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= (day >= 1) & (day <= _DAYS[month]) & ((month != 1) | (day < 29) | leap)
    good &= (hour < 24) & (minute < 60) & (second <= 60) & (past < 60) & (year >= 1970)
    zone = (ahead.astype(np.int64) * 60 + past) * np.where(sign == ord("-"), -1, 1)
    minutes = (_day_number(year, month, day) * 24 + hour) * 60 + minute - zone
    return (minutes * 60 + second) * 1000, zone, good


def _month(names: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> tuple[Ints, Mask]:
    place = np.searchsorted(_MONTHS, names, sorter=_BY_NAME)
    month = _BY_NAME[np.minimum(place, 11)]
    return month, _MONTHS[month] == names


def _day_number(year: Ints, month: Ints, day: Bytes) -> Ints:
    """Days since 1970-01-01 in the Gregorian calendar; months count from 0.

    Years are taken to begin in March, so that the leap day is the last of its year and every
    earlier month starts on the same day of the year.
    """
    late = month < 2
    march_year = year - late
    since_march = np.where(late, month + 10, month - 2)
    leap_days = march_year // 4 - march_year // 100 + march_year // 400
    days: Ints = march_year * 365 + leap_days + (since_march * 153 + 2) // 5 + day - 719469
    return days
