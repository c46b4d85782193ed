"""Making a programme, changing its head, closing and archiving it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.programmes.changes import (
    HEAD,
    checked_person,
    checked_text,
    checked_title,
    head_of,
    open_programme,
    programme_done,
    save,
)
from shangdun.actions.programmes.plant import plant
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.programme.template import Template
from shangdun.govern.schedule.calendar import CalendarKey
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import Programme, ProgrammeState
from shangdun.records.models.documents import DocumentLanguage
from shangdun.records.programme_templates import template_of
from shangdun.records.programmes import get_programme
from shangdun.records.roles import Capability

MOST_GOALS = 20
MOST_CHAPTERS = 30
FIRST_DAY, LAST_DAY = date(2005, 1, 1), date(2090, 12, 31)
SECOND_CLICK = timedelta(seconds=10)


class NewProgramme(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody wants: ``template`` as ``records.programme_templates`` names them, or none."""

    title: str
    language: str
    starts_on: date
    template: str = ""
    calendar: str = "cn"
    currency: str = "CNY"
    people: Mapping[str, int] = {}
    """Owners by the template's roles."""
    reviewer: int | None = None
    approver: int | None = None


class Head(msgspec.Struct, kw_only=True, frozen=True):
    """What is said about a programme as a whole."""

    title: str
    starts_on: date
    introduction: str = ""
    goals: tuple[str, ...] = ()
    chapters: tuple[tuple[str, str, str], ...] = ()
    """Key, title, text."""
    summary: str = ""
    calendar: str = "cn"
    currency: str = "CNY"
    author: int | None = None
    reviewer: int | None = None
    approver: int | None = None


@action(Capability.MANAGE_PROGRAMMES)
def do_create_programme(
    actor: Actor, wanted: NewProgramme, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Programme]:
    """Begin a programme, empty or of a template; a second click gives the first's.

    Raises ``UsageError``: ``programme.…``, ``template.unknown``.
    """
    now = clock.now()
    twice = _twice(actor, wanted, now)
    if twice is not None:
        return Unchanged(twice)
    programme = create_programme(actor, wanted, now)
    payload = {"template": programme.template, "tasks": programme.tasks.count(),
               "starts_on": programme.starts_on.isoformat()}  # fmt: skip
    return programme_done(programme, now, payload)


