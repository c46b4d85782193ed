"""Feed a correlator with events of the reference, cut into frames anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.expression import read_expression
from shangdun.detect.correlation.hit import CorrelationHit
from shangdun.detect.correlation.spec import NUMERIC, Condition, CorrelationSpec

from .reference import Episode, Event

SECOND = 1_000
START = 1_790_000_000_000


class Rule(NamedTuple):
    uid: str


@dataclass
class Match:
    rule: Rule
    rows: np.ndarray


def spec_of(
    kind: str = "event_count", *, uid="corr", span: int = 60, rules=("a",), expression="",
    percentile=50.0, group_by=("group",), **bounds,
) -> CorrelationSpec:  # fmt: skip
    fields = ("value",) if kind == "value_count" or kind in NUMERIC else ()
    if not bounds:
        bounds = {"gte": 1 if expression or kind == "absence" else len(rules)}
    condition = Condition(
        tuple((name, float(number)) for name, number in bounds.items()),
        fields,
        percentile=percentile,
        expression=expression,
        alternatives=read_expression(expression, rules) if expression else (),
    )
    return CorrelationSpec(
        uid=uid, type=kind, rules=tuple(rules), span=span * SECOND,
        condition=condition, group_by=group_by,
    )  # fmt: skip


def frame(events: list[Event]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "time": [event.time for event in events],
            "group": [event.group for event in events],
            "value": [event.value for event in events],
            "buyer": [event.buyer for event in events],
            "_line": [event.line for event in events],
            "_offset": [event.line * 100 for event in events],
        },
        schema_overrides={
            "_line": pl.UInt32, "_offset": pl.UInt64, "time": pl.Int64,
            "group": pl.String, "value": pl.String, "buyer": pl.String,
        },
    )  # fmt: skip


def matches(events: list[Event], stages: tuple[str, ...] = ("a",)) -> list[Match]:
    found = [
        Match(Rule(name), np.array([n for n, e in enumerate(events) if at in {e.stage, e.also}]))
        for at, name in enumerate(stages)
    ]
    return [match for match in found if len(match.rows)]


def feed(
    correlator: Correlator, events: list[Event], cuts: list[int], stages: tuple[str, ...] = ("a",)
) -> list[CorrelationHit]:
    """Frames end at ``cuts``, and where the source changes."""
    between = {n for n, (a, b) in enumerate(pairwise(events), 1) if a.source != b.source}
    bounds = sorted({0, len(events), *between, *(min(cut, len(events)) for cut in cuts)})
    hits: list[CorrelationHit] = []
    for low, high in pairwise(bounds):
        part = events[low:high]
        source = part[0].source
        hits += correlator.feed(frame(part), matches(part, stages), file="log", source=source)
    return hits


def fold(hits: list[CorrelationHit]) -> list[tuple]:
    """Hits of the same episode together, comparable with ``shown``."""
    begun = {hit.episode: hit for hit in hits if hit.begins}
    last = {hit.episode: hit for hit in hits}
    added = dict.fromkeys(last, 0)
    for hit in hits:
        added[hit.episode] += hit.added
        assert len(hit.rows) or hit.earlier, "a hit that rests on nothing"
    assert set(begun) == set(last), "an episode goes on that never began"
    assert added == {uid: hit.count for uid, hit in last.items()}, "what is added does not add up"
    return sorted(
        (hit.rule, tuple(hit.group.values()), hit.first_time, last[uid].last_time,
         last[uid].count, last[uid].value)
        for uid, hit in begun.items()
    )  # fmt: skip


def shown(episodes: list[Episode], quiet: frozenset[str] = frozenset()) -> list[tuple]:
    return sorted(
        (e.rule, e.group, e.first_time, e.last_time, e.count, e.value)
        for e in episodes
        if e.rule not in quiet
    )


def plain(hit: CorrelationHit) -> tuple:
    """A hit that can be compared with ``==``."""
    return (hit.rule, hit.episode, hit.begins, hit.group, hit.first_time, hit.last_time,
            hit.count, hit.value, hit.rows.tolist(), hit.earlier, hit.added)  # fmt: skip


def burst(group: str, times: list[int], *, first_line: int = 1, value: str = "") -> list[Event]:
    """Events at ``times`` seconds after the start."""
    return [
        Event(line, group, START + at * SECOND, value or str(line))
        for line, at in enumerate(times, first_line)
    ]
