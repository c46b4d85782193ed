"""Correlation alone: what a window costs for every row that a rule matched.

Every row of every frame is matched, grouped by one of 20,000 addresses whose shares fall off as
in real traffic; frames hold 60,000 rows, 1,000 events a second in event time. One rule counts
events, one distinct pages; once in order, once with a twentieth of the events late by seconds.
CPU time of the feed, without parsing and without the rules that match.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import polars as pl
from tests.bench.row import Row

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.spec import Condition, CorrelationSpec, CorrelationType

ROWS = 60_000
FRAMES = 10
ADDRESSES = np.array([f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(20_000)])
START = 1_790_000_000_000


@dataclass
class _Rule:
    uid: str = "base"


@dataclass
class _Match:
    rule: _Rule
    rows: np.ndarray


def _spec(kind: CorrelationType, least: float, seconds: int) -> CorrelationSpec:
    fields = ("page",) if kind == "value_count" else ()
    return CorrelationSpec(
        uid="window",
        type=kind,
        rules=("base",),
        span=seconds * 1_000,
        condition=Condition((("gte", least),), fields),
        group_by=("address",),
    )


def _frames(late: float) -> list[pl.DataFrame]:
    random = np.random.default_rng(20)
    frames = []
    for number in range(FRAMES):
        moments = START + np.arange(number * ROWS, (number + 1) * ROWS)
        moments -= (random.random(ROWS) < late) * random.integers(1_000, 5_000, ROWS)
        address = np.minimum(random.zipf(1.3, ROWS), 1 << 30) % len(ADDRESSES)
        page = np.minimum(random.zipf(1.2, ROWS), 1 << 30) % 5_000
        frames.append(
            pl.DataFrame(
                {
                    "time": moments // 1_000 * 1_000,
                    "address": ADDRESSES[address],
                    "page": page.astype(str),
                    "_line": np.arange(ROWS, dtype=np.uint32),
                    "_offset": np.arange(ROWS, dtype=np.uint64),
                }
            )
        )
    return frames


def _nanoseconds(spec: CorrelationSpec, frames: list[pl.DataFrame]) -> float:
    correlator = Correlator([spec])
    match = [_Match(_Rule(), np.arange(ROWS))]
    started = time.process_time()
    for frame in frames:
        correlator.feed(frame, match)
    return (time.process_time() - started) / (ROWS * len(frames)) * 1e9


def measure() -> list[Row]:
    """Cost of one matched row in one window; without a bar of its own."""
    rows = []
    for order, frames in (("in order", _frames(0.0)), ("5 % late", _frames(0.05))):
        for kind, spec in (
            ("event_count", _spec("event_count", 600, 60)),
            ("value_count", _spec("value_count", 150, 300)),
        ):
            cost = _nanoseconds(spec, frames)
            note = "a quarter of all rows from one address, far over the threshold"
            rows.append(Row(f"{kind}, {order}", cost, "ns CPU a matched row", note=note))
    return rows
