"""What one feed brings one rule: its matched events with group, time and value, in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shangdun.detect.correlation.buffer import Flags, Ints
from shangdun.detect.correlation.frame import Frame, Values
from shangdun.detect.correlation.hit import Rows
from shangdun.detect.correlation.spec import NUMERIC, CorrelationSpec

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so multiplying by it loses nothing; joins the hashes of several fields."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Parallel columns, one entry an event, in order of arrival."""

    events: Rows
    """Positions in the frame."""
    origin: Rows
    """Row of the frame just fed, -1 for an event that came before."""
    codes: Ints
    """Index into ``keys``."""
    keys: list[str]
    """Distinct group keys; ``group_of`` gives the fields behind one."""
    times: Ints
    values: Values
    places: Ints
    lines: Ints
    offsets: Ints
    ungrouped: int = 0
    """Matches left out because a group-by field (or the counted field) is empty."""
    untimed: int = 0
    """Matches left out because they have no time."""
    non_numeric: int = 0
    """Matches left out because the counted field holds no number."""


def batch_of(spec: CorrelationSpec, frame: Frame, matched: Mapping[str, Rows]) -> Batch | None:
    """Gather what the rules that ``spec`` refers to matched; None if nothing.

    ``matched`` maps each reference, as the rule writes it, to ascending events of the frame.
    """
    stages = [n for n, name in enumerate(spec.rules) if len(matched.get(name, ()))]
    if not stages:
        return None
    events, stage = _arrivals(frame, {n: matched[spec.rules[n]] for n in stages})
    groups = [_columns(spec, frame, name, stages, events, stage) for name in spec.group_by]
    values, there, numeric = _counted(spec, frame, events, stage)
    timed = frame.timed[events]
    for codes, _ in groups:
        there &= codes >= 0
    whole = timed & there & numeric
    codes, keys = _keys([(codes[whole], texts) for codes, texts in groups], int(whole.sum()))
    untimed, ungrouped = int((~timed).sum()), int((timed & ~there).sum())
    non_numeric = len(events) - int(whole.sum()) - untimed - ungrouped
    events, values = events[whole], values[whole]
    if len(stages) > 1 and spec.type not in {"temporal_ordered", "absence"}:
        events, codes, values = _once(spec, events, codes, values)
    return Batch(
        events=events,
        origin=frame.origin_of(events),
        codes=codes,
        keys=keys,
        times=frame.times[events],
        values=values,
        places=frame.places_of(events),
        lines=frame.lines[events],
        offsets=frame.offsets[events],
        ungrouped=ungrouped,
        untimed=untimed,
        non_numeric=non_numeric,
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


def _arrivals(frame: Frame, matched: dict[int, Rows]) -> tuple[Rows, Ints]:
    """Matched events in order of arrival, and the stage each stands for.

    An event that matches several rules comes once for each, the later stage first, so that in
    an ordered sequence it never follows upon itself.
    """
    events = np.concatenate(list(matched.values()))
    stage = np.repeat(list(matched), [len(part) for part in matched.values()])
    if len(matched) > 1 or frame.order is not None:
        order = np.lexsort((-stage, events, frame.arrival_of(events)))
        events, stage = events[order], stage[order]
    return events, stage


def _once(
    spec: CorrelationSpec, events: Rows, codes: Ints, values: Values
) -> tuple[Rows, Ints, Values]:
    """An event counts once for its group however many of the rules match it."""
    again = np.zeros(len(events), np.bool_)
    order = np.lexsort((codes, events))  # stable, so entries of one event keep their order
    same = (np.diff(events[order]) == 0) & (np.diff(codes[order]) == 0)
    if not same.any():
        return events, codes, values
    again[order[1:][same]] = True
    if spec.type == "temporal":
        values = values.copy()
        starts = np.flatnonzero(np.append(True, ~same))
        values[order[starts]] = np.bitwise_or.reduceat(values[order], starts)
    return events[~again], codes[~again], values[~again]


def _counted(
    spec: CorrelationSpec, frame: Frame, events: Rows, stage: Ints
) -> tuple[Values, Flags, Flags]:
    """What is counted, in 64 bits; where there is something to count; where it is a number."""
    there, numeric = np.ones(len(events), np.bool_), np.ones(len(events), np.bool_)
    if not spec.condition.fields:
        values = stage.astype(np.uint64)
        return np.uint64(1) << values if spec.type == "temporal" else values, there, numeric
    values = np.zeros(len(events), np.uint64)
    for name in spec.condition.fields:
        for n, reference in enumerate(spec.rules):
            mine = stage == n
            field = spec.field_of(name, reference)
            if not mine.any():
                continue
            if spec.type in NUMERIC:
                bits, known, number = frame.numbers(field)
                values[mine] = bits[events[mine]]
                numeric[mine] = number[events[mine]]
            else:
                bits, known = frame.hashed(field)
                values[mine] = values[mine] * MIX + bits[events[mine]]
            there[mine] &= known[events[mine]]
    return values, there, numeric


def _columns(
    spec: CorrelationSpec, frame: Frame, name: str, stages: list[int], events: Rows, stage: Ints
) -> tuple[Ints, list[str]]:
    """Codes of one group-by field for every entry, and the texts they stand for."""
    fields = {n: spec.field_of(name, spec.rules[n]) for n in stages}
    if len(set(fields.values())) == 1:
        column = frame.coded(fields[stages[0]])
        return column.codes[events], column.texts
    known: dict[str, int] = {}
    codes = np.full(len(events), -1, np.int64)
    for n, field in fields.items():
        column = frame.coded(field)
        joined = np.array([known.setdefault(text, len(known)) for text in column.texts], np.int64)
        mine = stage == n
        found = column.codes[events[mine]]
        if len(joined):
            codes[mine] = np.where(found >= 0, joined[found], -1)
    return codes, list(known)


def _keys(groups: list[tuple[Ints, list[str]]], size: int) -> tuple[Ints, list[str]]:
    """Code of every entry's group, and the keys they stand for."""
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
