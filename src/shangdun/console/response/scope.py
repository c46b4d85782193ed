"""What the scope page shows: how many, from where, how sure, and what was wrong with rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from shangdun.console.problems import PROBLEMS
from shangdun.console.wordings import problem_words
from shangdun.console.wordings.affected import FIELD_WORDS, ROW_PROBLEMS
from shangdun.console.wordings.facts import KINDS
from shangdun.records.affected import Scope, scope_of
from shangdun.records.affected_upload import chunks
from shangdun.records.facts import facts_of
from shangdun.records.models import AffectedList, Incident, ListState
from shangdun.respond.affected.columns import Field, Layout, guess
from shangdun.respond.affected.table import rows_in
from shangdun.respond.facts import DataKind

SAMPLE = 12
PROBLEMS_SHOWN = 50
LIVING = (ListState.DONE, ListState.READING, ListState.STOPPED, ListState.ERASED)


@dataclass(frozen=True)
class Shown:
    """One list of the page."""

    row: AffectedList
    kinds: list[str]
    percent: int
    error: str
    problems: list[dict[str, Any]]


def shown(row: AffectedList) -> Shown:
    """A list with its words."""
    code, _, where = row.error.partition(" ")
    words = problem_words().get(code, PROBLEMS.get(code, code))
    problems = [
        {
            "row": one["row"],
            "field": FIELD_WORDS[Field(one["field"])] if one["field"] else "",
            "text": ROW_PROBLEMS.get(str(one["code"]), one["code"]),
        }
        for one in row.problems[:PROBLEMS_SHOWN]
    ]
    return Shown(
        row=row,
        kinds=[str(KINDS[DataKind(kind)]) for kind in row.data_kinds],
        percent=min(99, round(100 * row.done_bytes / row.size)) if row.size else 0,
        error=f"{words} {where}".strip() if row.error else "",
        problems=problems,
    )


def scope_context(incident: Incident, lists: list[AffectedList]) -> dict[str, Any]:
    """Figures and lists."""
    scope = scope_of(incident)
    facts = facts_of(incident)
    kinds = {kind for row in lists if row.state in LIVING for kind in row.data_kinds}
    differs = scope.people != (facts.people or 0) or not kinds <= {
        k.value for k in facts.data_kinds
    }
    return {
        "scope": scope,
        "lists": [shown(row) for row in lists],
        "kinds": [KINDS[kind] for kind in DataKind if kind.value in kinds],
        "stated": facts.people,
        "state_link": _state_link(incident, scope, sorted(kinds))
        if scope.people and differs
        else "",
        "running": any(row.running for row in lists),
    }


def _state_link(incident: Incident, scope: Scope, kinds: list[str]) -> str:
    """The facts form with what the lists add up to filled in."""
    values: dict[str, Any] = {"people": scope.people, "personal_data": "yes"}
    values |= {"data_kinds": kinds} if kinds else {}
    return f"{reverse('incident_facts', args=[incident.number])}?{urlencode(values, doseq=True)}"


def first_rows(token: str) -> tuple[list[list[str]], Layout]:
    """The first rows of an upload and what its columns seem to hold. Raises ``ParseError``."""
    rows = [cells for _, cells in islice(rows_in(chunks(token)), SAMPLE)]
    return rows, guess(rows)


def masked(cell: str) -> str:
    """Enough of a cell to know what its column holds, not whom it names."""
    cell = cell.strip()
    if "@" in cell:
        local, _, domain = cell.partition("@")
        return f"{local[:1]}•••@{domain[:30]}"
    if len(cell) <= 2:
        return cell[:1] + "•" * (len(cell) - 1)
    return f"{cell[:2]}•••{cell[-1:]}"
