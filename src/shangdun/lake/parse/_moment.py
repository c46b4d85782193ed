"""Times as logs write them, one value at a time: epoch numbers and ISO 8601 / RFC 3339 texts."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, tzinfo

from shangdun.lake.parse._values import Scalar

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?"
    r"(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?"
)
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?")
UNITS = ((10**17, 10**6), (10**14, 10**3), (10**11, 1))
"""Smallest magnitude of nanoseconds, microseconds and milliseconds, and what makes it millis."""
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999 in milliseconds: what a calendar can show."""


def read_moment(value: Scalar, zone: tzinfo = UTC) -> int | None:
    """Milliseconds since the epoch, or None where the value is no time.

    A number counts seconds, milliseconds, microseconds or nanoseconds, told apart by its size:
    11 digits of seconds would be the year 5138. A text without a zone is in ``zone``.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _from_number(value)
    match = _ISO.fullmatch(value.strip())
    if match:
        return _from_iso(match, zone)
    return _from_number(float(value)) if _NUMBER.fullmatch(value) else None


def _from_number(value: float) -> int | None:
    if not math.isfinite(value):
        return None
    millis = next(
        (value // divisor for least, divisor in UNITS if abs(value) >= least), value * 1000
    )
    return int(millis) if EARLIEST <= millis <= LATEST else None


def _from_iso(match: re.Match[str], zone: tzinfo) -> int | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction, universal, sign, ahead, past = match.groups()[6:]
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        if universal:
            moment = moment.replace(tzinfo=UTC)
        elif sign:
            offset = timedelta(hours=int(ahead), minutes=int(past))
            moment = moment.replace(tzinfo=UTC) - (offset if sign == "+" else -offset)
        millis = int((fraction or "0").ljust(3, "0")[:3])
        return int(moment.timestamp()) * 1000 + millis
    except (ValueError, OverflowError):
        return None
