"""Measures of ``temporal`` and ``temporal_ordered``: which rules a window has events of."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from shangdun.detect.correlation.buffer import Flags, Ints
from shangdun.detect.correlation.expression import Alternative
from shangdun.detect.correlation.frame import Values
from shangdun.detect.correlation.measure import (
    Numbers,
    Tally,
    anything,
    latest_of_each,
    window_starts,
)

NEVER = np.iinfo(np.int64).min // 2
"""A time before all windows."""


class Together:
    """``temporal``: how many of the rules have an event, each value being a set of rules as bits.

    With an extended condition: as many if it holds, else 0.
    """

    abreast: ClassVar[bool] = True

    def __init__(self, rules: int, alternatives: tuple[Alternative, ...]) -> None:
        self._rules = rules
        self._alternatives = alternatives

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        since = times[first:] - span
        numbers = np.zeros(len(since), np.int64)
        present = np.zeros(len(since), np.uint64)
        for rule in range(self._rules):
            seen = _latest(times, (values >> np.uint64(rule)) & np.uint64(1) == 1)[first:] >= since
            numbers += seen
            present |= seen.astype(np.uint64) << np.uint64(rule)
        if self._alternatives:
            numbers[~_satisfied(self._alternatives, present)] = 0
        return numbers

    def tally(self) -> Tally:
        return _Rules(self._rules, self._alternatives)

    def most(self, values: Values) -> float:
        return int(np.bitwise_or.reduce(values)).bit_count()

    def fewest(self, least: float) -> float:
        return anything(least)  # an event may match all the rules

    def members(self, values: Values) -> Ints:
        """The last event of each rule."""
        picked: list[int] = []
        seen = 0
        for position in latest_of_each(values)[::-1].tolist():
            if int(values[position]) & ~seen:
                picked.append(position)
                seen |= int(values[position])
        return np.array(picked[::-1], np.int64)


class _Rules:
    def __init__(self, rules: int, alternatives: tuple[Alternative, ...]) -> None:
        self._events = [0] * rules
        self._present = 0
        self._alternatives = alternatives

    def add(self, value: int) -> None:
        for rule in _bits(value):
            self._events[rule] += 1
        self._present |= value

    def remove(self, value: int) -> None:
        for rule in _bits(value):
            self._events[rule] -= 1
            if not self._events[rule]:
                self._present &= ~(1 << rule)

    def number(self) -> float:
        if self._alternatives and not any(
            self._present & one.present == one.present and not self._present & one.absent
            for one in self._alternatives
        ):
            return 0
        return self._present.bit_count()


class InOrder:
    """``temporal_ordered``: the longest chain that an event ends.

    A chain is events of different rules that follow one another in the order of the list; each
    value is a place in it. With an extended condition: the most rules of an alternative whose
    chain the event ends while the window has no event of those it excludes, else 0.
    """

    abreast: ClassVar[bool] = True

    def __init__(self, rules: int, alternatives: tuple[Alternative, ...]) -> None:
        self._rules = rules
        self._alternatives = alternatives

    def ordered(self, times: Ints, values: Values, first: int, span: int) -> Numbers:
        low = int(window_starts(times, first, span)[0]) if first < len(times) else 0
        times, stages, first = times[low:], values[low:].astype(np.int64), first - low
        if self._alternatives:
            return self._expressed(times, stages, span)[first:]
        numbers = (stages >= 0).astype(np.int64)
        ended = times  # by position: the latest start of a chain of that length, never worse
        for length in range(2, self._rules + 1):
            ended = self._longer(times, stages, ended)
            numbers[ended >= times - span] = length
        return numbers[first:]

    def tally(self) -> Tally | None:
        return None

    def most(self, values: Values) -> float:
        return len(np.unique(values))

    def fewest(self, least: float) -> float:
        return anything(least) if self._alternatives else least

    def members(self, values: Values) -> Ints:
        """The latest events that lead to the window's last one."""
        stages = values.astype(np.int64).tolist()
        return self._expected(stages) if self._alternatives else _longest(stages)

    def _longer(self, times: Ints, stages: Ints, ended: Ints) -> Ints:
        """By position, the start of the chain that is one event longer than those of ``ended``."""
        starts = np.full(len(times), NEVER)
        best = np.full(len(times), NEVER)
        for stage in range(1, self._rules):
            below = np.maximum.accumulate(np.where(stages == stage - 1, ended, NEVER))
            best = np.maximum(best, below)
            here = stages[1:] == stage
            starts[1:][here] = best[:-1][here]
        return starts

    def _expressed(self, times: Ints, stages: Ints, span: int) -> Ints:
        numbers = np.zeros(len(times), np.int64)
        since = times - span
        latest = [_latest(times, stages == stage) for stage in range(self._rules)]
        for one in self._alternatives:
            wanted = list(_bits(one.present))
            held = np.ones(len(times), np.bool_)
            if wanted:
                held = _chained(times, stages, wanted) >= since
            for stage in _bits(one.absent):
                held &= latest[stage] < since
            numbers[held] = np.maximum(numbers[held], max(1, len(wanted)))
        return numbers

    def _expected(self, stages: list[int]) -> Ints:
        """The chain of the longest alternative that holds; of equals the one that starts last."""
        present = sum(1 << stage for stage in set(stages))
        chains = [
            _chain(stages, _bits(one.present) or [stages[-1]])
            for one in self._alternatives
            if not present & one.absent
        ]
        return max(chains, key=lambda chain: (len(chain), *chain[:1]))


def _latest(times: Ints, where: Flags) -> Ints:
    """By position, the time of the latest event of some, up to it."""
    latest: Ints = np.maximum.accumulate(np.where(where, times, NEVER))
    return latest


def _chained(times: Ints, stages: Ints, wanted: list[int]) -> Ints:
    """By position, the latest start of a chain of exactly these stages that ends there."""
    ended = np.where(stages == wanted[0], times, NEVER)
    for stage in wanted[1:]:
        before = np.append(NEVER, np.maximum.accumulate(ended)[:-1])
        ended = np.where(stages == stage, before, NEVER)
    return ended


def _longest(stages: list[int]) -> Ints:
    """Positions of the longest chain that the last event ends, of equals the one begun last."""
    chains: dict[int, list[int]] = {}  # lowest stage of a chain that leads to the end → positions
    for position in range(len(stages) - 1, -1, -1):
        stage = stages[position]
        above = [chain for lowest, chain in chains.items() if lowest > stage]
        if chains and not above:
            continue
        chain = [*max(above, key=len, default=[]), position]
        if len(chain) > len(chains.get(stage, ())):
            chains[stage] = chain
    return np.array(max(chains.values(), key=lambda chain: (len(chain), chain[-1]))[::-1], np.int64)


def _chain(stages: list[int], wanted: list[int]) -> Ints:
    """Positions of the latest events of these stages that end with the last; empty if none do."""
    picked: list[int] = []
    left = list(wanted)
    for position in range(len(stages) - 1, -1, -1):
        if left and stages[position] == left[-1]:
            picked.append(position)
            left.pop()
        if not left or not picked:
            break
    return np.array([] if left else picked[::-1], np.int64)


def _satisfied(alternatives: tuple[Alternative, ...], present: Values) -> Flags:
    satisfied = np.zeros(len(present), np.bool_)
    for one in alternatives:
        wanted, unwanted = np.uint64(one.present), np.uint64(one.absent)
        satisfied |= (present & wanted == wanted) & (present & unwanted == 0)
    return satisfied


def _bits(value: int) -> list[int]:
    return [place for place in range(value.bit_length()) if value >> place & 1]
