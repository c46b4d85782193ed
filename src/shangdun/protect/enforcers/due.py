"""What should be in force at one enforcer, and what changes it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shangdun.protect.decision import EVERYWHERE, Decision, Measure
from shangdun.protect.target import TargetKind

Until = int | None
"""Milliseconds since the epoch, UTC; None: until it is taken away."""


class Slot(NamedTuple):
    """One thing that is in force or not: a measure for a target."""

    measure: Measure
    kind: TargetKind
    value: str


class Range(NamedTuple):
    """What an enforcer can do: its measures, for its kinds of targets."""

    measures: frozenset[Measure]
    kinds: frozenset[TargetKind]

    def holds(self, decision: Decision) -> bool:
        """Whether this decision is for it.

        One with a scope is not: where neither host nor path is seen, it would turn away more than
        was decided.
        """
        return (
            decision.measure in self.measures
            and decision.target.kind in self.kinds
            and decision.scope == EVERYWHERE
        )


class Change(NamedTuple):
    """Slots that come into force or change their end, and slots that go."""

    put: dict[Slot, Until]
    drop: set[Slot]

    @classmethod
    def none(cls) -> Change:
        """Nothing changes."""
        return cls({}, set())

    def __bool__(self) -> bool:
        return bool(self.put or self.drop)

    def then(self, later: Change) -> Change:
        """Both, one after the other."""
        put = {slot: until for slot, until in self.put.items() if slot not in later.drop}
        return Change(put | later.put, (self.drop - later.put.keys()) | later.drop)


class Due:
    """The decisions of one enforcer, as slots.

    Several decisions for one slot hold it until the last of them ends.
    """

    def __init__(self, able: Range) -> None:
        self._able = able
        self._decisions: dict[str, tuple[Slot, Until, str]] = {}
        self._slots: dict[Slot, tuple[str, ...]] = {}
        self._ends: list[tuple[int, str]] = []
        self.elsewhere = 0
        """Decisions of the last complete list that are not for this enforcer."""

    def __len__(self) -> int:
        return len(self._slots)

    def fill(self, decisions: Iterable[Decision], now: int) -> None:
        """Begin anew with these: the complete list at ``now`` (ms)."""
        self._decisions, self._slots, self._ends, self.elsewhere = {}, {}, [], 0
        for decision in decisions:
            self.elsewhere += not self._add(decision, now)

    def take(self, added: Iterable[Decision], removed: Iterable[str], now: int) -> Change:
        """Decisions that came (or changed) and the uids of those that went; gives what changes."""
        touched: set[Slot] = set()
        for uid in removed:
            touched |= self._remove(uid)
        for decision in added:
            touched |= self._remove(decision.uid)
            if self._add(decision, now):
                touched.add(self._decisions[decision.uid][0])
        return self._change(touched)

    def expire(self, now: int) -> Change:
        """What has run out at ``now`` (ms) goes, whether or not anybody says so."""
        touched: set[Slot] = set()
        while self._ends and self._ends[0][0] <= now:
            end, uid = heapq.heappop(self._ends)
            held = self._decisions.get(uid)
            if held is not None and held[1] == end:
                touched |= self._remove(uid)
        return self._change(touched)

    def slots(self) -> Iterator[tuple[Slot, Until]]:
        """Everything that should be in force."""
        for slot in self._slots:
            yield slot, self._until(slot)

    def appeal(self, slot: Slot) -> str:
        """The code by which whoever is meant can ask why; empty for what is not due."""
        uids = self._slots.get(slot)
        return self._decisions[uids[0]][2] if uids else ""

    def compare(self, present: Iterable[Slot]) -> tuple[set[Slot], set[Slot]]:
        """What is missing of what is due, and what is there and should not be."""
        there = set(present)
        return self._slots.keys() - there, there - self._slots.keys()

    def _add(self, decision: Decision, now: int) -> bool:
        if not self._able.holds(decision) or not (decision.until is None or now < decision.until):
            return False
        slot = Slot(decision.measure, decision.target.kind, decision.target.value)
        self._decisions[decision.uid] = slot, decision.until, decision.appeal
        self._slots[slot] = (*self._slots.get(slot, ()), decision.uid)
        if decision.until is not None:
            heapq.heappush(self._ends, (decision.until, decision.uid))
        return True

    def _remove(self, uid: str) -> set[Slot]:
        held = self._decisions.pop(uid, None)
        if held is None:
            return set()
        slot = held[0]
        others = tuple(other for other in self._slots[slot] if other != uid)
        if others:
            self._slots[slot] = others
        else:
            del self._slots[slot]
        return {slot}

    def _until(self, slot: Slot) -> Until:
        last = 0
        for uid in self._slots[slot]:
            until = self._decisions[uid][1]
            if until is None:
                return None
            last = max(last, until)
        return last

    def _change(self, touched: set[Slot]) -> Change:
        put = {slot: self._until(slot) for slot in touched if slot in self._slots}
        return Change(put, touched - put.keys())
