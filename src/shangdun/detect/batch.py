"""Rules over one batch: boolean algebra on the rows that a rule's rarest witness leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.detect import ir
from shangdun.detect.binding import ColumnKey, Shape
from shangdun.detect.column import Column, Mask, Rows, elements_of, texts_of
from shangdun.detect.field_ref import refers_by_row
from shangdun.detect.plan import All, Either, Inverse, Tree
from shangdun.detect.scan import Hits
from shangdun.detect.value import networks_test, refers, text_test

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "lt": np.less,
    "lte": np.less_equal,
    "gt": np.greater,
    "gte": np.greater_equal,
}
NO_ROWS: Rows = np.zeros(0, np.int64)


class Batch:
    """A frame whose columns were numbered and scanned."""

    def __init__(
        self,
        shape: Shape,
        frame: pl.DataFrame,
        columns: dict[ColumnKey, Column],
        keyword_columns: Sequence[Column],
    ) -> None:
        self._plan = shape.plan
        self._shape = shape
        self._frame = frame
        self._columns = columns
        self._keyword_columns = keyword_columns
        self._filled: dict[str, Mask] = {}

    def present(self, references: Sequence[int]) -> NDArray[np.bool_]:
        """By atom: whether it may hold in some row."""
        present = self._shape.base.copy()
        for number in references:
            key = self._shape.keys[number]
            if key is not None:
                column = self._columns[key]
                _mark(present, self._plan.tables[number], column.hits, column.scanned)
        for number, reference in enumerate(self._plan.references):
            if reference.field == ir.KEYWORD:
                table = self._plan.tables[number]
                for column in self._keyword_columns:
                    _mark(present, table, column.keyword_hits, column.keyword_scanned)
        self._present = present
        return present

    def rows_of(self, rule: int, rows: Rows | None) -> Rows:
        """The rows, ascending, in which a rule holds, of those given (None: all)."""
        tree = self._plan.trees[rule]
        candidates = self._candidates(rule)
        if candidates is None:
            candidates = np.arange(len(self._frame)) if rows is None else rows
        elif rows is not None:
            candidates = np.intersect1d(candidates, rows, assume_unique=True)
        if not len(candidates):
            return candidates
        return candidates[self._holds(tree, candidates)]

    # witnesses

    def _candidates(self, rule: int) -> Rows | None:
        """Rows left by the rarest clause; None where scanned columns decide no clause."""
        alone: dict[ColumnKey, Mask] = {}
        shared: list[list[tuple[ColumnKey, Mask]]] = []
        for clause in self._shape.decided(rule):
            parts = [(key, self._mask_of(key, atoms)) for key, atoms in clause]
            masks = [(key, mask) for key, mask in parts if mask is not None]
            if len(masks) < len(parts):
                continue
            if len(masks) > 1:
                shared.append(masks)
            else:
                key, mask = masks[0]
                alone[key] = alone[key] & mask if key in alone else mask
        choices = [[(key, mask)] for key, mask in alone.items()] + shared
        if not choices:
            return None
        rarest = min(choices, key=self._breadth)
        if not self._breadth(rarest):
            return NO_ROWS
        rows = self._rows_in(rarest)
        for key, mask in alone.items():
            if rarest[0][1] is not mask:
                rows = rows[mask[self._columns[key].codes[rows]]]
        return rows

    def _mask_of(self, key: ColumnKey, atoms: NDArray[np.intp]) -> Mask | None:
        """By value: whether any of the atoms holds; None where the scan left one out."""
        column = self._columns.get(key)
        if column is None or column.row_of is not None or column.scanned is None:
            return None
        matchers = self._plan.matcher_of[atoms[self._present[atoms]]]
        if not column.scanned[matchers].all():
            return None
        return self._any_mask(matchers.tolist(), column)

    def _breadth(self, masks: list[tuple[ColumnKey, Mask]]) -> int:
        """At most how many rows are in any of the masks."""
        return sum(int(self._columns[key].counts[mask].sum()) for key, mask in masks)

    def _rows_in(self, masks: list[tuple[ColumnKey, Mask]]) -> Rows:
        key, mask = masks[0]
        inside = mask[self._columns[key].codes]
        for key, mask in masks[1:]:
            inside |= mask[self._columns[key].codes]
        return np.flatnonzero(inside)

    def _is_scanned(self, atom: int, column: Column) -> bool:
        matcher = self._plan.matcher_of[atom]
        return matcher >= 0 and column.scanned is not None and bool(column.scanned[matcher])

    def _any_mask(self, matchers: Sequence[int], column: Column) -> Mask:
        if len(matchers) == 1:
            return column.mask(matchers[0])
        mask = np.zeros(column.size + 1, bool)
        for matcher in matchers:
            mask |= column.mask(matcher)
        return mask

    # conditions

    def _holds(self, tree: Tree, rows: Rows) -> Mask:
        """For each of the rows, whether the tree holds."""
        if isinstance(tree, int):
            return self._atom(tree, rows)
        if isinstance(tree, Inverse):
            return ~self._holds(tree.part, rows)
        return self._all(tree, rows) if isinstance(tree, All) else self._either(tree, rows)

    def _all(self, tree: All, rows: Rows) -> Mask:
        answer = np.zeros(len(rows), bool)
        if not self._present[tree.atoms].all():
            return answer
        left = np.arange(len(rows))
        for part in [*tree.atoms.tolist(), *tree.others]:
            left = left[self._holds(part, rows[left])]
            if not len(left):
                return answer
        answer[left] = True
        return answer

    def _either(self, tree: Either, rows: Rows) -> Mask:
        answer = np.zeros(len(rows), bool)
        parts: list[Tree] = []
        by_column: dict[ColumnKey, list[int]] = {}
        for atom in tree.atoms[self._present[tree.atoms]].tolist():
            key = self._shape.keys[self._plan.reference_of[atom]]
            column = self._columns.get(key) if key is not None else None
            if key is not None and column is not None and self._is_scanned(atom, column):
                by_column.setdefault(key, []).append(int(self._plan.matcher_of[atom]))
            else:
                parts.append(atom)
        for key, matchers in by_column.items():
            column = self._columns[key]
            answer |= column.ask(self._any_mask(matchers, column), rows)
        parts = self._without_networks(parts, answer, rows)
        for part in [*parts, *tree.others]:
            left = np.flatnonzero(~answer)
            if not len(left):
                break
            answer[left] = self._holds(part, rows[left])
        return answer

    def _without_networks(self, parts: list[Tree], answer: Mask, rows: Rows) -> list[Tree]:
        """The parts that are left once all networks of a list were asked about together."""
        lists: dict[ColumnKey, list[ir.Cidr]] = {}
        rest: list[Tree] = []
        for part in parts:
            atom = self._plan.atoms[part] if isinstance(part, int) else None
            if isinstance(part, int) and isinstance(atom, ir.Cidr):
                key = self._shape.keys[self._plan.reference_of[part]]
                if key is not None:
                    lists.setdefault(key, []).append(atom)
            else:
                rest.append(part)
        for key, atoms in lists.items():
            left = np.flatnonzero(~answer)
            asked = tuple(atoms)
            answer[left] = self._column(key).test(asked, networks_test(asked), rows[left])
        return rest

    # atoms

    def _atom(self, number: int, rows: Rows) -> Mask:
        atom = self._plan.atoms[number]
        if not self._present[number]:
            return np.zeros(len(rows), bool)
        if atom.field == ir.KEYWORD:
            return self._keyword(number, rows)
        key = self._shape.keys[self._plan.reference_of[number]]
        if key is None:  # nothing can be said of a field that is not there but that it is not
            return np.full(len(rows), isinstance(atom, ir.Null))
        return self._bound(number, atom, key, rows)

    def _bound(self, number: int, atom: ir.Atom, key: ColumnKey, rows: Rows) -> Mask:
        name, group = key
        if isinstance(atom, ir.Exists):
            return self._is_filled(name, rows)
        if isinstance(atom, ir.Null | ir.Dash):
            meant = isinstance(atom, ir.Null) or name == atom.column
            return ~self._is_filled(name, rows) & meant
        if isinstance(atom, ir.FieldRef):
            return self._field_ref(atom, name, rows)
        if isinstance(atom, ir.Compare) and self._frame.schema[name].is_numeric():
            return self._compare(atom, name, rows)
        matcher, column = self._plan.matcher_of[number], self._column(key)
        if self._is_scanned(number, column):
            return column.ask(column.mask(matcher), rows)
        asked = atom if matcher < 0 else self._plan.matchers[group][matcher]
        return column.test(asked, text_test(asked), rows)

    def _compare(self, atom: ir.Compare, name: str, rows: Rows) -> Mask:
        numbers = self._frame[name].gather(rows).cast(pl.Float64).to_numpy()
        with np.errstate(invalid="ignore"):  # null is not a number and compares with none
            return np.asarray(_COMPARE[atom.operator](numbers, atom.value))

    def _keyword(self, number: int, rows: Rows) -> Mask:
        matcher = self._plan.matcher_of[number]
        answer = np.zeros(len(rows), bool)
        for column in self._keyword_columns:
            if column.keyword_scanned is not None and column.keyword_scanned[matcher]:
                if column.has_keyword(matcher):
                    answer |= column.ask(column.mask(matcher, keyword=True), rows)
            else:
                pattern = self._plan.matchers[""][matcher]
                answer |= column.test(pattern, text_test(pattern), rows)
        return answer

    def _column(self, key: ColumnKey) -> Column:
        """The column as it was scanned, or numbered now where nothing was to be scanned."""
        column = self._columns.get(key)
        if column is None:
            values, row_of = elements_of(self._frame[key[0]])
            column = self._columns[key] = Column.plain(texts_of(values))
            column.row_of, column.rows = row_of, len(self._frame)
        return column

    def _is_filled(self, name: str, rows: Rows) -> Mask:
        filled = self._filled.get(name)
        if filled is None:
            series = self._frame[name]
            if _is_list(series.dtype):
                filled = self._column((name, "\0filled")).filled(np.arange(len(series)))
            else:
                filled = series.is_not_null().to_numpy()
            self._filled[name] = filled
        return filled[rows]

    def _field_ref(self, atom: ir.FieldRef, name: str, rows: Rows) -> Mask:
        names = (one for one in (atom.other, atom.other_column) if one in self._frame.columns)
        other = next(names, None)
        if other is None:
            return np.zeros(len(rows), bool)
        if not any(_is_list(self._frame.schema[one]) for one in (name, other)):
            columns = (self._frame[one] for one in (name, other))
            if len(rows) < len(self._frame):
                columns = (column.gather(rows) for column in columns)
            return refers_by_row(atom.shape, *map(texts_of, columns))
        left, right = (self._value_lists(one, rows) for one in (name, other))
        pairs = zip(left, right, strict=True)
        return np.array(
            [any(refers(atom.shape, a, b) for a in mine for b in others) for mine, others in pairs],
            bool,
        )

    def _value_lists(self, name: str, rows: Rows) -> list[list[str]]:
        """The texts that each of the rows holds in a column."""
        column = self._column((name, "\0values"))
        place, codes = column.elements(rows)
        lists: list[list[str]] = [[] for _ in range(len(rows))]
        there = codes < column.size
        for at, text in zip(place[there].tolist(), column.texts(codes[there]), strict=True):
            lists[at].append(text)
        return lists


def _is_list(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.List | pl.Array)


def _mark(
    present: NDArray[np.bool_], table: NDArray[np.int32], hits: Hits, scanned: Mask | None
) -> None:
    """Note the atoms that hits, or what was not scanned for, may let hold."""
    atoms = table[np.unique(hits.matcher)]
    present[atoms[atoms >= 0]] = True
    if scanned is not None:
        unknown = table[~scanned]
        present[unknown[unknown >= 0]] = True
