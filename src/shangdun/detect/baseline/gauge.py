"""One baseline of rates: counts, sums, distinct values, shares; by entity and period."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from shangdun.detect.baseline.alarm import Alarm, Place
from shangdun.detect.baseline.clock import PeriodClock
from shangdun.detect.baseline.columns import MIX, WHOLE, Columns, Ints, Keys, Numbers
from shangdun.detect.baseline.judge import Judge
from shangdun.detect.baseline.spec import BaselineSpec

Lift = Callable[[str, int, str], float]
"""Baseline, start of the period and entity → by how much an announced sale raises the bound."""
MOST_ROWS = 20
MOST_NEAR = 5
"""Of them from one frame, so that the newest frames are all seen."""
MOST_DISTINCT = 200_000
"""Different values remembered in the open period; more are not counted, but told."""
NO_ROWS: Ints = np.zeros(0, np.int64)


class Part(NamedTuple):
    """Events of one kind: their rows, the codes of their keys, and what each adds to a column."""

    column: str
    keys: Keys
    rows: Ints
    weights: Numbers | None


class Gauge:
    """State and judgement of one baseline."""

    def __init__(self, spec: BaselineSpec) -> None:
        self.spec = spec
        self._clock = PeriodClock(spec.every)
        self._judge = Judge(spec, self._clock)
        self._distinct: set[int] = set()
        self._refs: dict[int, deque[Place]] = {}
        self.crowded = 0
        """Distinct values that were not counted for want of room."""
        self.withheld = 0

    @property
    def figures(self) -> dict[str, int]:
        """What is held, and what was left out."""
        table = self._judge.table
        return {
            "entities": len(table),
            "evicted": table.evicted + self.crowded,
            "late": self._clock.late,
            "withheld": self.withheld,
            "began": self._clock.began,
            "knows": self._clock.began + self.spec.warm_up,
            "now": (self._clock.current or 0) * self.spec.every,
        }

    def feed(
        self, columns: Columns, matched: Mapping[str, Ints], file: tuple[str, str], lift: Lift
    ) -> list[Alarm]:
        """Count what the rules matched in a frame; give what is out of the usual by now."""
        alarms: list[Alarm] = []
        parts = list(self._parts(columns, matched))
        if not parts:
            return alarms
        rows = np.concatenate([part.rows for part in parts])
        periods = self._clock.periods(columns.times[rows])
        ends = np.cumsum([len(part.rows) for part in parts])[:-1]
        by_part = np.split(periods, ends)
        for period in np.unique(periods[periods >= 0]).tolist():
            self._open(period)
            now = [
                part._replace(
                    rows=part.rows[mine := of_part == period],
                    weights=None if part.weights is None else part.weights[mine],
                )
                for part, of_part in zip(parts, by_part, strict=True)
            ]
            alarms += self._count(
                period, [part for part in now if len(part.rows)], columns, file, lift
            )
        if self._judge.table.full():
            self._judge.table.shrink()
        return alarms

    def _parts(self, columns: Columns, matched: Mapping[str, Ints]) -> Iterator[Part]:
        spec = self.spec
        per = (spec.field,) if spec.measure == "mix" else spec.per
        keys = columns.keys(per)
        counted = union(matched, spec.rules)
        if spec.last and len(counted):
            counted = counted[columns.times[counted] % spec.turn >= spec.turn - spec.last]
        weights = columns.numbers(spec.field)[counted] if spec.measure == "sum" else None
        yield from _part("value", keys, counted, weights)
        if spec.measure == "ratio":
            yield from _part("whole", keys, union(matched, (*spec.of, *spec.rules)), None)
        if spec.unless:
            field = (spec.unless_field,) if spec.unless_field else spec.per
            yield from _part("honest", columns.keys(field), union(matched, spec.unless), None)

    def _open(self, period: int) -> None:
        clock = self._clock
        if period != clock.current:
            self._judge.close()
            clock.current = period
            self._distinct.clear()
            self._refs.clear()

    def _count(
        self, period: int, parts: list[Part], columns: Columns, file: tuple[str, str], lift: Lift
    ) -> list[Alarm]:
        values: Part | None = None
        slot_of: Ints = NO_ROWS
        for part in parts:
            slots = self._add(period, part, columns)
            if part.column == "value":
                values, slot_of = part, slots
        if values is None:
            return []
        return self._look(values, slot_of, columns, file, lift)

    def _add(self, period: int, part: Part, columns: Columns) -> Ints:
        """Add events to their entities; gives the slot by code, -1 where the code is not there."""
        table, judge = self._judge.table, self._judge
        size = len(part.keys.hashes)
        here = np.flatnonzero(np.bincount(part.keys.codes[part.rows], minlength=size))
        first = int(columns.times[part.rows[0]])
        slots = table.slots(part.keys.hashes[here], first)
        table.since[slots[table.since[slots] == 0]] = first
        table.last[slots] = period
        counted = part
        if part.column == "value":
            if self.spec.measure == "distinct":
                counted = self._new_values(part, columns)
            judge.weigh(counted.weights)
            judge.total += len(counted.rows)
        codes = counted.keys.codes[counted.rows]
        added = np.bincount(codes, weights=counted.weights, minlength=size)
        getattr(table, part.column)[slots] += added[here]
        slot_of: Ints = np.full(size, -1, np.int64)
        slot_of[here] = slots
        return slot_of

    def _new_values(self, part: Part, columns: Columns) -> Part:
        """Of the events those that bring a value which the entity has not had in this period."""
        field = columns.keys((self.spec.field,))
        rows = part.rows[field.codes[part.rows] >= 0]
        joined = part.keys.hashes[part.keys.codes[rows]] * MIX + field.hashes[field.codes[rows]]
        _, first = np.unique(joined, return_index=True)
        first.sort()
        kept = []
        for place, pair in zip(first.tolist(), joined[first].tolist(), strict=True):
            if pair in self._distinct:
                continue
            if len(self._distinct) >= MOST_DISTINCT:
                self.crowded += 1
                continue
            self._distinct.add(pair)
            kept.append(place)
        return part._replace(rows=rows[kept] if kept else NO_ROWS)

    def _look(
        self, part: Part, slot_of: Ints, columns: Columns, file: tuple[str, str], lift: Lift
    ) -> list[Alarm]:
        table, judge = self._judge.table, self._judge
        slots = slot_of[slot_of >= 0]
        near = slots[(table.value[slots] >= self.spec.least / 2) & (table.fired[slots] == 0)]
        if not len(near) or not judge.warm:
            return []
        slot_of_row = slot_of[part.keys.codes[part.rows]]
        alarms = []
        for slot in judge.outside(near):
            code = int(np.flatnonzero(slot_of == slot)[0])
            key = part.keys.text(code)
            start = int(self._clock.current or 0) * self.spec.every
            raised = lift(self.spec.uid, start, key)
            if raised > 1 and not judge.still_outside(slot, raised):
                self.withheld += int(table.fired[slot] == 0)
                table.fired[slot] = 2  # neither told nor learned
                continue
            table.fired[slot] = 1
            rows = part.rows[slot_of_row == slot]
            alarms.append(self._alarm(slot, key, rows, columns, raised))
        self._remember(near, slot_of_row, part, columns, file)
        return alarms

    def _alarm(self, slot: int, key: str, rows: Ints, columns: Columns, raised: float) -> Alarm:
        table, judge = self._judge.table, self._judge
        earlier = tuple(self._refs.pop(int(table.key[slot]), ()))
        value = float(table.value[slot])
        return Alarm(
            baseline=self.spec.uid,
            key="" if key == WHOLE else key,
            start=int(self._clock.current or 0) * self.spec.every,
            first_time=int(table.since[slot]),
            last_time=int(columns.times[rows].max()),
            count=max(len(rows), int(value)) if self.spec.measure != "sum" else len(rows),
            value=value,
            whole=judge.whole(slot),
            usual=judge.usual(slot),
            rows=rows,
            earlier=earlier,
            sale=raised,
        )

    def _remember(
        self, near: Ints, slot_of_row: Ints, part: Part, columns: Columns, file: tuple[str, str]
    ) -> None:
        """Keep where the newest events stand of those who may soon be past their bound."""
        table = self._judge.table
        for slot in near[table.fired[near] == 0].tolist():
            refs = self._refs.setdefault(int(table.key[slot]), deque(maxlen=MOST_ROWS))
            for row in part.rows[np.flatnonzero(slot_of_row == slot)[-MOST_NEAR:]].tolist():
                refs.append(
                    Place(
                        *file,
                        int(columns.lines[row]),
                        int(columns.offsets[row]),
                        int(columns.times[row]),
                    )
                )

    def save(self) -> dict[str, Any]:
        """All state, as plain data."""
        return {
            "clock": self._clock.save(),
            "judge": self._judge.save(),
            "distinct": sorted(self._distinct),
            "refs": {key: [list(ref) for ref in refs] for key, refs in self._refs.items()},
            "figures": [self.crowded, self.withheld],
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Take up what ``save`` gave."""
        self._clock.load(saved["clock"])
        self._judge.load(saved["judge"])
        self._distinct = set(saved["distinct"])
        self._refs = {
            key: deque((Place(*ref) for ref in refs), maxlen=MOST_ROWS)
            for key, refs in saved["refs"].items()
        }
        self.crowded, self.withheld = saved["figures"]


def union(matched: Mapping[str, Ints], names: tuple[str, ...]) -> Ints:
    """The rows that any of some rules matched, ascending."""
    found = [matched[name] for name in names if name in matched]
    if not found:
        return NO_ROWS
    return found[0] if len(found) == 1 else np.unique(np.concatenate(found))


def _part(column: str, keys: Keys, rows: Ints, weights: Numbers | None) -> Iterator[Part]:
    if not len(rows):
        return
    named = keys.codes[rows] >= 0
    if not named.all():
        rows, weights = rows[named], None if weights is None else weights[named]
    if len(rows):
        yield Part(column, keys, rows, weights)
