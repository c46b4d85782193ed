"""What one feed brings one rule: its matched rows with group, time and value, in columns.

A column is put into a dictionary once a frame, whichever rules read it; after that a rule's rows
are a matter of small integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from shangdun.detect.correlation.buffer import MAX_TIME, Flags, Ints
from shangdun.detect.correlation.hit import Rows
from shangdun.detect.correlation.measure import Values
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.pipelines import column_of
from shangdun.lake.block import LINE, OFFSET

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so multiplying by it loses nothing; joins the hashes of several fields."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Parallel columns, one entry an event, in order of arrival."""

    rows: Rows
    codes: Ints
    """Index into ``keys``."""
    keys: list[str]
    """Distinct group keys; ``group_of`` gives the fields behind one."""
    times: Ints
    values: Values
    lines: Ints
    offsets: Ints
    ungrouped: int
    """Matched rows left out because a group-by field (or the counted field) is empty."""
    untimed: int
    """Matched rows left out because they have no time."""


class _Coded:
    """A column as codes into a dictionary of texts; -1 where it is empty."""

    def __init__(self, column: pl.Series) -> None:
        encoded = column.to_arrow().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self.codes: Ints = codes.astype(np.int64)
        self._dictionary = encoded.dictionary

    def __len__(self) -> int:
        return len(self._dictionary)

    @cached_property
    def texts(self) -> list[str]:
        """The dictionary."""
        texts: list[str] = self._dictionary.to_pylist()
        return texts


class Frame:
    """A frame of events as the rules of one feed read it."""

    def __init__(self, events: pl.DataFrame) -> None:
        self._events = events
        self._coded: dict[str, _Coded] = {}
        self._hashed: dict[str, tuple[Values, Flags]] = {}

    @cached_property
    def timed(self) -> Flags:
        """Where there is a time."""
        return self._times.is_not_null().to_numpy()

    @cached_property
    def times(self) -> Ints:
        """Milliseconds since the epoch."""
        times: Ints = np.clip(self._times.fill_null(0).to_numpy(), 0, MAX_TIME)
        return times

    @cached_property
    def lines(self) -> Ints:
        """Line of each event in its file."""
        return self._numbers(LINE)

    @cached_property
    def offsets(self) -> Ints:
        """Byte at which each event's line starts."""
        return self._numbers(OFFSET)

    @cached_property
    def _times(self) -> pl.Series:
        if "time" in self._events.columns:
            return self._events["time"].cast(pl.Int64)
        return pl.repeat(None, len(self._events), dtype=pl.Int64, eager=True)

    def coded(self, field: str) -> _Coded:
        """A field's values, by the column of its name or the one that it is mapped to."""
        if field not in self._coded:
            self._coded[field] = _Coded(self._text(field))
        return self._coded[field]

    def hashed(self, field: str) -> tuple[Values, Flags]:
        """A hash of a field's every value, the same in every frame and process; where it is."""
        if field not in self._hashed:
            text = self._text(field)
            self._hashed[field] = (text.hash(seed=920).to_numpy(), text.is_not_null().to_numpy())
        return self._hashed[field]

    def _text(self, field: str) -> pl.Series:
        name = column_of(field, self._events.columns)
        if name is None:
            return pl.repeat(None, len(self._events), dtype=pl.String, eager=True)
        column = self._events[name]
        if isinstance(column.dtype, pl.Struct):
            return column.struct.json_encode()
        if isinstance(column.dtype, pl.List):
            return column.cast(pl.List(pl.String)).list.join(",")
        return column.cast(pl.String)

    def _numbers(self, column: str) -> Ints:
        if column not in self._events.columns:
            return np.zeros(len(self._events), np.int64)
        return self._events[column].cast(pl.Int64).to_numpy()


