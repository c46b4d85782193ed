r"""Reads a run of JSON lines with Polars, and proves that nothing was lost or bent on the way.

Polars reads lines against a schema several times faster than any reader that makes Python objects
of them, and is strict about types, but of a key that comes twice it takes the first, a key beyond
the schema it drops, and a number where the schema says text becomes text. So the members of the
objects are counted in the bytes, where they end with ``":``, and held against what came out. Only
if every member is accounted for, with its type, is the result what ``_values`` would have given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from shangdun.lake.parse._values import EXACT, MAX_DEPTH, RESERVED
from shangdun.lake.text import BACKSLASH, QUOTE, SPACE, Bytes, Ints

Kinds = dict[str, Any]
"""What is known of each key: a Polars type, or the keys of an object."""

MOST_KEYS = 400
"""With more keys, most of them null on any line, reading against a schema is no longer fast."""
_CHUNK = 1 << 17
_COLON, _OBJECT, _LIST, _NULL, _LETTER_U, _LETTER_D = b":{[nud"
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
        if not self._kinds:
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
        if not _take_apart(frame, "", columns):
            return None
        return columns if _accounted(columns, *members) else None


def _schema(kinds: Kinds) -> dict[str, Any]:
    return {
        key: pl.Struct(_schema(kind)) if isinstance(kind, dict) else kind
        for key, kind in kinds.items()
    }


def _take_apart(frame: pl.DataFrame, prefix: str, columns: dict[str, pl.Series]) -> bool:
    """The frame's columns under dotted names; False where two have the same name."""
    for values in frame:
        name = prefix + values.name
        if isinstance(values.dtype, pl.Struct):
            if not _take_apart(values.struct.unnest(), name + ".", columns):
                return False
        elif name in columns:
            return False
        else:
            columns[name] = values
    return True


def _accounted(columns: dict[str, pl.Series], texts: int, others: int) -> bool:
    """Whether the columns hold every member: so many texts, so many numbers and literals."""
    for name, values in columns.items():
        filled = len(values) - values.null_count()
        if values.dtype == pl.String:
            texts -= filled
        else:
            others -= filled
        if values.dtype == pl.Float64 and filled and float(values.abs().max()) >= EXACT:  # type: ignore[arg-type]  # a float column's greatest value is a float
            return False
        if name in RESERVED:
            return False
    return texts == 0 and others == 0


def count_members(data: bytes) -> tuple[int, int] | None:
    r"""How many members of the objects are texts, and how many are numbers or literals.

    A member's key ends with ``":`` and no space between; inside a text that quote has a backslash
    before it. Nulls and objects are left out of both counts. None where there is a list, a key
    that ends with a backslash, or a surrogate written as ``\udNNN``, which Polars reads wrongly
    if it has no partner.
    """
    texts = others = 0
    whole = np.frombuffer(data, np.uint8)
    # no member's colon stands in the first three bytes, {"": being the shortest, or the last two
    for start in range(3, len(data) - 2, _CHUNK):
        end = min(start + _CHUNK, len(data) - 2)
        if _has_surrogate(whole[start - 1 : end + 1]):
            return None
        keys = (whole[start:end] == _COLON) & (whole[start - 1 : end - 1] == QUOTE)
        found = _count_part(whole, np.flatnonzero(keys) + start)
        if found is None:
            return None
        texts += found[0]
        others += found[1]
    return texts, others


def _count_part(whole: Bytes, colons: Ints) -> tuple[int, int] | None:
    inside = whole[colons - 2] == BACKSLASH
    if inside.any():
        if (whole[colons[inside] - 3] == BACKSLASH).any():
            return None
        colons = colons[~inside]
    following = whole[colons + 1]
    spaced = following == SPACE
    if spaced.any():  # one space, as Python's json.dumps writes it
        following = np.where(spaced, whole[colons + 2], following)
    if (following == _LIST).any():
        return None
    texts = int(np.count_nonzero(following == QUOTE))
    neither = int(np.count_nonzero((following == _OBJECT) | (following == _NULL)))
    return texts, len(colons) - texts - neither


def _has_surrogate(part: Bytes) -> bool:
    escapes = (part[:-2] == BACKSLASH) & (part[1:-1] == _LETTER_U)
    if not escapes.any():
        return False
    return bool(((part[np.flatnonzero(escapes) + 2] | _LOWER) == _LETTER_D).any())
