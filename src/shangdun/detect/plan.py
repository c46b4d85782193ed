"""All rules as one plan: atoms shared between rules, what to scan for, what must be present.

A rule's *clauses* are its witnesses: sets of atoms of which at least one must hold in an event
for the rule to hold (a conjunctive normal form of what its condition implies about positive
atoms). A rule with a clause none of whose atoms occurs in a batch cannot match in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shangdun.detect import ir
from shangdun.detect.decode.columns import group_of
from shangdun.detect.decode.spread import spread
from shangdun.detect.pattern import Matcher, matcher_of
from shangdun.detect.rule import Rule
from shangdun.lake.block import Logsource

MOST_CLAUSE_ATOMS = 4096

Numbers = NDArray[np.intp]


class Reference(NamedTuple):
    """What an atom asks: a field by its own name, else the column behind it."""

    field: str
    column: str

    @property
    def group(self) -> str:
        """Fields that stand for the same column are scanned with the same database."""
        return group_of(self.column or self.field)


@dataclass(frozen=True, slots=True, eq=False)
class All:
    """Holds where every part does."""

    atoms: Numbers
    others: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """Holds where any part does."""

    atoms: Numbers
    others: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Inverse:
    """Holds where its part does not."""

    part: Tree


Tree: TypeAlias = int | All | Either | Inverse
"""A condition over atom numbers."""

Clause: TypeAlias = frozenset[int]


class Plan:
    """Rules over numbered atoms; immutable once built."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = list(rules)
        self.atoms: list[ir.Atom] = []
        self.references: list[Reference] = []
        self._reference_of: list[int] = []
        self._matcher_of: list[int] = []
        self.groups: dict[str, dict[Matcher, int]] = {}
        """Group → matchers, numbered from 0."""
        self._numbers: dict[ir.Atom | tuple[int, Matcher], int] = {}
        self._reference_numbers: dict[Reference, int] = {}
        self.trees: list[Tree] = [self._tree(spread(rule.condition)) for rule in self.rules]
        self.clauses: list[list[Clause]] = [self._clauses(tree) or [] for tree in self.trees]
        self.reference_of = np.array(self._reference_of, np.intp)
        """By atom: its reference."""
        self.matcher_of = np.array(self._matcher_of, np.intp)
        """By atom: its matcher within the group of its reference, or -1."""
        self.unbound = np.array(
            [isinstance(one, ir.Null) or one.field == ir.KEYWORD for one in self.atoms], bool
        )
        """By atom: whether it may hold though no column answers for its field."""
        self.witnesses = Witnesses(self.clauses)
        self.rules_by_logsource: dict[Logsource, list[int]] = {}
        for number, rule in enumerate(self.rules):
            self.rules_by_logsource.setdefault(rule.logsource, []).append(number)
        self.scanned_references = [self._references_scanned(tree) for tree in self.trees]
        """By rule: the references of all its atoms that look at text."""
        self.tables = self._tables()
        """By reference: matcher of its group → atom, or -1 where no rule asks that."""
        self.matchers = {group: list(matchers) for group, matchers in self.groups.items()}

    def atoms_of(self, rule: int) -> set[int]:
        """Every atom that a rule asks."""
        found: set[int] = set()
        trees = [self.trees[rule]]
        while trees:
            tree = trees.pop()
            if isinstance(tree, int):
                found.add(tree)
            elif isinstance(tree, Inverse):
                trees.append(tree.part)
            else:
                found.update(tree.atoms.tolist())
                trees.extend(tree.others)
        return found

    def _references_scanned(self, tree: Tree) -> frozenset[int]:
        if isinstance(tree, int):
            return frozenset((int(self.reference_of[tree]),) if self.matcher_of[tree] >= 0 else ())
        if isinstance(tree, Inverse):
            return self._references_scanned(tree.part)
        asked = tree.atoms[self.matcher_of[tree.atoms] >= 0]
        inner = [self._references_scanned(part) for part in tree.others]
        return frozenset(self.reference_of[asked].tolist()).union(*inner)

    def _tables(self) -> list[NDArray[np.int32]]:
        sizes = [len(self.groups.get(one.group, ())) for one in self.references]
        tables = [np.full(size, -1, np.int32) for size in sizes]
        for atom, (of, matcher) in enumerate(
            zip(self._reference_of, self._matcher_of, strict=True)
        ):
            if matcher >= 0:
                tables[of][matcher] = atom
        return tables

    def _tree(self, node: ir.Node) -> Tree:
        if isinstance(node, ir.Not):
            return Inverse(self._tree(node.arg))
        if isinstance(node, ir.And | ir.Or):
            parts = [self._tree(arg) for arg in node.args]
            atoms = np.array([part for part in parts if isinstance(part, int)], np.intp)
            others = tuple(part for part in parts if not isinstance(part, int))
            return (All if isinstance(node, ir.And) else Either)(atoms, others)
        return self._atom(node)

    def _atom(self, atom: ir.Atom) -> int:
        number = self._numbers.get(atom)
        if number is None:
            # atoms that differ only in how a pattern is written are one
            reference = self._reference(Reference(atom.field, atom.column))
            matcher = matcher_of(atom)
            key = atom if matcher is None else (reference, matcher)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = self._new_atom(atom, reference, matcher)
            self._numbers[atom] = number
        return number

    def _new_atom(self, atom: ir.Atom, reference: int, matcher: Matcher | None) -> int:
        self.atoms.append(atom)
        self._reference_of.append(reference)
        if matcher is None:
            self._matcher_of.append(-1)
        else:
            group = self.groups.setdefault(self.references[reference].group, {})
            self._matcher_of.append(group.setdefault(matcher, len(group)))
        return len(self.atoms) - 1

    def _reference(self, reference: Reference) -> int:
        number = self._reference_numbers.get(reference)
        if number is None:
            number = self._reference_numbers[reference] = len(self.references)
            self.references.append(reference)
        return number

    def _clauses(self, tree: Tree) -> list[Clause] | None:
        """Clauses that the tree implies; None where it implies nothing positive."""
        if isinstance(tree, int):
            return None if isinstance(self.atoms[tree], ir.Null) else [frozenset((tree,))]
        if isinstance(tree, Inverse):
            return None  # a negation holds for events that have nothing of what is asked
        parts: list[Tree] = [*tree.atoms.tolist(), *tree.others]
        if isinstance(tree, All):
            found = [clause for part in parts for clause in self._clauses(part) or ()]
            return found or None
        return self._shared_clause(parts)

    def _shared_clause(self, parts: list[Tree]) -> list[Clause] | None:
        """One clause for an alternative: the narrowest of every branch, together."""
        merged: set[int] = set()
        for part in parts:
            clauses = self._clauses(part)
            if clauses is None:
                return None
            narrowest: Clause = min(clauses, key=self._breadth)
            merged |= narrowest
        return [frozenset(merged)] if len(merged) <= MOST_CLAUSE_ATOMS else None

    def _breadth(self, clause: Clause) -> float:
        """The smaller, the rarer a clause is likely to hold: long literals beat short ones."""
        return sum(2.0 ** -min(self._rarity(atom), 30) for atom in clause)

    def _rarity(self, number: int) -> int:
        atom = self.atoms[number]
        if isinstance(atom, ir.Text):
            return len(atom.value)
        return {ir.Regex: 6, ir.Number: 3, ir.Cidr: 4}.get(type(atom), 0)


class Witnesses:
    """The clauses of all rules laid end to end, so that one pass over numbers judges all."""

    def __init__(self, clauses: Sequence[Sequence[Clause]]) -> None:
        atoms: list[int] = []
        clause_starts: list[int] = []
        rule_starts: list[int] = []
        for of_rule in clauses:
            if of_rule:
                rule_starts.append(len(clause_starts))
            for clause in of_rule:
                clause_starts.append(len(atoms))
                atoms.extend(clause)
        self._with = np.array([bool(of_rule) for of_rule in clauses], bool)
        self._atoms = np.array(atoms, np.intp)
        self._clause_starts = np.array(clause_starts, np.intp)
        self._rule_starts = np.array(rule_starts, np.intp)

    def standing(self, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """By rule: whether each of its clauses has an atom that is present."""
        standing = ~self._with
        if len(self._atoms):
            clause = np.logical_or.reduceat(present[self._atoms], self._clause_starts)
            standing[self._with] = np.logical_and.reduceat(clause, self._rule_starts)
        return standing
