"""Numbering a column's values, and remembering from batch to batch what was found in them.

Most columns repeat: methods, agents, program paths. Their values keep number and verdict as long
as they fit in memory, so in a later batch nothing is scanned. Columns in which nearly every
value is new (identifiers, times) would only fill the memory: they are scanned as they come, and
tried again from time to time.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.detect.column import Column, Mask, elements_of, texts_of
from shangdun.detect.decode.columns import Decoded
from shangdun.detect.scan import NO_HITS, Hits, Noise, Scanner
from shangdun.detect.scanners import Scanners

MOST_VALUES = 200_000
MOST_BYTES = 32 << 20
"""Values and their bytes remembered a column; beyond, all are forgotten and learned anew."""
NEW_SHARE = 0.5
"""A column of which more than this share of a batch is new does not repeat."""
TRY_AGAIN = 64
"""Batches after which a column that did not repeat is tried again."""
LEAST_ROWS = 256
"""Smaller batches say nothing about repetition."""
SAMPLE = 1000
FREQUENT = 0.01
"""A matcher found in more than this share of a sample of distinct values is left out of the scan
where values do not repeat: reporting it costs more than asking the few rows that need it."""
_NO_CODE = np.iinfo(np.uint32).max


class Dictionary:
    """The values of one column, scanned for one group of fields."""

    def __init__(
        self, group: str, scanners: Scanners, *, keywords: bool, decoded: Decoded | None = None
    ) -> None:
        self._decoded = decoded
        self._scanners = scanners
        self._group = group
        self._scanner = scanners.of(group) if group else None
        self._keyword_scanner = scanners.of("") if keywords else None
        self._quieter: dict[str, Scanner] = {}
        self._pause = 0
        self._forget()

    def encode(self, series: pl.Series) -> Column:
        """Number the values of a column and tell what is found in them."""
        values, row_of = elements_of(series)
        texts = texts_of(values)
        column = self._encode_known(texts) if not self._pause else None
        if column is None:
            self._pause -= 1
            column = self._encode_afresh(texts)
        column.row_of = row_of
        column.rows = len(series)
        return column

    # values that do not repeat

    def _encode_afresh(self, texts: pl.Series) -> Column:
        column = Column.plain(self._decoded.of(texts) if self._decoded else texts)
        if self._scanner:
            scanner = self._quiet(self._group, self._scanner, column.source)
            column.hits, column.scanned = scanner.scan(column.source), scanner.scanned
        if self._keyword_scanner:
            scanner = self._quiet("", self._keyword_scanner, column.source)
            column.keyword_hits, column.keyword_scanned = (
                scanner.scan(column.source),
                scanner.scanned,
            )
        return column

    def _quiet(self, group: str, scanner: Scanner, values: pl.Series) -> Scanner:
        """The scanner without what a sample of these values shows to be found everywhere."""
        if group in self._quieter or len(values) < SAMPLE:
            return self._quieter.get(group, scanner)
        sample = values.sample(SAMPLE, seed=0)
        frequent = _often(scanner, sample)
        if frequent:
            scanner = self._scanners.quieter(group, Noise(frequent))
            hopeless = _often(scanner, sample)
            if hopeless:
                scanner = self._scanners.quieter(group, Noise(frequent, hopeless))
        self._quieter[group] = scanner
        return scanner

    # values that repeat

    def _forget(self) -> None:
        self._categories = pl.Categorical(pl.Categories.random())
        self._keeper = pl.Series([], dtype=self._categories)
        """The last batch's column: Polars forgets categories that no column refers to."""
        self._slot_of = np.full(1024, -1, np.int32)
        self._texts: list[pl.Series] = []
        self._size = 0
        self._bytes = 0
        self._last: tuple[NDArray[np.int64], Column] | None = None
        self._found = _Found()
        self._keywords_found = _Found()

    def _encode_known(self, texts: pl.Series) -> Column | None:
        """None where too much is new: then the column is left alone for a while."""
        self._keeper = texts.cast(self._categories)
        physical, missing = self._keeper.to_physical(), None
        if physical.null_count():
            physical = physical.fill_null(_NO_CODE)
            missing = physical.to_numpy() == _NO_CODE
        numbers = physical.to_numpy()
        present, local = _compact(numbers, missing)
        if len(present) and int(present[-1]) >= len(self._slot_of):
            self._slot_of = _grown(self._slot_of, int(present[-1]) + 1, -1)
        if self._last is not None and np.array_equal(present, self._last[0]):
            return self._last[1].again(local)  # nothing but the places of the values has changed
        slots = self._slot_of[present]
        new = np.flatnonzero(slots < 0)
        if len(texts) >= LEAST_ROWS and len(new) > NEW_SHARE * len(texts):
            self._pause = TRY_AGAIN
            self._forget()
            return None
        if len(new):
            slots[new] = self._learn(present[new], texts, local, new)
        column = Column(
            codes=local,
            size=len(present),
            source=self._all_texts(),
            places=slots,
            hits=self._found.of(slots),
            scanned=self._scanner.scanned if self._scanner else None,
            keyword_hits=self._keywords_found.of(slots),
            keyword_scanned=self._keyword_scanner.scanned if self._keyword_scanner else None,
        )
        self._last = (present, column)
        if self._size > MOST_VALUES or self._bytes > MOST_BYTES:
            self._forget()
        return column

    def _learn(
        self,
        numbers: NDArray[np.integer],
        texts: pl.Series,
        local: NDArray[np.integer],
        new: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        row_of = np.zeros(int(local.max()) + 1, np.int64)
        row_of[local] = np.arange(len(local))
        values = texts.gather(row_of[new])
        if self._decoded:
            values = self._decoded.of(values)
        if self._scanner:
            self._found.add(self._scanner.scan(values), len(values))
        else:
            self._found.add(NO_HITS, len(values))
        keyword_hits = self._keyword_scanner.scan(values) if self._keyword_scanner else NO_HITS
        self._keywords_found.add(keyword_hits, len(values))
        slots = np.arange(self._size, self._size + len(values), dtype=np.int32)
        self._slot_of[numbers] = slots
        self._texts.append(values)
        self._size += len(values)
        self._bytes += int(values.str.len_bytes().sum())
        return slots

    def _all_texts(self) -> pl.Series:
        if len(self._texts) != 1:
            empty = pl.Series("", [], pl.String)
            self._texts = [pl.concat(self._texts) if self._texts else empty]
        return self._texts[0]


def _often(scanner: Scanner, sample: pl.Series) -> frozenset[int]:
    """Matchers found in more values of a sample than is worth reporting."""
    often = np.flatnonzero(scanner.frequency(sample) > FREQUENT * len(sample))
    return frozenset(often.tolist())


class _Found:
    """Hits by slot, appended as values are learned."""

    def __init__(self) -> None:
        self._starts = np.zeros(1, np.int64)
        self._matchers = np.zeros(0, np.int64)

    def add(self, hits: Hits, values: int) -> None:
        counts = np.bincount(hits.value, minlength=values)
        by_value = hits.matcher[np.argsort(hits.value, kind="stable")]
        ends = self._starts[-1] + np.cumsum(counts)
        self._starts = np.concatenate([self._starts, ends])
        self._matchers = np.concatenate([self._matchers, by_value])

    def of(self, slots: NDArray[np.integer]) -> Hits:
        """The hits of some values, these numbered as they come."""
        if not len(self._matchers) or not len(slots):
            return NO_HITS
        starts = self._starts[slots]
        counts = self._starts[slots + 1] - starts
        before = np.cumsum(counts) - counts
        at = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        matcher, value = self._matchers[at], np.repeat(np.arange(len(slots)), counts)
        order = np.argsort(matcher, kind="stable")
        return Hits(matcher[order], value[order])


def _compact(
    numbers: NDArray[np.uint32], missing: Mask | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers that occur, ascending, and for each element its place among them."""
    there = numbers if missing is None else numbers[~missing]
    span = int(there.max()) + 1 if len(there) else 0
    flags = np.zeros(span, bool)
    flags[there] = True
    present = np.flatnonzero(flags)
    place = np.zeros(span, np.int64)
    place[present] = np.arange(len(present))
    if missing is None:
        return present, place[numbers]
    local = np.full(len(numbers), len(present), np.int64)
    local[~missing] = place[there]
    return present, local


def _grown(array: NDArray[np.int32], size: int, filling: int) -> NDArray[np.int32]:
    larger = np.full(max(size, 2 * len(array)), filling, np.int32)
    larger[: len(array)] = array
    return larger
