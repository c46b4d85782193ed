"""One value against one atom, plainly: for explanations and for what no column kernel takes."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from shangdun.detect import ir
from shangdun.detect.fold import fold
from shangdun.detect.regex import SafeRegex

Test = Callable[[str], bool]


def text_of(value: Any) -> str:  # noqa: ANN401  any scalar an event can hold
    """A value as the text that patterns see: ``1`` for 1 and 1.0, ``true`` for True."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return str(value)


def number_of(text: str) -> float | None:
    """The number a text spells in decimal notation, or None."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@lru_cache(maxsize=65536)
def text_test(atom: ir.Atom) -> Test:
    """A test of the text of one value, for every atom that looks at one value alone."""
    return _TESTS[type(atom)](atom)


def _text_test(atom: ir.Text) -> Test:
    if atom.shape is ir.Shape.WILDCARD:
        return _wildcard_test(atom)
    same: Callable[[str], str] = str if atom.cased else fold
    wanted = same(atom.value)
    tests: dict[ir.Shape, Test] = {
        ir.Shape.EXACT: lambda text: same(text) == wanted,
        ir.Shape.CONTAINS: lambda text: wanted in same(text),
        ir.Shape.STARTS: lambda text: same(text).startswith(wanted),
        ir.Shape.ENDS: lambda text: same(text).endswith(wanted),
    }
    return tests[atom.shape]


def _wildcard_test(atom: ir.Text) -> Test:
    same: Callable[[str], str] = str if atom.cased else fold
    wild = {ir.Wild.MANY: ".*", ir.Wild.ONE: "."}
    parts = (
        wild[part] if isinstance(part, ir.Wild) else re.escape(same(part))
        for part in ir.wild_parts(atom.value)
    )
    # `.*` alone between literals backtracks at worst with the product of their counts; SafeRegex
    # runs it in linear time
    whole = SafeRegex.of(f"\\A(?:{''.join(parts)})\\z", "s")
    return lambda text: whole.search(same(text))


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}


def _compare_test(atom: ir.Compare) -> Test:
    holds, bound = _COMPARE[atom.operator], atom.value

    def test(text: str) -> bool:
        number = number_of(text)
        return number is not None and holds(number, bound)

    return test


def _cidr_test(atom: ir.Cidr) -> Test:
    return networks_test((atom,))


@lru_cache(maxsize=4096)
def networks_test(atoms: tuple[ir.Cidr, ...]) -> Test:
    """A test for being in any of some networks; a long list costs hardly more than one."""
    known: dict[tuple[int, int], set[int]] = {}
    for atom in atoms:
        block = ipaddress.ip_network(atom.network)
        key = block.version, int(block.netmask)
        known.setdefault(key, set()).add(int(block.network_address))
    masks = list(known.items())

    def test(text: str) -> bool:
        for version, number in _addresses(text):
            for (of, mask), networks in masks:
                if of == version and number & mask in networks:
                    return True
        return False

    return test


@lru_cache(maxsize=65536)
def _addresses(text: str) -> tuple[tuple[int, int], ...]:
    """IP version and number of an address and of what it maps; lists ask hundreds of networks."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ()
    mapped = getattr(address, "ipv4_mapped", None)
    return tuple((one.version, int(one)) for one in (address, mapped) if one is not None)


_PARTS: dict[str, Callable[[datetime], int]] = {
    "minute": lambda moment: moment.minute,
    "hour": lambda moment: moment.hour,
    "day": lambda moment: moment.day,
    "week": lambda moment: moment.isocalendar().week,
    "month": lambda moment: moment.month,
    "year": lambda moment: moment.year,
}
MILLIS_FROM = 100_000_000_000
"""Numbers above are milliseconds since the epoch, below they are seconds (1973 against 5138)."""


def _time_test(atom: ir.TimePart) -> Test:
    part, wanted = _PARTS[atom.part], atom.value

    def test(text: str) -> bool:
        try:
            if (number := number_of(text)) is not None:
                seconds = number / 1000 if abs(number) >= MILLIS_FROM else number
                return part(datetime.fromtimestamp(seconds, UTC)) == wanted
            moment = datetime.fromisoformat(text)
        except (ValueError, OverflowError, OSError):
            return False
        aware = moment.astimezone(UTC) if moment.tzinfo else moment
        return part(aware) == wanted

    return test


def _truth_test(atom: ir.Truth) -> Test:
    wanted = text_of(atom.value)
    return lambda text: text.lower() == wanted


_TESTS: dict[type[Any], Callable[[Any], Test]] = {
    ir.Text: _text_test,
    ir.Regex: lambda atom: SafeRegex.of(atom.pattern, atom.flags).search,
    ir.Number: lambda atom: text_of(atom.value).__eq__,
    ir.Truth: _truth_test,
    ir.Compare: _compare_test,
    ir.Cidr: _cidr_test,
    ir.TimePart: _time_test,
}


def refers(shape: ir.Shape, value: str, other: str) -> bool:
    """A field reference: ``value`` against the other field's, without regard to case."""
    return text_test(ir.Text("", "", shape, other))(value)
