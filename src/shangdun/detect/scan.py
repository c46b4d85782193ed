"""One Hyperscan pass over many values: which matchers hold for which value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import hyperscan as hs
import msgspec
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shangdun.detect import ir
from shangdun.detect.pattern import ODD_VALUE, SEPARATOR, Expression, Matcher, expression_of
from shangdun.detect.value import Test, text_test

SLICE_BYTES = 64 << 20
"""Values are joined and scanned in runs of at most about this many bytes."""
_MATCHER_BITS = 24
_VALUE_BITS = 32


class Hits(NamedTuple):
    """Pairs without repetition, sorted by matcher, then by value."""

    matcher: NDArray[np.int64]
    value: NDArray[np.int64]


_EMPTY = pa.array([b""], pa.binary())
_BETWEEN = pa.scalar(SEPARATOR, pa.binary())
"""Made once: PyArrow looks for pandas each time it is given bytes, half a millisecond where there
is none."""
NO_HITS = Hits(np.zeros(0, np.int64), np.zeros(0, np.int64))


class Compiled(msgspec.Struct, frozen=True):
    """A database as it is kept on disk, with what it was made of."""

    scanned: list[int]
    """Matchers that take part; others are asked value by value by whoever needs them."""
    confirmed: list[int]
    """Matchers whose hits are confirmed on the value."""
    caseless: list[int]
    """Regular expressions to be confirmed on every value with an odd letter, see ``ODD_VALUE``."""
    database: bytes
    """Serialised by Hyperscan; empty where nothing is scanned."""


class Scanner:
    """Scans the values of one field for all that rules ask of it."""

    def __init__(self, matchers: Sequence[Matcher], compiled: Compiled) -> None:
        self.matchers = matchers
        self.scanned = np.zeros(len(matchers), bool)
        self.scanned[compiled.scanned] = True
        self._tests: dict[int, Test] = {n: text_test(matchers[n]) for n in compiled.confirmed}
        self._confirmed = np.zeros(len(matchers), bool)
        self._confirmed[compiled.confirmed] = True
        self._caseless = np.array(compiled.caseless, np.int64)
        self._database: Any = None
        if compiled.database:
            self._database = hs.loadb(compiled.database, hs.HS_MODE_BLOCK)
            self._database.scratch = hs.Scratch(self._database)

    def scan(self, values: pl.Series) -> Hits:
        """All hits in a series of texts without nulls."""
        return self._confirm(self._suspects(values), values)

    def frequency(self, values: pl.Series) -> NDArray[np.int64]:
        """By matcher: in how many values it was found before it was confirmed."""
        return np.bincount(self._suspects(values).matcher, minlength=len(self.matchers))

    def _suspects(self, values: pl.Series) -> Hits:
        if not len(values) or self._database is None:
            return NO_HITS
        array = values.to_arrow()
        ends = np.cumsum(pc.binary_length(array).to_numpy(zero_copy_only=False) + len(SEPARATOR))
        pairs = []
        first = 0
        while first < len(array):
            base = int(ends[first - 1]) if first else 0
            last = max(int(np.searchsorted(ends, base + SLICE_BYTES, "right")), first + 1)
            pairs.append(self._scan_run(array[first:last], ends[first:last] - base, first))
            first = last
        found = np.unique(self._with_odd(np.concatenate(pairs)))
        return Hits(found >> _VALUE_BITS, found & (1 << _VALUE_BITS) - 1)

    def _scan_run(self, array: pa.Array, ends: NDArray[np.int64], first: int) -> NDArray[np.int64]:
        # an empty value at either end puts a separator before the first and behind the last
        ended = pa.concat_arrays([_EMPTY, array.cast(pa.binary()), _EMPTY])
        run = pa.ListArray.from_arrays([0, len(ended)], ended)
        joined = pc.binary_join(run, _BETWEEN)
        found: list[int] = []
        note = found.append

        def on_hit(matcher: int, _start: int, end: int, _flags: int, _context: object) -> None:
            note(end << _MATCHER_BITS | matcher)

        self._database.scan(memoryview(joined.buffers()[2]), match_event_handler=on_hit)
        hits = np.array(found, np.int64)
        # the buffer begins with a separator; an anchored end lies two bytes behind its value,
        # still before the last byte of the separator that follows
        value = np.searchsorted(ends, (hits >> _MATCHER_BITS) - len(SEPARATOR), "left")
        matcher = hits & (1 << _MATCHER_BITS) - 1
        pairs: NDArray[np.int64] = matcher << _VALUE_BITS | np.minimum(value, len(ends) - 1) + first
        return pairs

    def _with_odd(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """A value with an odd letter is asked every caseless regular expression."""
        odd = pairs >> _VALUE_BITS == len(self.matchers)
        if not odd.any():
            return pairs
        values = np.unique(pairs[odd] & (1 << _VALUE_BITS) - 1)
        more = (self._caseless[:, None] << _VALUE_BITS | values).ravel()
        return np.concatenate([pairs[~odd], more])

    def _confirm(self, hits: Hits, values: pl.Series) -> Hits:
        doubtful = np.flatnonzero(self._confirmed[hits.matcher])
        if not len(doubtful):
            return hits
        keep = np.ones(len(hits.matcher), bool)
        texts = values.gather(hits.value[doubtful]).to_list()
        for row, text in zip(doubtful.tolist(), texts, strict=True):
            keep[row] = self._tests[int(hits.matcher[row])](text)
        return Hits(hits.matcher[keep], hits.value[keep])


class Noise(msgspec.Struct, frozen=True):
    """Matchers that a sample of values shows to be found too often."""

    frequent: frozenset[int] = frozenset()
    """Regular expressions among them are scanned for whole instead of by their words; others are
    left out, to be asked value by value."""
    hopeless: frozenset[int] = frozenset()
    """Found too often even whole: left out."""

    def within(self, other: Noise) -> bool:
        """Whether the other leaves out at least as much."""
        return self.frequent <= other.frequent and self.hopeless <= other.hopeless

    def with_more(self, other: Noise) -> Noise:
        """Both together."""
        return Noise(self.frequent | other.frequent, self.hopeless | other.hopeless)


def compile_matchers(matchers: Sequence[Matcher], noise: Noise | None = None) -> Compiled:
    """Compile what is to be scanned for; too large expressions are left to be asked by value."""
    noise = noise or Noise()
    expressions: dict[int, Expression] = {}
    for number, matcher in enumerate(matchers):
        often = number in noise.frequent
        if number in noise.hopeless or (often and isinstance(matcher, ir.Text)):
            continue
        expression = expression_of(matcher, whole=often)
        if expression is not None:
            expressions[number] = expression
    try:
        database = _compiled(_with_odd_value(matchers, expressions))
    except hs.error:
        # Hyperscan refuses the whole for one: find which by compiling each alone
        expressions = {n: one for n, one in expressions.items() if _compiles(one)}
        database = _compiled(_with_odd_value(matchers, expressions))
    confirmed = [number for number, one in expressions.items() if one.confirm]
    return Compiled(list(expressions), confirmed, _caseless(matchers, expressions), database)


def _caseless(matchers: Sequence[Matcher], expressions: dict[int, Expression]) -> list[int]:
    regexes = [number for number in expressions if isinstance(matchers[number], ir.Regex)]
    return [number for number in regexes if expressions[number].caseless]


def _with_odd_value(
    matchers: Sequence[Matcher], expressions: dict[int, Expression]
) -> dict[int, Expression]:
    odd = {len(matchers): ODD_VALUE} if _caseless(matchers, expressions) else {}
    return expressions | odd


def _compiled(expressions: dict[int, Expression]) -> bytes:
    if not expressions:
        return b""
    database = hs.Database(mode=hs.HS_MODE_BLOCK)
    database.compile(
        expressions=[one.text.encode("ascii") for one in expressions.values()],
        ids=list(expressions),
        flags=[
            (hs.HS_FLAG_CASELESS if one.caseless else 0)
            | (hs.HS_FLAG_MULTILINE if one.multiline else 0)
            for one in expressions.values()
        ],
    )
    serialised: bytes = hs.dumpb(database)
    return serialised


def _compiles(expression: Expression) -> bool:
    try:
        _compiled({0: expression})
    except hs.error:
        return False
    return True


def platform() -> bytes:
    """Hyperscan's version and the processor features that databases are compiled for."""
    database = hs.Database(mode=hs.HS_MODE_BLOCK)
    database.compile(expressions=[b"a"], ids=[0], flags=[0])
    info: str | bytes = database.info()
    return info.encode() if isinstance(info, str) else info
