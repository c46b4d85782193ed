"""The coverage matrices as pages show them: names in the page's language, cells by tactic."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language

from shangdun.console.rulebook import RULEBOOK
from shangdun.detect.coverage import ATTACK_TACTICS, Covered, Feed, coverage, feeds_of
from shangdun.lake.health import read_health
from shangdun.records.access import visible_rule_settings
from shangdun.records.actor import Actor


@dataclass
class Cell:
    """One technique or threat."""

    covered: Covered
    name: str

    @property
    def key(self) -> str:
        return self.covered.key


@dataclass
class Column:
    """One tactic with its techniques."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    watched: int = 0


@dataclass
class Matrices:
    """Both matrices, and how much of them is watched."""

    tactics: list[Column]
    threats: list[Cell]
    feeds: list[Feed]
    by_key: dict[str, Cell]

    def counts(self, kind: str) -> dict[str, int]:
        states = [one.covered.state for one in self.by_key.values() if one.covered.kind == kind]
        return {state: states.count(state) for state in ("watched", "blind", "off", "none")}


def matrices(actor: Actor) -> Matrices:
    """What rules that are on watch, by what arrived within a day."""
    off = set(visible_rule_settings(actor).filter(enabled=False).values_list("rule_uid", flat=True))
    feeds = arriving()
    chinese = (get_language() or "").startswith("zh")
    cells = [
        Cell(one, (one.name_zh if chinese else one.name) or one.key)
        for one in coverage(RULEBOOK.ruleset().every(), feeds=feeds, off=off)
    ]
    columns = {key: Column(zh if chinese else name) for key, (name, zh) in ATTACK_TACTICS.items()}
    for cell in cells:
        for tactic in cell.covered.tactics if cell.covered.kind == "technique" else ():
            columns[tactic].cells.append(cell)
            columns[tactic].watched += cell.covered.state == "watched"
    for column in columns.values():
        column.cells.sort(key=lambda cell: (_ORDER[cell.covered.state], cell.key))
    return Matrices(
        tactics=[column for column in columns.values() if column.cells],
        threats=[cell for cell in cells if cell.covered.kind == "threat"],
        feeds=feeds,
        by_key={cell.key: cell for cell in cells if cell.covered.kind != "tactic"},
    )


def arriving() -> list[Feed]:
    """What log sources there were events of within a day, by source."""
    health = read_health(settings.HOME)
    if health is None:
        return []
    seen = {one.name: one.log_sources for one in health.sources}
    return feeds_of(seen, int(time.time() * 1000))


_ORDER = {"watched": 0, "blind": 1, "off": 2, "none": 3}
