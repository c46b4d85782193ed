"""The columns of a frame as baselines read them: keys as small integers with stable hashes."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from shangdun.detect.baseline.spec import FIELD
from shangdun.detect.nobody import NOBODY
from shangdun.detect.pipelines import column_of
from shangdun.lake.block import LINE, OFFSET

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

MIX = np.uint64(0x9E3779B97F4A7C15)
SEED = 921
TIME = "time"
MOST_LETTERS = 256
WHOLE = "\0shop"
"""The key of the whole shop."""


class Keys(NamedTuple):
    """One key a row: ``codes`` by row (-1: it has none), hash and text by code."""

    codes: Ints
    hashes: Hashes
    texts: pl.Series

    def text(self, code: int) -> str:
        return str(self.texts[code])


class Columns:
    """A frame of events; every column is encoded once, whichever baselines read it."""

    def __init__(self, events: pl.DataFrame) -> None:
        self._events = events
        self._keys: dict[tuple[str, ...], Keys] = {}

    def __len__(self) -> int:
        return len(self._events)

    @cached_property
    def times(self) -> Ints:
        """Milliseconds by row; -1 where there is no time."""
        if TIME not in self._events.columns or not self._events.schema[TIME].is_integer():
            return np.full(len(self), -1, np.int64)
        times = self._events[TIME].cast(pl.Int64)
        return (times.fill_null(-1) if times.null_count() else times).to_numpy()

    @cached_property
    def lines(self) -> Ints:
        return self._place(LINE)

    @cached_property
    def offsets(self) -> Ints:
        return self._place(OFFSET)

    def keys(self, fields: tuple[str, ...]) -> Keys:
        """The key that some fields make together; it is missing where one of them is."""
        if fields not in self._keys:
            if not fields:
                codes = np.zeros(len(self), np.int64)
                self._keys[fields] = Keys(codes, _hashes(pl.Series([WHOLE])), pl.Series([WHOLE]))
            elif len(fields) == 1:
                self._keys[fields] = self._single(fields[0])
            else:
                self._keys[fields] = _joined([self.keys((field,)) for field in fields])
        return self._keys[fields]

    def numbers(self, field: str) -> Numbers:
        """A field as numbers by row; what is none, or below zero, is 0."""
        name = column_of(field, self._events.columns)
        if name is None:
            return np.zeros(len(self))
        column = self._events[name].cast(pl.Float64, strict=False).fill_null(0.0).fill_nan(0.0)
        numbers: Numbers = np.clip(column.to_numpy(), 0.0, 1e12)
        return numbers

    def _single(self, field: str) -> Keys:
        written = FIELD.fullmatch(field)
        function, source = (written[1], written[2] or written[3]) if written else (None, field)
        column = self._text(source)
        if column is None:
            empty = pl.Series([], dtype=pl.String)
            return Keys(np.full(len(self), -1, np.int64), _hashes(empty), empty)
        codes, texts = _encoded(column)
        if function:
            again, texts = _encoded(SHORT[function](texts))
            codes = np.where(codes >= 0, again[codes], -1) if len(again) else codes
        nobody = texts.is_in(list(NOBODY)) | (texts == "")
        if nobody.any():
            codes = np.where((codes >= 0) & nobody.to_numpy()[codes], -1, codes)
        return Keys(codes, _hashes(texts), texts)

    def _text(self, field: str) -> pl.Series | None:
        name = column_of(field, self._events.columns)
        if name is None or isinstance(self._events.schema[name], pl.Struct | pl.List | pl.Array):
            return None
        return self._events[name].cast(pl.String)

    def _place(self, name: str) -> Ints:
        if name not in self._events.columns:
            return np.zeros(len(self), np.int64)
        return self._events[name].cast(pl.Int64).to_numpy()


def _route(paths: pl.Series) -> pl.Series:
    """``/product/12-shoe/?q=1`` → ``/product/*/``: at most three parts, numbers and codes starred.

    Without this every product would be a route of its own.
    """
    return (
        _path(paths)
        .str.replace_all(r"/[^/]*[0-9%][^/]*", "/*")
        .str.extract(r"^((?:/[^/]*){1,3})")
        .str.to_lowercase()
        .str.slice(0, 100)
    )


def _path(urls: pl.Series) -> pl.Series:
    """The path of a URL or request target, without scheme, host, query and fragment."""
    return (
        urls.str.replace(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "")
        .str.replace(r"[?#].*$", "")
        .str.slice(0, MOST_LETTERS)
    )


SHORT = {"route": _route, "path": _path}


def _encoded(column: pl.Series) -> tuple[Ints, pl.Series]:
    encoded = column.to_arrow().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, pl.Series("", pl.from_arrow(encoded.dictionary), dtype=pl.String)


def _hashes(texts: pl.Series) -> Hashes:
    return texts.hash(seed=SEED).to_numpy()


def _joined(parts: list[Keys]) -> Keys:
    codes = parts[0].codes
    hashes, texts = parts[0].hashes, parts[0].texts
    for part in parts[1:]:
        size = max(1, len(part.texts))
        pair = np.where((codes >= 0) & (part.codes >= 0), codes * size + part.codes, -1)
        distinct, again = np.unique(pair, return_inverse=True)
        first = int(len(distinct) > 0 and distinct[0] < 0)
        before, here = np.divmod(distinct[first:], size)
        hashes = hashes[before] * MIX + part.hashes[here]
        texts = texts.gather(before) + " · " + part.texts.gather(here)
        codes = again.astype(np.int64) - first
    return Keys(codes, hashes, texts)
