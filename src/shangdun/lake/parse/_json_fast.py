r"""Reads a run of JSON lines with Polars, and proves that nothing was lost or bent on the way.

Polars reads lines against a schema several times faster than any reader that makes Python objects
of them, and is strict about types, but of a key that comes twice it takes the first, a key beyond
the schema it drops, and a number where the schema says text becomes text. So the members of the
objects are counted in the bytes, where they end with ``":``, and held against what came out. Only
if every member is accounted for, with its type, is the result what ``_values`` would have given.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from shangdun.lake.parse._values import EXACT, MAX_DEPTH, NUL, RESERVED
from shangdun.lake.text import BACKSLASH, QUOTE, SPACE, Bytes, Ints, Mask

Kinds = dict[str, Any]
"""What is known of each key: a Polars type, or the keys of an object."""

MOST_KEYS = 400
"""With more keys, most of them null on any line, reading against a schema is no longer fast."""
_CHUNK = 1 << 18
_COLON, _COMMA, _OBJECT, _LIST, _NULL, _LETTER_U, _LETTER_D = b":,{[nud"
_LOWER = 0x20
"""Set in a letter, makes it lower-case."""
_TYPES = {str: pl.String(), int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}


class FastReader:
    """Learns what keys hold from lines read one by one, then reads the others by that."""

    def __init__(self) -> None:
        self._kinds: Kinds = {}
        self._keys = 0

    @property
    def knows_nothing(self) -> bool:
        """Whether no event has been learnt from yet."""
        return not self._kinds

    def learn(self, event: dict[str, Any]) -> None:
        """Take note of an event's new keys; what a key held first is what it is taken to hold."""
        self._learn(self._kinds, event, 1)

    def _learn(self, kinds: Kinds, level: dict[str, Any], depth: int) -> None:
        for key, value in level.items():
            known = kinds.get(key)
            if isinstance(value, dict):
                if depth < MAX_DEPTH and value and isinstance(known, (dict, type(None))):
                    self._learn(kinds.setdefault(key, {}), value, depth + 1)
            elif isinstance(value, float) and known == _TYPES[int]:
                kinds[key] = _TYPES[float]
            elif known is None and type(value) in _TYPES and self._keys < MOST_KEYS:
                kinds[key] = _TYPES[type(value)]
                self._keys += 1

    def read(self, data: bytes, height: int) -> dict[str, pl.Series] | None:
        """The columns of ``height`` lines; None where they have to be read one by one."""
        if not self._kinds or NUL in data:
            return None
        members = count_members(data)
        if members is None:
            return None
        try:
            frame = pl.read_ndjson(data, schema=_schema(self._kinds))
        except (pl.exceptions.PolarsError, ValueError):
            return None
        if frame.height != height:
            return None
        columns: dict[str, pl.Series] = {}
        objects = _take_apart(frame, "", columns)
        return columns if objects == members.objects and _accounted(columns, members) else None


def _schema(kinds: Kinds) -> dict[str, Any]:
    return {
        key: pl.Struct(_schema(kind)) if isinstance(kind, dict) else kind
        for key, kind in kinds.items()
    }


def _take_apart(frame: pl.DataFrame, prefix: str, columns: dict[str, pl.Series]) -> int:
    """The frame's columns under dotted names; gives how many objects were in them.

    -1 where two columns come to have the same name.
    """
    objects = 0
    for values in frame:
        name = prefix + values.name
        if isinstance(values.dtype, pl.Struct):
            inner = _take_apart(values.struct.unnest(), name + ".", columns)
            if inner < 0:
                return -1
            objects += inner + len(values) - values.null_count()
        elif name in columns:
            return -1
        else:
            columns[name] = values
    return objects


