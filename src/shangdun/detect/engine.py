"""The detection engine: frames of events in, matches of rules out.

Per batch and column, values are numbered; one Hyperscan pass over the values that are new tells
which patterns occur; rules without a witness in the batch are passed over, and the rest is
boolean algebra over the rows that the rarest witness leaves. See docs/detection.md.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import polars as pl

from shangdun.detect import ir
from shangdun.detect.batch import Batch
from shangdun.detect.binding import ColumnKey, Lane, Shape
from shangdun.detect.column import Column, Rows
from shangdun.detect.costs import ColumnCost, Costs, RuleCost
from shangdun.detect.decode.columns import (
    COLUMNS,
    WHOLES,
    made_of,
    source_of,
    with_columns,
    with_decoded,
)
from shangdun.detect.dictionary import Dictionary
from shangdun.detect.explain import explain
from shangdun.detect.finding import Reason
from shangdun.detect.match import Match
from shangdun.detect.pipelines import keyword_columns
from shangdun.detect.plan import Plan
from shangdun.detect.routing import NAMED, ROUTING_COLUMNS, applies, lanes_of
from shangdun.detect.rule import Rule, RuleSet
from shangdun.detect.scanners import Scanners
from shangdun.lake.block import LINE, OFFSET, Logsource, Parsed

MOST_DICTIONARIES = 512
MOST_SHAPES = 128
OTHER = "\0other"
"""Stands for every product, category or service that no rule names."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Engine:
    """Evaluates the single-event rules of a set; holds no state that changes an answer."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.plan = Plan(ruleset.rules)
        self._scanners = Scanners(self.plan, key=ruleset.key, cache_dir=ruleset.cache_dir)
        self._costs = Costs(self.plan)
        self._named = [
            {getattr(rule.logsource, part).lower() for rule in ruleset.rules} | NAMED
            for part in Logsource._fields
        ]
        self._asked = {name for one in self.plan.references for name in one if name}
        self._measured = {
            one.column or one.field
            for one, matcher in zip(self.plan.atoms, self.plan.matcher_of.tolist(), strict=True)
            if matcher < 0
        } & set(COLUMNS)
        """Decoded columns that are asked more than what their text holds."""
        self._shapes: OrderedDict[frozenset[str], Shape] = OrderedDict()
        self._lanes: OrderedDict[tuple[frozenset[str], Logsource], Lane] = OrderedDict()
        self._dictionaries: OrderedDict[tuple[str, str, bool], Dictionary] = OrderedDict()

    @property
    def fields(self) -> frozenset[str] | None:
        """Columns that rules ask of events of any source; None: all (keyword rules)."""
        return self.fields_for(None)

    def fields_for(self, logsource: Logsource | None) -> frozenset[str] | None:
        """Columns to ask a parser for when it reads events of a log source (None: unknown)."""
        names = set(ROUTING_COLUMNS)
        for number, rule in enumerate(self.plan.rules):
            if logsource is not None and not applies(rule.logsource, logsource):
                continue
            for atom in self.plan.atoms_of(number):
                asked = self.plan.atoms[atom]
                if asked.field == ir.KEYWORD:
                    covered = keyword_columns(logsource) if logsource else None
                    if covered is None:
                        return None
                    names |= covered
                names |= {asked.field, asked.column}
                if isinstance(asked, ir.FieldRef):
                    names |= {asked.other, asked.other_column}
        return frozenset(map(source_of, names - {"", *WHOLES}))

    def evaluate(self, parsed: Parsed) -> list[Match]:
        """Every rule that holds in some row, with these rows; rules in the order of the set."""
        frame = parsed.events
        if not len(frame):
            return []
        routed = lanes_of(parsed)
        columns = frozenset(self._asked.intersection([*frame.columns, *made_of(frame.columns)]))
        frame = with_columns(frame, self._measured)
        shape = self._shape(columns)
        lanes: dict[Logsource, Lane] = {}
        rows_of: dict[Logsource, Rows | None] = {}
        for number, logsource in enumerate(routed.logsources):
            known = self._known(logsource)
            lanes[known] = self._lane(shape, columns, known)
            if routed.of_row is None:
                rows_of[known] = None
            else:
                mine, before = np.flatnonzero(routed.of_row == number), rows_of.get(known)
                rows_of[known] = mine if before is None else np.union1d(before, mine)
        batch, references = self._read(shape, frame, lanes)
        present = batch.present(references)
        found: dict[int, list[Rows]] = {}
        for logsource, lane in lanes.items():
            for rule in lane.witnessed(present):
                begun = time.perf_counter_ns()
                rows = batch.rows_of(rule, rows_of[logsource])
                self._costs.note_rule(rule, time.perf_counter_ns() - begun, len(rows))
                if len(rows):
                    found.setdefault(rule, []).append(rows)
        return [
            Match(self.plan.rules[rule], _merged(parts)) for rule, parts in sorted(found.items())
        ]

    def explain(self, rule: Rule, row: dict[str, Any]) -> list[Reason]:
        """Why a rule holds in an event, given as a dict of its columns."""
        return explain(rule.condition, with_decoded(row))

    def costs(self) -> list[RuleCost]:
        """What every rule has cost since the engine was made, the most expensive first."""
        return self._costs.rules()

    def column_costs(self) -> list[ColumnCost]:
        """What reading every column has cost, for all rules together; the most expensive first."""
        return self._costs.columns()

    def _read(
        self, shape: Shape, frame: pl.DataFrame, lanes: dict[Logsource, Lane]
    ) -> tuple[Batch, list[int]]:
        references = sorted({number for lane in lanes.values() for number in lane.references})
        keys = dict.fromkeys(key for number in references if (key := shape.keys[number]))
        wanted: set[str] = set()
        for logsource, lane in lanes.items():
            if lane.keywords:
                wanted |= _keyword_columns_of(frame, logsource)
        for name in sorted(wanted - {name for name, _ in keys}):
            keys[name, ""] = None
        columns: dict[ColumnKey, Column] = {}
        keyword_columns_read: dict[str, Column] = {}
        for name, group in keys:
            first = name in wanted and name not in keyword_columns_read
            begun = time.perf_counter_ns()
            column = self._dictionary(name, group, keywords=first).encode(frame[source_of(name)])
            self._costs.note_column(name, time.perf_counter_ns() - begun, len(column.codes))
            columns[name, group] = column
            if first:
                keyword_columns_read[name] = column
        return Batch(shape, frame, columns, list(keyword_columns_read.values())), references

    def _known(self, logsource: Logsource) -> Logsource:
        """A log source with every name that no rule mentions made one: lanes stay few."""
        return Logsource(
            *(
                name.lower() if not name or name.lower() in named else OTHER
                for name, named in zip(logsource, self._named, strict=True)
            )
        )

    def _shape(self, columns: frozenset[str]) -> Shape:
        return _recent(
            self._shapes, columns, lambda: Shape(self.plan, self._scanners, columns), MOST_SHAPES
        )

    def _lane(self, shape: Shape, columns: frozenset[str], logsource: Logsource) -> Lane:
        key = (columns, logsource)
        return _recent(self._lanes, key, lambda: Lane(shape, logsource), MOST_SHAPES)

    def _dictionary(self, name: str, group: str, *, keywords: bool) -> Dictionary:
        return _recent(
            self._dictionaries,
            (name, group, keywords),
            lambda: Dictionary(group, self._scanners, keywords=keywords, decoded=COLUMNS.get(name)),
            MOST_DICTIONARIES,
        )


def _recent(kept: OrderedDict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    """The thing under a key, made if absent; the longest unused goes when there are too many."""
    found = kept.get(key)
    if found is None:
        found = kept[key] = make()
        if len(kept) > most:
            kept.popitem(last=False)
    else:
        kept.move_to_end(key)
    return found


def _merged(parts: list[Rows]) -> Rows:
    return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))


def _keyword_columns_of(frame: pl.DataFrame, logsource: Logsource) -> set[str]:
    covered = keyword_columns(logsource)
    texts = {name for name, dtype in frame.schema.items() if _holds_text(dtype)}
    texts -= {LINE, OFFSET}
    return texts if covered is None or not covered & texts else texts & covered


def _holds_text(dtype: pl.DataType) -> bool:
    while isinstance(dtype, pl.List | pl.Array):
        dtype = dtype.inner  # type: ignore[assignment]  # an instance wherever a frame has it
    return dtype == pl.String
