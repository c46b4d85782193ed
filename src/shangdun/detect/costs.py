"""What rules cost: time and matches by rule, time of scanning by column, values given up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shangdun.detect import ir
from shangdun.detect.plan import Plan
from shangdun.detect.regex import cut_off


class RuleCost(NamedTuple):
    """One rule since the engine was made."""

    uid: str
    title: str
    seconds: float
    """Of evaluating its condition, beyond the scan that it shares with all other rules."""
    matches: int
    """Rows in which it held."""
    cut_off: int
    """Values that one of its expressions was not, or not to the end, compared with, having
    exceeded its time (``detect.regex``); counted for the process and by expression, so rules that
    share one share this count."""


class ColumnCost(NamedTuple):
    """One column since the engine was made: numbering and scanning its values for all rules."""

    column: str
    seconds: float
    elements: int
    """Values taken in, also those seen before."""


class Costs:
    """Always on: two clock readings a rule that is evaluated, and two a column."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._nanoseconds = np.zeros(len(plan.rules), np.int64)
        self._matches = np.zeros(len(plan.rules), np.int64)
        self._columns: dict[str, tuple[int, int]] = {}
        self._expressions: dict[int, set[tuple[str, str]]] = {}

    def note_rule(self, rule: int, nanoseconds: int, matches: int) -> None:
        """A rule was evaluated on a batch."""
        self._nanoseconds[rule] += nanoseconds
        self._matches[rule] += matches

    def note_column(self, name: str, nanoseconds: int, elements: int) -> None:
        """A column of a batch was numbered and scanned; elements: values taken in."""
        before, taken = self._columns.get(name, (0, 0))
        self._columns[name] = before + nanoseconds, taken + elements

    def rules(self) -> list[RuleCost]:
        """Every rule, the most expensive first."""
        costs = [
            RuleCost(rule.uid, rule.title, spent / 1e9, matches, self._cut_off(number))
            for number, (rule, spent, matches) in enumerate(
                zip(
                    self._plan.rules,
                    self._nanoseconds.tolist(),
                    self._matches.tolist(),
                    strict=True,
                )
            )
        ]
        return sorted(costs, key=lambda cost: -cost.seconds)

    def columns(self) -> list[ColumnCost]:
        """Every column that was read, the most expensive first."""
        costs = [
            ColumnCost(name, spent / 1e9, taken) for name, (spent, taken) in self._columns.items()
        ]
        return sorted(costs, key=lambda cost: -cost.seconds)

    def _cut_off(self, rule: int) -> int:
        if rule not in self._expressions:
            atoms = (self._plan.atoms[atom] for atom in self._plan.atoms_of(rule))
            regexes = {(one.pattern, one.flags) for one in atoms if isinstance(one, ir.Regex)}
            self._expressions[rule] = regexes
        return sum(cut_off(pattern, flags) for pattern, flags in self._expressions[rule])
