"""What management's page shows, gathered once for the page and its paper, in few queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, Min, QuerySet, Value
from django.db.models.functions import Cast

from shangdun.records.access import real_incidents, require
from shangdun.records.actor import Actor
from shangdun.records.clocks import PRESSING, visible_clocks
from shangdun.records.drills import duties_of
from shangdun.records.measures import Measured, current
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    ActionItem,
    ActionItemState,
    Asking,
    AskingState,
    Clock,
    Decision,
    DecisionState,
    DocumentState,
    DocumentVersion,
    Improvement,
    ImprovementState,
    Incident,
    IncidentState,
    LawReview,
    Notice,
    NoticeState,
    Programme,
    ProgrammeState,
    ReportRun,
    Review,
    ReviewState,
    RiskAcceptance,
    Survey,
    SurveyState,
    Vulnerability,
    VulnerabilityState,
)
from shangdun.records.money import Money, money_of
from shangdun.records.programmes import Standing as PlanStanding
from shangdun.records.programmes import standing, visible_programmes
from shangdun.records.risks import Standing as RiskStanding
from shangdun.records.risks import current_matrix, leaves, standings, worst_first
from shangdun.records.roles import Capability

EXPIRES = timedelta(days=30)
"""So long before it runs out an acceptance is decided on again."""
RISKS, INCIDENTS, CLOCKS = 5, 5, 5
DECIDE = (
    "asking", "notice", "document", "review", "decision", "acceptance", "untreated", "budget",
)  # fmt: skip
OVERDUE = (
    "clock", "drill", "report", "action", "improvement", "vulnerability", "law",
    "survey",
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """So many of one kind; ``first`` is the number of the first one, or of its incident."""

    kind: str
    count: int
    first: int | None = None


@dataclass(frozen=True)
class Picture:
    """Where everything stands at a moment."""

    at: datetime
    decide: tuple[Waiting, ...]
    """What needs a decision of management."""
    overdue: tuple[Waiting, ...]
    """What others should have done by now."""
    plan: PlanStanding | None
    others: tuple[Programme, ...]
    """Further programmes that run."""
    risks: tuple[RiskStanding, ...]
    rated: int
    """Risks of the register that somebody rated."""
    too_high: int
    """Of them above the acceptable level and not borne by anybody."""
    incidents: tuple[Incident, ...]
    """Open ones, the gravest first."""
    open_incidents: int
    clocks: tuple[Clock, ...]
    """Running, the most urgent first."""
    open_clocks: int
    late_clocks: int
    measures: tuple[Measured, ...]
    money: Money | None
    """Of the same plan; without lines where nobody has budgeted yet."""
    currency: str
    """Of the risks' figures."""


def picture(actor: Actor, now: datetime, measures: tuple[Measured, ...] | None = None) -> Picture:
    """All of it. Raises ``NotAllowed`` for whom the page is not for.

    ``measures`` may be those of some minutes ago: they are the same for everybody.
    """
    require(actor, Capability.VIEW_MANAGEMENT)
    today = now.astimezone(console_zone()).date()
    rows = leaves(standings(actor))
    rated = worst_first(one for one in rows if one.now is not None)
    clocks = list(visible_clocks(actor).filter(PRESSING).order_by(F("due_at").asc(nulls_last=True)))
    late = [one for one in clocks if one.due_at is not None and one.due_at < now]
    incidents = list(
        real_incidents(actor)
        .filter(merged_into=None)
        .exclude(state=IncidentState.CLOSED)
        .order_by("-grade", "reported_at")
    )
    programmes = list(visible_programmes(actor).order_by("-number"))
    running = _running(programmes)
    untreated = sum(one.untreated for one in rows)
    counts = {one.kind: one for one in _counts(now, today)}
    counts["untreated"] = Waiting("untreated", untreated)
    money = money_of(actor, running[0]) if running else None
    overdrawn = len(money.overdrawn) if money else 0
    counts["budget"] = Waiting("budget", overdrawn, running[0].number if running else None)
    counts["clock"] = Waiting("clock", len(late))
    counts["drill"] = Waiting("drill", _missed_drills(programmes, today))
    return Picture(
        at=now,
        decide=_some(counts, DECIDE),
        overdue=_some(counts, OVERDUE),
        plan=standing(running[0], today) if running else None,
        others=tuple(running[1:]),
        risks=tuple(rated[:RISKS]),
        rated=len(rated),
        too_high=sum(
            one.now is not None and one.now.level > one.acceptable and one.acceptance is None
            for one in rated
        ),
        incidents=tuple(incidents[:INCIDENTS]),
        open_incidents=len(incidents),
        clocks=tuple(clocks[:CLOCKS]),
        open_clocks=len(clocks),
        late_clocks=len(late),
        measures=tuple(current(now)) if measures is None else measures,
        money=money,
        currency=current_matrix().currency,
    )