def _accounted(columns: dict[str, pl.Series], members: Members) -> bool:
    """Whether the columns hold every text, and every number and literal.

    Only a text can have come to a text column and only a number or literal to another one, once
    it is known that every object came to a column of objects.
    """
    texts, others = members.texts, members.others
    for name, values in columns.items():
        filled = len(values) - values.null_count()
        if values.dtype == pl.String:
            texts -= filled
        else:
            others -= filled
        if name in RESERVED or (values.dtype == pl.Float64 and (values.abs() >= EXACT).any()):
            return False
    return texts == 0 and others == 0


class Members(NamedTuple):
    """How many members of objects hold what; nulls are left out."""

    texts: int
    others: int
    """Numbers, true and false."""
    objects: int


def count_members(data: bytes) -> Members | None:
    r"""Count the members of all objects by what they hold.

    A member's key ends with ``":`` and no space between; inside a text that quote has a backslash
    before it. None where there is a list, a key that ends with a backslash or stands apart from
    its colon, or a surrogate as ``\udNNN``, which Polars reads wrongly if it has no partner.
    """
    counted = np.zeros(3, np.int64)
    whole = np.frombuffer(data, np.uint8)
    # no member's colon stands in the first three bytes, {"": being the shortest, or the last two
    for start in range(3, len(data) - 2, _CHUNK):
        end = min(start + _CHUNK, len(data) - 2)
        if _has_surrogate(whole[start - 1 : end + 1]):
            return None
        colons = np.flatnonzero(whole[start:end] == _COLON) + start
        before = whole[colons - 1]
        apart = before <= SPACE
        if apart.any() and _stands_apart(whole, colons[apart]):
            return None
        found = _count_part(whole, colons[before == QUOTE])
        if found is None:
            return None
        counted += found
    return Members(*counted.tolist())


def _stands_apart(whole: Bytes, colons: Ints) -> bool:
    """Whether only white space stands between one of these colons and a quote before it."""
    places = colons - 1
    while len(places):
        places = places[whole[places] <= SPACE] - 1
        if (whole[places] == QUOTE).any():
            return True
        places = places[places > 0]
    return False


def _count_part(whole: Bytes, colons: Ints) -> tuple[int, int, int] | None:
    inside = whole[colons - 2] == BACKSLASH
    if inside.any():
        if (whole[colons[inside] - 3] == BACKSLASH).any():
            return None
        colons = colons[~inside]
    colons = colons[~_begins_value(whole, colons)]
    following = whole[colons + 1]
    spaced = following == SPACE
    if spaced.any():  # one space, as Python's json.dumps writes it
        following = np.where(spaced, whole[colons + 2], following)
    if (following == _LIST).any():
        return None
    texts = int(np.count_nonzero(following == QUOTE))
    objects = int(np.count_nonzero(following == _OBJECT))
    nulls = int(np.count_nonzero(following == _NULL))
    return texts, len(colons) - texts - objects - nulls, objects


def _begins_value(whole: Bytes, colons: Ints) -> Mask:
    """Which of these colons are not behind a key but the first byte of a text, as in ``"::1"``.

    The quote before is then the second in ``k":":`` or ``k": ":``. The same bytes stand around the
    key ``":"``, but after the mark or the white space that comes before a key.
    """
    before = whole[colons - 2]
    begins: Mask = (before == _COLON) | ((before == SPACE) & (whole[colons - 3] == _COLON))
    if begins.any():
        places = colons[begins] - np.where(before[begins] == SPACE, 4, 3)
        last_of_key = whole[places - 1]
        sure = (whole[places] == QUOTE) & (last_of_key > SPACE)
        for mark in (_COMMA, _OBJECT, BACKSLASH):
            sure &= last_of_key != mark
        begins[begins] = sure
    return begins


def _has_surrogate(part: Bytes) -> bool:
    escapes = (part[:-2] == BACKSLASH) & (part[1:-1] == _LETTER_U)
    if not escapes.any():
        return False
    return bool(((part[np.flatnonzero(escapes) + 2] | _LOWER) == _LETTER_D).any())
