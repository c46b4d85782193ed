"""Drills as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from shangdun.actions.drills.marks import scores_of
from shangdun.console.wordings.drills import MARKS, chinese, expected_words
from shangdun.records.drills import incident_of
from shangdun.records.models import Drill, DrillScore, PlanGroup
from shangdun.respond.drill.scenario import Inject, scenarios
from shangdun.respond.drill.scoring import Mark, percent


@dataclass(frozen=True)
class Line:
    """One expected action: what, by whom, how it went."""

    what: str
    group: str
    target: int
    actual: float | None
    mark: str
    label: Promise
    measured: str
    row: DrillScore | None


@dataclass(frozen=True)
class Beat:
    """One inject on the drill's own time line."""

    minute: int
    title: str
    text: str
    groups: list[str]
    told: datetime | None
    expected_at: datetime | None


def lines_of(drill: Drill) -> list[Line]:
    """Measured live while it is on; as kept once it ended."""
    words = expected_words(drill.scenario)
    rows = list(drill.scores.select_related("by"))
    if rows and not drill.is_on:
        return [
            Line(
                words.get(row.key, row.key), row.get_group_display(), row.target,
                float(row.actual) if row.actual is not None else None,
                row.mark, MARKS[row.mark], row.measured, row,
            )
            for row in rows
        ]  # fmt: skip
    return [
        Line(
            words[one.key], str(PlanGroup(one.group.value).label), one.target, one.actual,
            one.mark.value, MARKS[one.mark], one.mark.value, None,
        )
        for one in scores_of(drill)
    ]  # fmt: skip


def percent_of(lines: list[Line]) -> int | None:
    """One number for all marks."""
    return percent(Mark(line.mark) for line in lines)


def beats_of(drill: Drill) -> list[Beat]:
    """Every inject, told or to come."""
    told = dict(drill.injects.values_list("key", "told_at"))
    clock = drill.clock()
    return [
        _beat(one, told.get(one.key), clock.moment(one.at) if clock and drill.is_on else None)
        for one in scenarios()[drill.scenario].injects
    ]


def _beat(inject: Inject, told: datetime | None, expected_at: datetime | None) -> Beat:
    words = inject.zh if chinese() else inject.en
    groups = [str(PlanGroup(group.value).label) for group in inject.groups]
    return Beat(inject.at, words.title, words.text, groups, told, None if told else expected_at)


def state_of(drill: Drill, now: datetime) -> dict[str, Any]:
    """What renews itself on the page of a drill."""
    clock = drill.clock()
    lines = lines_of(drill) if drill.began_at else []
    return {
        "drill": drill,
        "incident": incident_of(drill),
        "minute": int(clock.minutes(now)) if clock else None,
        "length": scenarios()[drill.scenario].minutes,
        "lines": lines,
        "percent": percent_of(lines),
        "beats": beats_of(drill),
    }
