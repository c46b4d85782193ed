"""Feed a correlator with events of the reference, cut into frames anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.hit import CorrelationHit
from shangdun.detect.correlation.spec import Condition, CorrelationSpec

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
    kind: str = "event_count", *, uid="corr", span: int = 60, rules=("a",), **bounds
) -> CorrelationSpec:
    fields = ("value",) if kind == "value_count" else ()
    condition = Condition(tuple((name, float(n)) for name, n in bounds.items()), fields)
    if kind == "temporal_ordered":
        condition = Condition((("gte", float(len(rules))),))
    return CorrelationSpec(
        uid=uid, type=kind, rules=tuple(rules), span=span * SECOND,
        condition=condition, group_by=("group",),
    )  # fmt: skip


def frame(events: list[Event]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "time": [event.time for event in events],
            "group": [event.group for event in events],
            "value": [event.value for event in events],
            "_line": [event.line for event in events],
            "_offset": [event.line * 100 for event in events],
        },
        schema_overrides={"_line": pl.UInt32, "_offset": pl.UInt64, "time": pl.Int64},
    )


def matches(events: list[Event], stages: tuple[str, ...] = ("a",)) -> list[Match]:
    stage = np.array([event.stage for event in events])
    found = [Match(Rule(name), np.flatnonzero(stage == at)) for at, name in enumerate(stages)]
    return [match for match in found if len(match.rows)]


def feed(
    correlator: Correlator, events: list[Event], cuts: list[int], stages: tuple[str, ...] = ("a",)
) -> list[CorrelationHit]:
    bounds = [0, *sorted(cuts), len(events)]
    hits: list[CorrelationHit] = []
    for low, high in pairwise(bounds):
        part = events[low:high]
        if part:
            hits += correlator.feed(frame(part), matches(part, stages), file="log", source="s")
    return hits


def fold(hits: list[CorrelationHit]) -> list[tuple]:
    """Hits of the same episode together, comparable with ``shown``."""
    begun = {hit.episode: hit for hit in hits if hit.begins}
    last = {hit.episode: hit for hit in hits}
    assert set(begun) == set(last), "an episode goes on that never began"
    return sorted(
        (hit.group["group"], hit.first_time, last[uid].last_time, last[uid].count, last[uid].value)
        for uid, hit in begun.items()
    )


def shown(episodes: list[Episode]) -> list[tuple]:
    return sorted((e.group, e.first_time, e.last_time, e.count, e.value) for e in episodes)


def plain(hit: CorrelationHit) -> tuple:
    """A hit that can be compared with ``==``."""
    return (hit.rule, hit.episode, hit.begins, hit.group, hit.first_time, hit.last_time,
            hit.count, hit.value, hit.rows.tolist(), hit.earlier)  # fmt: skip


def burst(group: str, times: list[int], *, first_line: int = 1, value: str = "") -> list[Event]:
    """Events at ``times`` seconds after the start."""
    return [
        Event(line, group, START + at * SECOND, value or str(line))
        for line, at in enumerate(times, first_line)
    ]
