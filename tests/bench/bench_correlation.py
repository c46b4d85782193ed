"""Correlation alone: what a window costs for every row that a rule matched.

Every row of every frame is matched, grouped by one of 20,000 addresses whose shares fall off as
in real traffic; frames hold 60,000 rows, 1,000 events a second in event time. Each type in order,
and with a twentieth of the events late by seconds. CPU time of the feed, without parsing and
without the rules that match.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import polars as pl
from tests.bench.row import Row

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.spec import NUMERIC, Condition, CorrelationSpec, CorrelationType

ROWS = 60_000
FRAMES = 5
ADDRESSES = np.array([f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(20_000)])
START = 1_790_000_000_000
STAGES = ("base", "second", "third")
BUSY = "a quarter of all rows from one address, far over the threshold"
STAGED = "three rules, each matching a third of the rows; that address is over it all the time"
ABSENT = "each third row waits for another third of its address; the last asks for nothing"


@dataclass
class _Rule:
    uid: str = "base"


@dataclass
class _Match:
    rule: _Rule
    rows: np.ndarray


def _spec(
    kind: CorrelationType, least: float, seconds: int, rules: tuple[str, ...] = ("base",)
) -> CorrelationSpec:
    field = {"value_count": "page", **dict.fromkeys(NUMERIC, "amount")}.get(kind)
    return CorrelationSpec(
        uid="window",
        type=kind,
        rules=rules,
        span=seconds * 1_000,
        condition=Condition((("gte", least),), (field,) if field else (), percentile=95.0),
        group_by=("address",),
    )


RULES = (
    (_spec("event_count", 600, 60), BUSY),
    (_spec("value_count", 150, 300), BUSY),
    (_spec("value_sum", 3_000, 60), BUSY),
    (_spec("value_avg", 9, 60), BUSY),
    (_spec("value_median", 9, 60), BUSY),
    (_spec("value_percentile", 9, 60), BUSY),
    (_spec("temporal", 3, 60, STAGES), STAGED),
    (_spec("temporal_ordered", 3, 60, STAGES), STAGED),
    (_spec("absence", 1, 60, STAGES[:2]), ABSENT),
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
                    "amount": (page % 1_000) / 100,
                    "_line": np.arange(ROWS, dtype=np.uint32),
                    "_offset": np.arange(ROWS, dtype=np.uint64),
                }
            )
        )
    return frames


def _nanoseconds(spec: CorrelationSpec, frames: list[pl.DataFrame]) -> float:
    correlator = Correlator([spec])
    rules = STAGES if len(spec.rules) > 1 else STAGES[:1]
    match = [_Match(_Rule(name), np.arange(n, ROWS, len(rules))) for n, name in enumerate(rules)]
    started = time.process_time()
    for frame in frames:
        correlator.feed(frame, match)
    return (time.process_time() - started) / (ROWS * len(frames)) * 1e9


def measure() -> list[Row]:
    """Cost of one matched row in one window; without a bar of its own."""
    rows = []
    for order, frames in (("in order", _frames(0.0)), ("5 % late", _frames(0.05))):
        for spec, note in RULES:
            cost = _nanoseconds(spec, frames)
            rows.append(Row(f"{spec.type}, {order}", cost, "ns CPU a matched row", note=note))
    return rows
