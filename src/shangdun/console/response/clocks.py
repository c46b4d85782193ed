"""Reporting clocks as pages show them: what is left, what brings each, what would change them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.actions.clocks.rewind import came_to_nothing, frozen
from shangdun.console.wordings.clocks import language, leaf_words, missing_words
from shangdun.records.clocks import (
    PRESSING,
    clocks_of,
    handling_ended,
    operator,
    running_clocks,
    visible_clocks,
)
from shangdun.records.facts import facts_of
from shangdun.records.models import Clock, ClockState, Incident, User
from shangdun.records.roles import Capability
from shangdun.respond.facts import Facts
from shangdun.respond.regulators.clocks import clocks, what_if
from shangdun.respond.regulators.law import Certainty, Duty

ORDER = (
    ClockState.MISSED,
    ClockState.RUNNING,
    ClockState.MAY_APPLY,
    ClockState.WAITING,
    ClockState.MET,
    ClockState.WITHDRAWN,
)
SOON = 80
SHOWN_WAYS = 3


@dataclass(frozen=True)
class Shown:
    """One clock: its words in the page's language and how it stands this moment."""

    row: Clock
    state: str
    look: str
    law: str
    article: str
    duty: str
    to: str
    note: str
    penalty: str
    source: str
    confirm: bool
    because: list[str]
    missing: list[str]
    left: str
    gone: int
    overdue: bool
    late_known: bool
    """It was over before the fact that brings it became known."""
    on_record: bool
    """Whether it is on record: one that only may apply, before facts were stated, is not yet."""

    @property
    def open(self) -> bool:
        return self.look in {"bad", "warn", "own"}


@dataclass(frozen=True)
class Would:
    """A duty that facts would bring."""

    duty: str
    to: str
    law: str
    within: str
    ways: list[str]


def clocks_shown(incident: Incident, now: datetime | None = None) -> list[Shown]:
    """Every clock of an incident, the most urgent first; before facts, what may apply."""
    now = now or timezone.now()
    rows = clocks_of(incident)
    if not rows and not came_to_nothing(incident):
        rows = list(_not_recorded(incident, facts_of(incident), now))
    shown = [show(row, now) for row in rows]
    return sorted(shown, key=lambda one: ORDER.index(ClockState(one.row.state)))


def _not_recorded(incident: Incident, facts: Facts, now: datetime) -> Iterable[Clock]:
    ended = handling_ended(incident)
    company = operator()
    for due in clocks(facts, company, incident.type, incident.grade, now, handling_ended=ended):
        applies = ClockState.RUNNING if due.started_at else ClockState.WAITING
        yield Clock(
            incident=incident,
            duty=due.duty.uid,
            duty_version=due.duty.version,
            frozen=frozen(due.duty),
            state=applies if due.applies else ClockState.MAY_APPLY,
            started_at=due.started_at,
            due_at=due.due_at,
            because=[str(leaf) for leaf in due.because],
            missing=list(due.missing),
        )


def show(row: Clock, now: datetime) -> Shown:
    """One clock as it stands now."""
    words = {part: row.words(part, language()) for part in _WORDS}
    running = row.state in {ClockState.RUNNING, ClockState.MISSED} and row.met_at is None
    overdue = running and row.due_at is not None and now > row.due_at
    gone = _gone(row, now) if running else 0
    return Shown(
        row=row,
        state=_state(row, overdue=overdue),
        look=_look(row, gone, overdue=overdue),
        source=str(row.frozen.get("source", "")),
        confirm=row.frozen.get("certainty") != Certainty.VERIFIED.value,
        because=[leaf_words(text) for text in row.because],
        missing=[missing_words(name) for name in row.missing],
        left=_left(row, now) if running else "",
        gone=gone,
        overdue=overdue,
        late_known=bool(row.due_at and row.applies_since and row.applies_since > row.due_at),
        on_record=row.pk is not None,
        **words,
    )


_WORDS = ("law", "article", "duty", "to", "note", "penalty")


def _gone(row: Clock, now: datetime) -> int:
    """Per cent of the time allowed, at most 100."""
    if row.started_at is None or row.due_at is None:
        return 0
    allowed = (row.due_at - row.started_at).total_seconds()
    return min(100, max(0, int((now - row.started_at).total_seconds() * 100 / max(allowed, 1))))


def _state(row: Clock, *, overdue: bool) -> str:
    if row.state == ClockState.MISSED and row.met_at:
        return _("Reported late")
    return _("Overdue") if overdue else str(ClockState(row.state).label)


def _look(row: Clock, gone: int, *, overdue: bool) -> str:
    if overdue or row.state == ClockState.MISSED:
        return "bad" if row.met_at is None else "warn-done"
    if row.state == ClockState.RUNNING:
        return "warn" if gone >= SOON else "own"
    return {ClockState.MET: "good", ClockState.MAY_APPLY: "note"}.get(ClockState(row.state), "")


def _left(row: Clock, now: datetime) -> str:
    """How much is left, or over; since when it waits where the law names no hours."""
    if row.due_at is None:
        since = spoken(int((now - row.started_at).total_seconds())) if row.started_at else ""
        return _("for %(span)s") % {"span": since}
    seconds = int((row.due_at - now).total_seconds())
    if seconds < 0:
        return _("%(span)s over") % {"span": spoken(-seconds)}
    return _("%(span)s left") % {"span": spoken(seconds)}


def spoken(seconds: int) -> str:
    """A span in its two largest units."""
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = []
    if days:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    if hours:
        parts.append(_("%(n)s h") % {"n": hours})
    if not days and (minutes or not parts):
        parts.append(_("%(n)s min") % {"n": minutes})
    return " ".join(parts)


def would_apply(incident: Incident) -> list[Would]:
    """Which duties a change of facts would bring, and what change."""
    if came_to_nothing(incident):
        return []
    found = what_if(facts_of(incident), operator(), incident.type, incident.grade)
    return [
        Would(
            duty=one.duty.duty[language()],
            to=one.duty.to[language()],
            law=f"{one.duty.law[language()]} {one.duty.article[language()]}",
            within=within_words(one.duty),
            ways=[_(" and ").join(map(leaf_words, way)) for way in one.ways[:SHOWN_WAYS]],
        )
        for one in found
    ]


def within_words(duty: Duty) -> str:
    """How much time the law gives."""
    if duty.within is None:
        return _("without delay")
    return _("within %(span)s") % {"span": spoken(int(duty.within.total_seconds()))}


def most_urgent(incident: Incident) -> dict[str, Any]:
    """For ``clocks/running.html``: the clock that asks first, and how many more do."""
    now = timezone.now()
    rows = running_clocks(incident)
    return {"urgent_clock": show(rows[0], now) if rows else None, "clocks_more": len(rows) - 1}


def urgent_everywhere(user: User, most: int = 3) -> list[Shown]:
    """For ``clocks/card.html``: the clocks of all real incidents that ask first."""
    if not user.can(Capability.VIEW_INCIDENTS):
        return []
    rows = visible_clocks(user).filter(PRESSING).order_by(F("due_at").asc(nulls_last=True), "pk")
    now = timezone.now()
    return [show(row, now) for row in rows[:most]]