def create_programme(actor: Actor, wanted: NewProgramme, now: datetime) -> Programme:
    """The same within a caller's action."""
    if wanted.language not in DocumentLanguage.values:
        raise UsageError(
            "there is no such language", code="programme.language", fix="zh-hans or en"
        )
    template = template_of(actor, wanted.template, wanted.language) if wanted.template else None
    programme = Programme(
        number=(Programme.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=checked_title(wanted.title, "programme.title"),
        language=wanted.language,
        starts_on=checked_start(wanted.starts_on),
        calendar=_checked_calendar(wanted.calendar),
        currency=_checked_currency(wanted.currency),
        author=person(actor),
        reviewer_id=checked_person(wanted.reviewer, "reviewer"),
        approver_id=checked_person(wanted.approver, "approver"),
        template=wanted.template,
        created_at=now,
    )
    people = {role: who for role, who in wanted.people.items() if checked_person(who, role)}
    if template is not None:
        _write_head(programme, template)
    programme.save()
    if template is not None:
        plant(programme, template, people, now)
    return programme


def _twice(actor: Actor, wanted: NewProgramme, now: datetime) -> Programme | None:
    """The same once more within seconds: a second click."""
    same = Programme.objects.filter(
        title=" ".join(wanted.title.split()), language=wanted.language, author=person(actor),
        starts_on=wanted.starts_on, template=wanted.template, version=1, archived_at=None,
        created_at__gte=now - SECOND_CLICK, created_at__lte=now,
    )  # fmt: skip
    return same.first()


@action(Capability.MANAGE_PROGRAMMES)
def do_change_programme(
    actor: Actor,
    wanted: Head,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Programme]:
    """Change a programme's head; other working days or another start move its dates."""
    now = clock.now()
    mine = _checked(wanted)
    if head_of(get_programme(actor, number)) == mine:
        return Unchanged(get_programme(actor, number))
    programme = open_programme(actor, number, version, mine)
    before = head_of(programme)
    for name, value in mine.items():
        setattr(programme, name, value)
    save(programme, *HEAD)
    if any(before[name] != mine[name] for name in ("starts_on", "calendar")):
        reschedule(programme, now)
    changed = sorted(name for name in HEAD if before[name] != mine[name])
    payload = {"changed": changed, "text_sha256": sealed(programme.introduction)}
    return programme_done(programme, now, payload)


@action(Capability.MANAGE_PROGRAMMES)
def do_close_programme(
    actor: Actor, *, number: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Programme]:
    """It is over: nothing of it changes any more, and nothing of it falls due."""
    now = clock.now()
    programme = get_programme(actor, number)
    if programme.state == ProgrammeState.CLOSED:
        return Unchanged(programme)
    programme = open_programme(actor, number, version)
    if programme.state != ProgrammeState.APPROVED:
        raise UsageError(
            "it never ran", code="programme.draft", where=programme.title, fix="archive it instead"
        )
    programme.state, programme.closed_at = ProgrammeState.CLOSED, now
    save(programme, "state", "closed_at")
    return programme_done(programme, now, {})


@action(Capability.MANAGE_PROGRAMMES)
def do_archive_programme(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Programme]:
    """Take it off the list; it stays readable under its address."""
    now = clock.now()
    programme = get_programme(actor, number)
    if programme.archived_at is not None:
        return Unchanged(programme)
    programme.archived_at = now
    save(programme, "archived_at")
    return programme_done(programme, now, {})


@action(Capability.MANAGE_PROGRAMMES)
def do_restore_programme(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Programme]:
    """Put an archived one back on the list."""
    now = clock.now()
    programme = get_programme(actor, number)
    if programme.archived_at is None:
        return Unchanged(programme)
    programme.archived_at = None
    save(programme, "archived_at")
    return programme_done(programme, now, {})


def _write_head(programme: Programme, template: Template) -> None:
    programme.introduction = template.introduction
    programme.goals = list(template.goals)
    programme.chapters = [msgspec.structs.asdict(chapter) for chapter in template.chapters]
    programme.summary = template.summary


def _checked(wanted: Head) -> dict[str, Any]:
    goals = [checked_text(goal, "goals", 500) for goal in wanted.goals]
    goals = [" ".join(goal.split()) for goal in goals if goal]
    chapters = [
        {"key": key[:40], "title": checked_title(title, "programme.chapter"),
         "body": checked_text(body, title)}
        for key, title, body in wanted.chapters
    ]  # fmt: skip
    if len(goals) > MOST_GOALS or len(chapters) > MOST_CHAPTERS:
        raise UsageError(
            "too many goals or chapters", code="programme.long", where="goals",
            fix=f"at most {MOST_GOALS} goals, {MOST_CHAPTERS} chapters",
        )  # fmt: skip
    return {
        "title": checked_title(wanted.title, "programme.title"),
        "introduction": checked_text(wanted.introduction, "introduction"),
        "goals": goals,
        "chapters": chapters,
        "summary": checked_text(wanted.summary, "summary"),
        "starts_on": checked_start(wanted.starts_on),
        "calendar": _checked_calendar(wanted.calendar),
        "currency": _checked_currency(wanted.currency),
        "author_id": checked_person(wanted.author, "author"),
        "reviewer_id": checked_person(wanted.reviewer, "reviewer"),
        "approver_id": checked_person(wanted.approver, "approver"),
    }


def checked_start(day: date) -> date:
    """Raises ``UsageError`` (``programme.start``) for a day no calendar knows."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(
            "no calendar reaches there", code="programme.start", where="starts_on",
            fix=f"{FIRST_DAY} to {LAST_DAY}",
        )  # fmt: skip
    return day


def _checked_calendar(key: str) -> str:
    if key not in set(CalendarKey):
        raise UsageError("there is no such calendar", code="programme.calendar", where="calendar")
    return key


def _checked_currency(code: str) -> str:
    code = code.strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise UsageError(
            "a currency has three letters", code="programme.currency", where="currency",
            fix="CNY, USD, EUR, …",
        )  # fmt: skip
    return code
