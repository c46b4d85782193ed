"""Duties for their pages: the RACI table with its gaps, rounds of review, bottlenecks in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shangdun.console.response.figures import span_words
from shangdun.govern.communication.bottlenecks import (
    Bottleneck,
    Kind,
    Standing,
    Work,
    bottlenecks,
    standings,
)
from shangdun.govern.communication.raci import Gap, Letter, Wrong
from shangdun.records.actor import Actor
from shangdun.records.duties import Collaboration, collaboration, gaps_of
from shangdun.records.models import PlanGroup, RaciDuty, User

OWN_WORDS: dict[str, Promise] = {
    "raci": pgettext_lazy("raci", "Duty"),
    "group": gettext_lazy("Group across teams"),
    "post": gettext_lazy("Seat in the response"),
    "task": gettext_lazy("Task of the plan"),
}
LETTER_WORDS: dict[str, Promise] = {
    "R": pgettext_lazy("raci", "does it"),
    "A": pgettext_lazy("raci", "answers for it"),
    "C": pgettext_lazy("raci", "is asked before"),
    "I": pgettext_lazy("raci", "is told after"),
    "deputy": pgettext_lazy("raci", "stands in"),
}


@dataclass(frozen=True)
class Person:
    """Somebody in a cell of the table."""

    name: str
    empty: bool
    gone: bool


@dataclass(frozen=True)
class Line:
    """One duty with the people of each letter, and what is wrong with it."""

    duty: RaciDuty
    cells: list[list[Person]]
    wrong: list[str]


def named(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""


def table(duties: Iterable[RaciDuty]) -> tuple[list[Line], list[str], int]:
    """The lines, sentences about who has too much, and how many gaps there are."""
    rows = list(duties)
    found = gaps_of(rows)
    people = _people(rows)
    by_duty: dict[int, list[str]] = {}
    for gap in found:
        if gap.duty is not None:
            by_duty.setdefault(gap.duty, []).append(gap_words(gap, people))
    lines = [Line(row, _cells(row), by_duty.get(row.pk, [])) for row in rows]
    heavy = [gap_words(gap, people) for gap in found if gap.wrong is Wrong.OVERLOAD]
    return lines, heavy, len(found)


def _people(rows: Iterable[RaciDuty]) -> dict[int, str]:
    return {
        one.person_id: named(one.person)
        for row in rows
        for one in row.assignments.all()
        if one.person_id is not None
    }


def _cells(duty: RaciDuty) -> list[list[Person]]:
    return [
        list(dict.fromkeys(  # once, whatever number of posts she holds
            Person(
                named(one.person) or one.office,
                empty=one.person_id is None,
                gone=one.person is not None and not one.person.is_active,
            )
            for one in duty.assignments.all()
            if one.letter == letter.value
        ))
        for letter in (
            Letter.ACCOUNTABLE, Letter.RESPONSIBLE, Letter.CONSULTED, Letter.INFORMED,
        )
    ]  # fmt: skip


def gap_words(gap: Gap, people: Mapping[int, str]) -> str:
    """What is wrong, in a sentence."""
    who = people.get(gap.person or 0, "")
    match gap.wrong:
        case Wrong.NO_ACCOUNTABLE:
            return _("Nobody answers for it.")
        case Wrong.MANY_ACCOUNTABLE:
            return _("%(n)d people answer for it: one must.") % {"n": gap.count}
        case Wrong.NO_RESPONSIBLE:
            return _("Nobody does it.")
        case Wrong.EMPTY_OFFICE:
            return _("Nobody holds “%(office)s”.") % {"office": gap.office}
        case Wrong.GONE:
            return _("%(who)s is not here any more.") % {"who": who}
        case Wrong.OVERLOAD:
            return _("%(who)s does or answers for %(n)d duties: share them out.") % {
                "who": who,
                "n": gap.count,
            }


def together(
    actor: Actor, since: date, until: date, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """How people worked together, for ``duties/together.html``."""
    found: Collaboration = collaboration(actor, since, until, now, zone)
    kinds: tuple[tuple[str, list[Work], bool], ...] = (
        (_("Tasks of responses, by group"), found.tasks, True),
        (_("Subtasks of the plan, by owner"), found.plan, False),
        (_("Communication, by owner"), found.told, False),
    )
    return {
        "since": since,
        "until": until,
        "tables": [
            {"title": title, "rows": [_row(one, groups=groups) for one in standings(work)[:20]]}
            for title, work, groups in kinds
            if work
        ],
        "bottlenecks": [
            _stuck(title, one, groups=groups)
            for title, work, groups in kinds
            for one in bottlenecks(work)
        ],
    }


def _row(one: Standing, *, groups: bool) -> dict[str, Any]:
    return {
        "who": _who(one.who, groups=groups),
        "due": one.due,
        "late": one.late,
        "wait": span_words(one.wait) if one.waits_known else "",
    }


def _stuck(title: str, one: Bottleneck, *, groups: bool) -> str:
    who = _who(one.who, groups=groups)
    if one.kind is Kind.LATE:
        words = {"title": title, "who": who, "late": one.count, "due": one.of}
        return _("%(title)s: %(who)s was late in %(late)d of %(due)d.") % words
    words = {"title": title, "who": who, "wait": span_words(one.wait),
             "usual": span_words(one.usual)}  # fmt: skip
    return _("%(title)s: %(who)s begins after %(wait)s, the others after %(usual)s.") % words


def _who(name: str, *, groups: bool) -> str:
    if groups and name in PlanGroup.values:
        return str(PlanGroup(name).label)
    return name or _("nobody")