def _some(counts: dict[str, Waiting], kinds: tuple[str, ...]) -> tuple[Waiting, ...]:
    return tuple(counts[kind] for kind in kinds if kind in counts and counts[kind].count)


def _running(programmes: list[Programme]) -> list[Programme]:
    """The approved ones, the newest first; before any is approved, those being planned."""
    rows = [row for row in programmes if row.state != ProgrammeState.CLOSED]
    approved = [row for row in rows if row.state == ProgrammeState.APPROVED]
    return approved or rows


def _missed_drills(programmes: list[Programme], today: date) -> int:
    """Drills that the year asked for since the first plan began, and that nobody held."""
    zone = console_zone()
    known = duties_of(today.year, zone)
    if today.month <= 3:  # the last one of the old year was due just now
        known = (*known, *duties_of(today.year - 1, zone)[-1:])
    began = min((row.starts_on for row in programmes), default=today)
    return sum(one.overdue(today) and one.ends >= began for one in known)


def _counts(now: datetime, today: date) -> Iterator[Waiting]:
    """Every count in one query."""
    legs = [_leg(kind, rows, first) for kind, (rows, first) in _asked(now, today).items()]
    for kind, count, first in legs[0].union(*legs[1:], all=True):
        yield Waiting(kind, count, first)


def _leg(kind: str, rows: QuerySet[Any], first: str) -> QuerySet[Any, Any]:
    number = Min(Cast(F(first), IntegerField())) if first else Value(None, IntegerField())
    named = rows.order_by().annotate(waits=Value(kind)).values("waits")
    counted: QuerySet[Any, Any] = named.annotate(n=Count("pk"), nr=number)
    return counted.values_list("waits", "n", "nr")


def _asked(now: datetime, today: date) -> dict[str, tuple[QuerySet[Any], str]]:
    """Kind → its rows, and where the number of the first is found."""
    del now
    acts = ImprovementState.OPEN, ImprovementState.DONE
    return {
        "asking": (
            Asking.objects.filter(state=AskingState.WAITING, incident__drill=None),
            "incident__number",
        ),
        "notice": (
            Notice.objects.filter(state=NoticeState.LEGAL, incident__drill=None),
            "incident__number",
        ),
        "document": (
            DocumentVersion.objects.filter(state=DocumentState.REVIEW), "document__number",
        ),
        "review": (
            Review.objects.filter(state=ReviewState.SUBMITTED, incident__drill=None),
            "incident__number",
        ),
        "decision": (Decision.objects.filter(state=DecisionState.PROPOSED), ""),
        "acceptance": (
            RiskAcceptance.objects.filter(ended_at=None, expires_on__lte=today + EXPIRES), "",
        ),
        "action": (
            ActionItem.objects.filter(state=ActionItemState.OPEN, due__lt=today), "",
        ),
        "improvement": (Improvement.objects.filter(state__in=acts, due__lt=today), ""),
        "vulnerability": (
            Vulnerability.objects.filter(state=VulnerabilityState.OPEN, due__lt=today), "",
        ),
        "report": (ReportRun.objects.filter(sent_at=None, last__lt=today), "number"),
        "law": (LawReview.objects.filter(done_at=None, due_on__lt=today), ""),
        "survey": (
            Survey.objects.filter(
                state=SurveyState.DRAFT, archived_at=None, opens_on__lt=today
            ),
            "number",
        ),
    }  # fmt: skip