def batch_of(spec: CorrelationSpec, frame: Frame, matched: Mapping[str, Rows]) -> Batch | None:
    """Gather what the rules that ``spec`` refers to matched; None if nothing.

    ``matched`` maps each reference, as the rule writes it, to ascending rows of the frame.
    """
    stages = [n for n, name in enumerate(spec.rules) if len(matched.get(name, ()))]
    if not stages:
        return None
    rows, stage = _arrivals(spec, {n: matched[spec.rules[n]] for n in stages})
    groups = [_columns(spec, frame, name, stages, rows, stage) for name in spec.group_by]
    values, whole = _counted(spec, frame, rows, stage)
    timed = frame.timed[rows]
    whole &= timed
    for codes, _ in groups:
        whole &= codes >= 0
    rows = rows[whole]
    codes, keys = _keys([(codes[whole], texts) for codes, texts in groups], len(rows))
    untimed = int((~timed).sum())
    return Batch(
        rows=rows,
        codes=codes,
        keys=keys,
        times=frame.times[rows],
        values=values[whole],
        lines=frame.lines[rows],
        offsets=frame.offsets[rows],
        ungrouped=len(timed) - untimed - len(rows),
        untimed=untimed,
    )


def group_of(spec: CorrelationSpec, key: str) -> dict[str, str]:
    """The group-by fields behind a key of a batch."""
    if len(spec.group_by) == 1:
        return {spec.group_by[0]: key}
    values: list[str] = []
    while key:
        length, _, rest = key.partition(":")
        values.append(rest[: int(length)])
        key = rest[int(length) :]
    return dict(zip(spec.group_by, values, strict=True))


def _arrivals(spec: CorrelationSpec, matched: dict[int, Rows]) -> tuple[Rows, Ints]:
    """Matched rows in order of arrival, and the stage each stands for.

    An event counts once however many of the rules match it. Only in an ordered sequence may it
    stand for several stages; the later stage comes first, so it never follows upon itself.
    """
    rows = np.concatenate(list(matched.values()))
    stage = np.repeat(list(matched), [len(part) for part in matched.values()])
    if len(matched) == 1:
        return rows, stage
    if spec.type == "temporal_ordered":
        order = np.lexsort((-stage, rows))
        return rows[order], stage[order]
    once, first = np.unique(rows, return_index=True)
    return once, stage[first]


def _counted(spec: CorrelationSpec, frame: Frame, rows: Rows, stage: Ints) -> tuple[Values, Flags]:
    """What is counted, as a number, and where there is something to count."""
    there = np.ones(len(rows), np.bool_)
    if not spec.condition.fields:
        return stage.astype(np.uint64), there
    values = np.zeros(len(rows), np.uint64)
    for name in spec.condition.fields:
        for n, reference in enumerate(spec.rules):
            mine = stage == n
            hashes, known = frame.hashed(spec.field_of(name, reference))
            values[mine] = values[mine] * MIX + hashes[rows[mine]]
            there[mine] &= known[rows[mine]]
    return values, there


def _columns(
    spec: CorrelationSpec, frame: Frame, name: str, stages: list[int], rows: Rows, stage: Ints
) -> tuple[Ints, list[str]]:
    """Codes of one group-by field for every event, and the texts they stand for."""
    fields = {n: spec.field_of(name, spec.rules[n]) for n in stages}
    if len(set(fields.values())) == 1:
        column = frame.coded(fields[stages[0]])
        return column.codes[rows], column.texts
    codes = np.full(len(rows), -1, np.int64)
    texts: list[str] = []
    for n, field in fields.items():
        column = frame.coded(field)
        mine = stage == n
        found = column.codes[rows[mine]]
        codes[mine] = np.where(found >= 0, found + len(texts), -1)
        texts += column.texts
    return codes, texts


def _keys(groups: list[tuple[Ints, list[str]]], size: int) -> tuple[Ints, list[str]]:
    """Code of every event's group, and the keys they stand for."""
    if not groups:
        return np.zeros(size, np.int64), [""]
    joined, keys = groups[0]
    if len(groups) == 1:
        return joined, keys
    # each value behind its length, so that no two groups can share a key
    keys = [f"{len(text)}:{text}" for text in keys]
    for codes, texts in groups[1:]:
        encoded = pa.array(joined * max(1, len(texts)) + codes).dictionary_encode()
        pairs = encoded.dictionary.to_numpy(zero_copy_only=False)
        before, here = np.divmod(pairs, max(1, len(texts)))
        written = [f"{len(text)}:{text}" for text in texts]
        keys = [
            keys[one] + written[two]
            for one, two in zip(before.tolist(), here.tolist(), strict=True)
        ]
        joined = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return joined, keys
