"""From the answers to a programme with owners and dates, and what belongs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import override

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.company import CompanyFacts, keep_company
from shangdun.actions.programmes.answers import answers_of
from shangdun.actions.programmes.changes import day_of
from shangdun.actions.programmes.create import NewProgramme, create_programme
from shangdun.actions.starters import Asked, start_everything
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.documents import company
from shangdun.records.models import GuidedAnswers, Programme
from shangdun.records.roles import Capability

PLATFORM = (
    "web", "app", "mini_program", "api", "payments", "own_servers", "cloud", "marketplace", "eu",
)  # fmt: skip
MOST_MONEY = Decimal(10) ** 12


class Answers(msgspec.Struct, kw_only=True, frozen=True):
    """All answers, checked."""

    name_zh: str = ""
    name_en: str = ""
    critical_infrastructure: bool = False
    language: str
    platform: frozenset[str] = frozenset()
    customers: int | None = None
    people: Mapping[str, int] = {}
    """By role of the template; ``lead`` must be there."""
    reviewer: int | None = None
    approver: int | None = None
    title: str
    template: str
    starts_on: date
    calendar: str = "cn"
    budget: Decimal = Decimal(0)
    currency: str = "CNY"


@action(Capability.MANAGE_PROGRAMMES)
def do_finish_questions(
    actor: Actor, answers: Answers, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[GuidedAnswers]:
    """Make the programme and everything beside it, all or nothing; a second click changes nothing.

    Raises ``UsageError``: ``guided.nothing`` where no questions are open, ``guided.lead``,
    ``guided.number``, ``programme.taken`` for a title that a living programme has.
    """
    now = clock.now()
    row = answers_of(actor)
    if row is None:
        last = finished_by(actor)
        if last is not None:
            return Unchanged(last)
        raise UsageError(
            "no questions were answered", code="guided.nothing", fix="begin with the first"
        )
    _check(answers)
    _keep_company(actor, answers, now)
    programme = create_programme(actor, _wanted(answers), now)
    made = _start(actor, programme, answers, now)
    row.programme, row.finished_at, row.made = programme, now, made
    row.updated_at = now
    row.version += 1
    row.save()
    payload = {"programme": programme.number, "title": programme.title, "parts": len(made)}
    return Done(row, ("guided_answers", row.pk), now, payload)


def finished_by(actor: Actor) -> GuidedAnswers | None:
    """What this person finished last."""
    rows = GuidedAnswers.objects.filter(person=person(actor)).exclude(finished_at=None)
    return rows.select_related("programme").order_by("-finished_at", "-pk").first()


def _check(answers: Answers) -> None:
    if "lead" not in answers.people:
        raise UsageError("somebody leads", code="guided.lead", where="lead", fix="name one person")
    if not (answers.budget.is_finite() and 0 <= answers.budget <= MOST_MONEY):
        raise UsageError("no such amount", code="guided.number", where="budget", fix="0 or more")
    if answers.customers is not None and not 0 <= answers.customers <= 10**11:
        raise UsageError("no such number", code="guided.number", where="customers", fix="0 or more")
    living = Programme.objects.filter(archived_at=None, closed_at=None, language=answers.language)
    if living.filter(title=" ".join(answers.title.split())).exists():
        raise UsageError(
            "there is a programme of this title", code="programme.taken", where="title",
            fix="go on with that one, or choose another title",
        )  # fmt: skip


def _keep_company(actor: Actor, answers: Answers, now: datetime) -> None:
    """What was answered, over what is kept; what was not asked stays."""
    row = company()
    kept = {name: getattr(row, name) for name in CompanyFacts.__struct_fields__}
    said: dict[str, Any] = {
        "name_zh": answers.name_zh or row.name_zh,
        "name_en": answers.name_en or row.name_en,
        "critical_infrastructure": answers.critical_infrastructure,
        "serves_eu": "eu" in answers.platform,
        "takes_cards": "payments" in answers.platform or row.takes_cards,
        "is_platform": "marketplace" in answers.platform,
    }
    keep_company(actor, CompanyFacts(**{**kept, **said}), None, now)


def _wanted(answers: Answers) -> NewProgramme:
    return NewProgramme(
        title=answers.title, language=answers.language, starts_on=answers.starts_on,
        template=answers.template, calendar=answers.calendar, currency=answers.currency,
        people=answers.people, reviewer=answers.reviewer, approver=answers.approver,
    )  # fmt: skip


def _start(
    actor: Actor, programme: Programme, answers: Answers, now: datetime
) -> list[dict[str, Any]]:
    asked = Asked(
        actor=actor, programme=programme, at=now, today=day_of(now), platform=answers.platform,
        customers=answers.customers, budget=answers.budget, people=dict(answers.people),
    )  # fmt: skip
    return [
        {"what": _in_both(one.what), "made": one.made, "path": one.path}
        for one in start_everything(asked)
    ]


def _in_both(text: str | Promise) -> dict[str, str]:
    found = {}
    for language in ("zh-hans", "en"):
        with override(language):
            found[language] = str(text)
    return found
