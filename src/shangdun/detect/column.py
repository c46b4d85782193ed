"""A column of one batch: values numbered, and what rules ask of them answered by number.

``codes`` gives every element its value's number; the number after the last means *no value*.
Answers are masks over numbers, so asking a row costs one look-up however long its value is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.ma
import polars as pl
from numpy.typing import NDArray

from shangdun.detect.scan import NO_HITS, Hits
from shangdun.detect.value import Test

Mask = NDArray[np.bool_]
Codes = NDArray[np.integer]
Rows = NDArray[np.int64]


@dataclass
class Column:
    """``size`` distinct values (or as many values as elements where few repeat)."""

    codes: Codes
    size: int
    source: pl.Series
    """Where the texts of the values lie."""
    places: NDArray[np.integer] | None = None
    """By number: where in ``source``; None where number and place are the same."""
    hits: Hits = NO_HITS
    scanned: Mask | None = None
    """By matcher: whether ``hits`` is complete for it."""
    keyword_hits: Hits = NO_HITS
    keyword_scanned: Mask | None = None
    row_of: Rows | None = None
    """For lists: the row of every element; else element and row are the same."""
    rows: int = 0
    _masks: dict[tuple[bool, int], Mask] = field(default_factory=dict)
    _known: dict[object, NDArray[np.int8]] = field(default_factory=dict)

    @classmethod
    def plain(cls, texts: pl.Series) -> Column:
        """A column that was not scanned: every value has its own number."""
        if not texts.null_count():
            return cls(np.arange(len(texts)), len(texts), texts, rows=len(texts))
        present, there = texts.drop_nulls(), texts.is_not_null().to_numpy()
        codes = np.where(there, np.cumsum(there) - 1, len(present))
        return cls(codes=codes, size=len(present), source=present, rows=len(texts))

    def again(self, codes: Codes) -> Column:
        """The same values in other places: what was found out of them is shared."""
        return replace(self, codes=codes)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """By number: how many elements have it."""
        return np.bincount(self.codes, minlength=self.size + 1)

    def mask(self, matcher: int, *, keyword: bool = False) -> Mask:
        """Where a scanned matcher holds, by number; false for *no value*."""
        mask = self._masks.get((keyword, matcher))
        if mask is None:
            hits = self.keyword_hits if keyword else self.hits
            low, high = np.searchsorted(hits.matcher, (matcher, matcher + 1))
            mask = np.zeros(self.size + 1, bool)
            mask[hits.value[low:high]] = True
            self._masks[keyword, matcher] = mask
        return mask

    def has_keyword(self, matcher: int) -> bool:
        """Whether a scanned keyword occurs in any value."""
        found = self.keyword_hits.matcher
        place = int(np.searchsorted(found, matcher))
        return place < len(found) and int(found[place]) == matcher

    def elements(self, rows: Rows) -> tuple[Rows, Codes]:
        """Positions in ``rows`` and numbers of the values that these rows hold."""
        if self.row_of is None:
            return np.arange(len(rows)), self.codes[rows]
        place = np.full(self.rows, -1, np.int64)
        place[rows] = np.arange(len(rows))
        of = place[self.row_of]
        inside = of >= 0
        return of[inside], self.codes[inside]

    def ask(self, mask: Mask, rows: Rows) -> Mask:
        """For each of the rows, whether any of its values is in the mask."""
        if self.row_of is None:
            answer: Mask = mask[self.codes[rows]]
            return answer
        place, codes = self.elements(rows)
        answer = np.zeros(len(rows), bool)
        answer[place[mask[codes]]] = True
        return answer

    def filled(self, rows: Rows) -> Mask:
        """For each of the rows, whether it has a value."""
        everything = np.ones(self.size + 1, bool)
        everything[self.size] = False
        return self.ask(everything, rows)

    def test(self, key: object, test: Test, rows: Rows) -> Mask:
        """For each of the rows, whether any value passes a test; each value is tested once."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = np.full(self.size + 1, -1, np.int8)
            known[self.size] = 0
        _, codes = self.elements(rows)
        asked = codes[known[codes] < 0]
        if len(asked):
            new = np.unique(asked)
            known[new] = [test(text) for text in self.texts(new)]
        return self.ask(known == 1, rows)

    def texts(self, numbers: Codes) -> list[str]:
        """The values behind some numbers."""
        at = numbers if self.places is None else self.places[numbers]
        texts: list[str] = self.source.gather(at).to_list()
        return texts


def texts_of(series: pl.Series) -> pl.Series:
    """A column's values as the texts that patterns see (see ``value.text_of``)."""
    dtype = series.dtype
    if dtype == pl.String:
        return series
    if dtype.is_float():
        whole = (series.floor() == series) & (series.abs() < 2**63)
        integers = series.cast(pl.Int64, strict=False).cast(pl.String)
        return integers.zip_with(whole.fill_null(value=False), series.cast(pl.String))
    if isinstance(dtype, pl.Struct):
        return series.struct.json_encode()
    if dtype == pl.Null:
        return pl.Series(series.name, [None] * len(series), pl.String)
    return series.cast(pl.String, strict=False)


def elements_of(series: pl.Series) -> tuple[pl.Series, Rows | None]:
    """The values of a column and the row of each; lists are taken apart, however deep."""
    row_of: Rows | None = None
    while isinstance(series.dtype, pl.List | pl.Array):
        fixed = isinstance(series.dtype, pl.Array)
        lengths = (series.arr.len() if fixed else series.list.len()).fill_null(0)
        rows = np.repeat(np.arange(len(series)), lengths.to_numpy())
        row_of = rows if row_of is None else row_of[rows]
        series = series.filter(lengths > 0).explode()
    return series, row_of
