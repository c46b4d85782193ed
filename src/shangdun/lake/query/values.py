"""A value as typed → a value of the column's kind."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType

from shangdun.kernel.clock import to_millis
from shangdun.lake.query.fields import kind_of
from shangdun.lake.query.predicate import Value, Within
from shangdun.lake.schema import Kind

_NETWORK = re.compile(r"[0-9A-Fa-f:.]+/\d{1,3}")
_TRUTHS = {"true": True, "false": False, "yes": True, "no": False}
_BITS = {Kind.INTEGER: 31, Kind.LONG: 63, Kind.UINT: 63, Kind.ULONG: 63}


def value_of(column: str, text: str, zone: tzinfo = UTC) -> Value:
    """The value; raises ``ValueError`` whose text says what the column holds."""
    kind = kind_of(column)
    if kind in _BITS:
        return _integer(text, _BITS[kind])
    reader = _READERS.get(kind)
    if kind is Kind.MILLIS:
        return _moment(text, zone)
    return reader(text) if reader else text


def network_of(column: str, text: str) -> Within | str | None:
    """``10.0.0.0/8`` where the column holds addresses; a text says what is wrong with it."""
    if not (column.endswith(".ip") and _NETWORK.fullmatch(text)):
        return None
    try:
        return Within(column, ipaddress.ip_network(text, strict=False))
    except ValueError:
        return f"{text!r} is no network"


def _integer(text: str, bits: int) -> int:
    if not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise ValueError(f"holds whole numbers, and {text[:40]!r} is none")
    number = int(text)
    if not -(1 << bits) <= number < 1 << bits:
        raise ValueError(f"holds whole numbers of {bits + 1} bits, and {text} is beyond them")
    return number


def _float(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"holds numbers, and {text[:40]!r} is none")
    return number


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ValueError(f"is true or false, and {text[:40]!r} is neither")
    return _TRUTHS[text.lower()]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"holds days, and {text[:40]!r} is none: write 2026-03-04") from error


def _moment(text: str, zone: tzinfo) -> int:
    if re.fullmatch(r"-?[0-9]{6,18}", text):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
        return to_millis(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"holds times, and {text[:40]!r} is none: write 2026-03-04T10:00:00"
        ) from error


_READERS: Mapping[Kind, Callable[[str], Value]] = MappingProxyType(
    {Kind.FLOAT: _float, Kind.BOOLEAN: _truth, Kind.DATE: _date}
)
