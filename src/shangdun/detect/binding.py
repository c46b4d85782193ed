"""A plan meets a frame: which columns answer for which fields, which rules can match at all.

Neither depends on the rows, so both are made once and serve every batch of the same kind. A
``Shape`` is about the columns of a frame, a ``Lane`` about events of one log source in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from shangdun.detect import ir
from shangdun.detect.plan import Plan
from shangdun.detect.routing import applies
from shangdun.detect.scanners import Scanners
from shangdun.lake.block import Logsource

ColumnKey = tuple[str, str]
"""A column's name and the group of fields whose scanner reads it; group empty: keywords only."""

DecidedClause = list[tuple[ColumnKey, NDArray[np.intp]]]
"""Columns with the atoms that are asked of each; the clause holds where any of these does."""


class Shape:
    """What can be said of all frames that have these columns, of those that rules name."""

    def __init__(self, plan: Plan, scanners: Scanners, columns: Collection[str]) -> None:
        self.plan = plan
        self.keys: list[ColumnKey | None] = []
        """By reference: the column that answers, or None."""
        for reference in plan.references:
            named = (name for name in reference if name and name in columns)
            name = next(named, None)
            self.keys.append(None if name is None else (name, reference.group))
        self._decided: dict[int, list[DecidedClause]] = {}
        self.possible = self._possible()
        self.base = self._base(scanners)

    def decided(self, rule: int) -> list[DecidedClause]:
        """The clauses of a rule that scanned columns decide."""
        found = self._decided.get(rule)
        if found is None:
            found = self._decided[rule] = list(self._decided_clauses(rule))
        return found

    def _decided_clauses(self, rule: int) -> Iterator[DecidedClause]:
        for clause in self.plan.clauses[rule]:
            atoms = np.array([atom for atom in clause if self.possible[atom]], np.intp)
            if self.base[atoms].any():
                continue  # some atom of it is not scanned for
            by_key: dict[ColumnKey | None, list[int]] = {}
            for atom in atoms.tolist():
                by_key.setdefault(self.keys[self.plan.reference_of[atom]], []).append(atom)
            parts = [(key, np.array(of)) for key, of in by_key.items() if key is not None]
            if len(parts) == len(by_key):
                yield parts

    def _possible(self) -> NDArray[np.bool_]:
        """Atoms that could hold, given the columns; keywords and nulls always could."""
        bound = np.array([key is not None for key in self.keys] or [False], bool)
        possible: NDArray[np.bool_] = bound[self.plan.reference_of] | self.plan.unbound
        return possible

    def _base(self, scanners: Scanners) -> NDArray[np.bool_]:
        """Atoms taken as present before anything was read: those that no scan decides."""
        plan, base = self.plan, self.possible.copy()
        for reference, table in enumerate(plan.tables):
            scanner = scanners.of(plan.references[reference].group)
            if scanner is not None and len(table):
                decided = table[scanner.scanned]
                base[decided[decided >= 0]] = False
        return base


class Lane:
    """The rules that are asked about events of one log source in frames of one shape."""

    def __init__(self, shape: Shape, logsource: Logsource) -> None:
        plan = shape.plan
        self._asked = np.zeros(len(plan.rules), bool)
        for one, rules in plan.rules_by_logsource.items():
            if applies(one, logsource):
                self._asked[rules] = True
        self._asked &= plan.witnesses.standing(shape.possible)
        self._witnesses = plan.witnesses
        references: set[int] = set()
        for rule in np.flatnonzero(self._asked).tolist():
            references |= plan.scanned_references[rule]
        self.keywords = any(plan.references[one].field == ir.KEYWORD for one in references)
        """Whether some rule looks for keywords, in every column of text."""
        self.references = [one for one in sorted(references) if shape.keys[one] is not None]
        """References that a scan answers."""

    def witnessed(self, present: NDArray[np.bool_]) -> list[int]:
        """The rules all of whose clauses have an atom that is present."""
        rules: list[int] = np.flatnonzero(self._asked & self._witnesses.standing(present)).tolist()
        return rules
