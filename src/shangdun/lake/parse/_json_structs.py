"""Reads runs of JSON lines whose keys are known against structs, whatever the values are.

For blocks that Polars cannot be trusted with (``_json_fast``): lists, a broken line, keys that come
twice. msgspec is as strict as is needed: a key that is not in the struct, an object where a value
was, a lone surrogate or a byte that is not UTF-8 is an error, and of a key that comes twice the
last counts. So what it reads is what ``_values`` would have given, and what it refuses is read by
that, line by line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
import polars as pl

from shangdun.lake.parse._columns import TYPES
from shangdun.lake.parse._values import MAX_DEPTH, NUL, RESERVED, Scalar, scalar_of
from shangdun.lake.text import Ints

Kinds = dict[str, Any]
"""Keys of an object: those of the object that a key holds at times, or None."""

Part = tuple[str, Ints, pl.Series]
"""A column's name, rows and as many values of one type."""

MOST_KEYS = 400
"""With more keys, most of them absent on any line, structs are no longer fast."""
REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_SCALAR = str | int | float | bool | list[Any] | None


class StructReader:
    """Learns keys from events read one by one, then reads the lines that have no others."""

    def __init__(self) -> None:
        self._kinds: Kinds = {}
        self._names: set[str] = set()
        self._level: _Level | None = None
        self._decoder: msgspec.json.Decoder[Any] | None = None

    def learn(self, event: dict[str, Any]) -> None:
        """Take note of an event's new keys."""
        if self._learn(self._kinds, event, "", 1):
            self._decoder = None

    def _learn(self, kinds: Kinds, level: dict[str, Any], prefix: str, depth: int) -> bool:
        news = False
        for key, value in level.items():
            name = prefix + key
            if key not in kinds:
                if not self._can_learn(key, name):
                    continue
                self._names.add(name)
                kinds[key] = None
                news = True
            if isinstance(value, dict) and depth < MAX_DEPTH:
                if kinds[key] is None:
                    kinds[key] = {}
                    news = True
                news |= self._learn(kinds[key], value, name + ".", depth + 1)
        return news

    def _can_learn(self, key: str, name: str) -> bool:
        # a name that two paths lead to has an order of precedence that structs do not keep
        new = name not in self._names and name not in RESERVED and len(self._names) < MOST_KEYS
        return new and key.isprintable() and '"' not in key and "\\" not in key

    def read_run(self, data: bytes, height: int) -> list[Any] | None:
        """The events of a run of ``height`` lines that each begin and end with a brace, in order.

        None where one of them is refused. Between a line's last brace and the next one's first no
        JSON text can go on, so as many objects as lines means one on each.
        """
        if NUL in data:
            return None
        try:
            events: list[Any] = self._ready().decode_lines(data)
        except REFUSALS:
            return None
        return events if len(events) == height else None

    def read_line(self, line: bytes) -> Any | None:  # noqa: ANN401  a struct made at run time
        """The event of a line; None where it is refused."""
        try:
            return None if NUL in line else self._ready().decode(line)
        except REFUSALS:
            return None

    def columns(
        self, events: Sequence[Any], rows: Ints, wanted: frozenset[str] | None
    ) -> Iterator[Part]:
        """The columns of events that ``read_run`` or ``read_line`` gave since the last lesson."""
        if self._level is not None:
            yield from _columns(self._level, events, rows, wanted)

    def _ready(self) -> msgspec.json.Decoder[Any]:
        if self._decoder is None:
            self._level = _level(self._kinds, "")
            self._decoder = msgspec.json.Decoder(self._level.struct)
        return self._decoder


class _Level(NamedTuple):
    """A struct for an object; its attributes are ``k`` and the place of a key."""

    struct: type[Any]
    names: list[str]
    """Dotted names of its keys."""
    inner: list[_Level | None]
    """By key: the object it holds at times."""


def _level(kinds: Kinds, prefix: str) -> _Level:
    inner = [
        None if kind is None else _level(kind, f"{prefix}{key}.") for key, kind in kinds.items()
    ]
    fields: list[tuple[str, Any, None]] = [
        (f"k{number}", _SCALAR if one is None else one.struct | _SCALAR, None)
        for number, one in enumerate(inner)
    ]
    struct = msgspec.defstruct(
        "Event",
        fields,
        rename={f"k{number}": key for number, key in enumerate(kinds)},
        forbid_unknown_fields=True,
        gc=False,
    )
    return _Level(struct, [prefix + key for key in kinds], inner)


def _columns(
    level: _Level, events: Sequence[Any], rows: Ints, wanted: frozenset[str] | None
) -> Iterator[Part]:
    asked = [
        number
        for number, (name, inner) in enumerate(zip(level.names, level.inner, strict=True))
        if wanted is None or name in wanted or inner is not None
    ]
    if not asked or not events:
        return
    getter = attrgetter(*(f"k{number}" for number in asked))
    found = map(getter, events)
    columns = [tuple(found)] if len(asked) == 1 else zip(*found, strict=True)
    for number, values in zip(asked, columns, strict=True):
        inner = level.inner[number]
        if inner is not None:
            own = np.array([type(value) is inner.struct for value in values], bool)
            objects = [value for value, mine in zip(values, own, strict=True) if mine]
            yield from _columns(inner, objects, rows[own], wanted)
            plain = zip(values, own, strict=True)
            values = tuple(None if mine else value for value, mine in plain)  # noqa: PLW2901  of what is left
        name = level.names[number]
        if wanted is None or name in wanted:
            yield from ((name, *part) for part in _series(values, rows))


def _series(values: tuple[Any, ...], rows: Ints) -> Iterator[tuple[Ints, pl.Series]]:
    """Values of any kind in parts of one type each; most columns have one type."""
    if type(values[0]) is str:
        with contextlib.suppress(TypeError):  # some are not text
            yield rows, pl.Series(values, dtype=pl.String)
            return
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return
    kind = kinds.pop()
    if not kinds and kind in {str, int, bool}:
        with contextlib.suppress(TypeError):  # an integer of more than 64 bits
            yield rows, pl.Series(values, dtype=TYPES[kind])
            return
    found: dict[type, tuple[list[int], list[Scalar]]] = {}
    for place, value in enumerate(values):
        if value is not None:
            scalar = scalar_of(value) if type(value) is not bool else value
            where, alike = found.setdefault(type(scalar), ([], []))
            where.append(place)
            alike.append(scalar)
    for kind, (where, alike) in found.items():
        yield rows[where], pl.Series(alike, dtype=TYPES[kind])
