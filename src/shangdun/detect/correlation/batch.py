"""What one feed brings one rule: its matched rows with group, time and value, in columns.

A column is put into a dictionary once a frame, whichever rules read it; after that a rule's rows
are a matter of small integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt
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
        self.texts: list[str] = encoded.dictionary.to_pylist()
        self._hashes: Values | None = None

    def hashes(self) -> Values:
        """A hash for every text of the dictionary, the same in every frame and process."""
        if self._hashes is None:
            texts = pl.Series(self.texts, dtype=pl.String)
            self._hashes = texts.hash(seed=920).to_numpy().astype(np.uint64)
        return self._hashes


class Frame:
    """A frame of events as the rules of one feed read it."""

    def __init__(self, events: pl.DataFrame) -> None:
        self._events = events
        self._coded: dict[str, _Coded] = {}

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
    counted = [_columns(spec, frame, name, stages, rows, stage) for name in spec.condition.fields]
    timed = frame.timed[rows]
    whole = timed.copy()
    for codes, _ in (*groups, *counted):
        whole &= codes >= 0
    rows, stage = rows[whole], stage[whole]
    groups = [(codes[whole], parts) for codes, parts in groups]
    counted = [(codes[whole], parts) for codes, parts in counted]
    codes, keys = _keys(groups, len(rows))
    values = stage.astype(np.uint64)
    if counted:
        values = np.zeros(len(rows), np.uint64)
        for codes_of, parts in counted:
            hashes = np.concatenate([part.hashes() for part in parts])
            values = values * MIX + hashes[codes_of]
    untimed = int((~timed).sum())
    return Batch(
        rows=rows,
        codes=codes,
        keys=keys,
        times=frame.times[rows],
        values=values,
        lines=frame.lines[rows],
        offsets=frame.offsets[rows],
        ungrouped=len(timed) - untimed - len(rows),
        untimed=untimed,
    )


def group_of(spec: CorrelationSpec, key: str) -> dict[str, str]:
    """The group-by fields behind a key of a batch."""
    if len(spec.group_by) == 1:
        return {spec.group_by[0]: key}
    values = msgspec.json.decode(key, type=list[str]) if spec.group_by else []
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


def _columns(
    spec: CorrelationSpec, frame: Frame, name: str, stages: list[int], rows: Rows, stage: Ints
) -> tuple[Ints, list[_Coded]]:
    """Codes of one field for every event; the dictionaries they index, one after the other."""
    fields = {n: spec.field_of(name, spec.rules[n]) for n in stages}
    if len(set(fields.values())) == 1:
        column = frame.coded(fields[stages[0]])
        return column.codes[rows], [column]
    codes = np.full(len(rows), -1, np.int64)
    parts: list[_Coded] = []
    base = 0
    for n, field in fields.items():
        column = frame.coded(field)
        mine = stage == n
        found = column.codes[rows[mine]]
        codes[mine] = np.where(found >= 0, found + base, -1)
        parts.append(column)
        base += len(column.texts)
    return codes, parts


def _keys(
    groups: list[tuple[Ints, list[_Coded]]], size: int
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Code and distinct keys of every event's group."""
    if not groups:
        return np.zeros(size, np.int64), [""]
    texts = [[text for part in parts for text in part.texts] for _, parts in groups]
    if len(groups) == 1:
        return groups[0][0], texts[0]
    joined, first = np.zeros(size, np.int64), np.zeros(0, np.int64)
    for (codes, _), words in zip(groups, texts, strict=True):
        combined = joined * max(1, len(words)) + codes
        _, first, joined = np.unique(combined, return_index=True, return_inverse=True)
    columns = [
        [words[code] for code in codes[first].tolist()]
        for (codes, _), words in zip(groups, texts, strict=True)
    ]
    return joined, [_written(parts) for parts in zip(*columns, strict=True)]


def _written(parts: tuple[str, ...]) -> str:
    return msgspec.json.encode(parts).decode()
