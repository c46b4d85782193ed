"""Reports of the plan for their pages: where each stands, who got it, templates in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shangdun.actions.reports.draft import written
from shangdun.actions.reports.sections import Asked, sections
from shangdun.actions.reports.templates import FACTS, names
from shangdun.console.blocks import Shown, shown
from shangdun.console.wordings.meetings import PROBLEMS
from shangdun.govern.report_template import Problem, problems_of, read
from shangdun.papers.blocks import Block
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import read as read_markup
from shangdun.records.models import (
    Delivery,
    DeliveryState,
    InboxItem,
    ReportRun,
    ReportSending,
    ReportState,
    User,
)
from shangdun.records.plan_reports import sendings_of, states_of

LOOKS = {
    ReportState.DUE: "",
    ReportState.DRAFTED: "own",
    ReportState.APPROVED: "own",
    ReportState.SENT: "good",
    ReportState.MISSED: "bad",
}


@dataclass(frozen=True)
class Line:
    """One report of a list."""

    run: ReportRun
    state: ReportState
    look: str
    late: bool
    """Sent, but after its window."""


@dataclass(frozen=True)
class Proof:
    """One sending: to whom, who has opened it, how the messages outside fared."""

    sending: ReportSending
    people: list[tuple[User, datetime | None]]
    """With the moment at which the person read the message."""
    sent: int
    failed: int


def lines(runs: list[ReportRun]) -> list[Line]:
    """Reports with where they stand."""
    return [
        Line(run, state, LOOKS[state], late=run.sent_at is not None and run.missed_at is not None)
        for run, state in states_of(runs)
    ]


def proofs(run: ReportRun) -> list[Proof]:
    """Each time it was sent."""
    found = []
    for sending in sendings_of(run):
        read_at = dict(
            InboxItem.objects.filter(message=sending.message).values_list("person", "read_at")
        )
        people = User.objects.filter(pk__in=sending.people).order_by("username")
        deliveries = Delivery.objects.filter(message=sending.message)
        found.append(
            Proof(
                sending,
                [(user, read_at.get(user.pk)) for user in people],
                deliveries.filter(state=DeliveryState.SENT).count(),
                deliveries.filter(state__in=(DeliveryState.FAILED, DeliveryState.DEAD)).count(),
            )
        )
    return found


@dataclass(frozen=True)
class Mistake:
    """A mistake of a template, in words, at its line."""

    line: int
    told: str
    what: str | Promise
    fix: str


@dataclass(frozen=True)
class Preview:
    """How a template would look today, or what is wrong with it."""

    blocks: list[Shown]
    mistakes: list[Mistake]
    problem: str = ""


def preview_of(body: str, title: str, asked: Asked) -> Preview:
    """The template filled with what the records say now."""
    mistakes = [_mistake(one) for one in problems_of(body, names())]
    if mistakes:
        return Preview([], mistakes)
    try:
        text = written(read(body, names()), asked, title=title)
        parts = read_markup(text)
    except PaperError as error:
        return Preview([], [], f"{error.where} {error.message}".strip())
    return Preview(shown(tuple(part for part in parts if isinstance(part, Block))), [])


def _mistake(problem: Problem) -> Mistake:
    return Mistake(problem.line, problem.told, PROBLEMS[problem.wrong.value], problem.fix)


def placeholders() -> list[tuple[str, str | Promise]]:
    """What a template may name, with what it means."""
    return [(name, one.title) for name, one in sections().items()]


def facts() -> list[tuple[str, str]]:
    """The short texts that stand within a line."""
    told = {
        "period": _("the days that are reported on"),
        "since": _("the first of them"),
        "until": _("the last of them"),
        "company": _("the company's name"),
        "title": _("the report's title"),
        "number": _("the report's number"),
        "today": _("the day on which it is drafted"),
    }
    return [(name, told[name]) for name in told if name in FACTS]


def days_left(run: ReportRun, today: date) -> int:
    return (run.last - today).days
