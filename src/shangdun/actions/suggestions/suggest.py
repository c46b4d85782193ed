"""Putting a suggestion in, under one's name or under none."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, System, person
from shangdun.records.messages import console_zone
from shangdun.records.models import Suggestion, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.suggestions import UNANSWERED, code_hash
from shangdun.respond.groups import Group

BOX = System("system:suggestions")
"""Who puts in what is anonymous: the ledger names no person, because none is known to it."""
LONGEST = 8_000
MOST_OPEN = 500
"""Unanswered ones that the box takes: beyond it somebody fills it, and nobody reads it."""

A_DAY = 10
MOST_OF_ONE = 50
"""Of one person, unanswered: the box has room for the others'."""


class Proposal(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody proposes."""

    title: str
    text: str


class Given(NamedTuple):
    """What was put in, and the code of an anonymous one."""

    suggestion: Suggestion
    code: str


@action(Capability.SUGGEST)
def do_suggest(
    actor: Actor, wanted: Proposal, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Suggestion]:
    """Put it in under one's name; the same twice is one."""
    wanted = _checked(wanted)
    same = Suggestion.objects.filter(
        by=person(actor), by__isnull=False, title=wanted.title, text=wanted.text
    ).first()
    if same is not None:
        return Unchanged(same)
    now = clock.now()
    _leave_room(person(actor), now)
    row = _create(wanted, now)
    row.by, row.given_at = person(actor), now
    row.save()
    _tell(row, now)
    payload = {"anonymous": False, "text_sha256": sealed(row.text)}
    return Done(row, ("suggestion", row.number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_suggest_unnamed(
    actor: System, wanted: Proposal, *, code: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Suggestion]:
    """Put it in under no name, as ``BOX``: neither row nor ledger holds who it was.

    The ledger holds when, as of everything; the page says so before anybody writes. ``code`` is
    what its author was given to find the answer; only its hash is kept.
    """
    del actor
    wanted = _checked(wanted)
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    same = Suggestion.objects.filter(anonymous=True, title=wanted.title, text=wanted.text)
    if found := same.filter(given_on=today).first():
        if found.code_hash != code_hash(code):  # pressed twice: the page shows the newer code
            found.code_hash = code_hash(code)
            found.save(update_fields=["code_hash"])
        return Unchanged(found)
    row = _create(wanted, now)
    row.anonymous, row.code_hash = True, code_hash(code)
    row.save()
    _tell(row, now)
    payload = {"anonymous": True, "text_sha256": sealed(row.text)}
    return Done(row, ("suggestion", row.number), now, payload)


def too_many() -> UsageError:
    """The error of who puts in more than anybody reads."""
    return UsageError(
        "enough for today", code="suggestion.often", fix="put several into one, or wait a day"
    )


def _leave_room(who: User | None, now: datetime) -> None:
    rows = Suggestion.objects.filter(by=who, by__isnull=False)
    today = rows.filter(given_on=now.astimezone(console_zone()).date())
    if today.count() >= A_DAY or rows.filter(state__in=UNANSWERED).count() >= MOST_OF_ONE:
        raise too_many()


def _create(wanted: Proposal, now: datetime) -> Suggestion:
    if Suggestion.objects.filter(state__in=UNANSWERED).count() >= MOST_OPEN:
        raise UsageError(
            "the box is full", code="suggestion.many", fix="ask for answers to what is in it"
        )
    number = (Suggestion.objects.aggregate(top=Max("number"))["top"] or 0) + 1
    return Suggestion(
        number=number, title=wanted.title, text=wanted.text,
        given_on=now.astimezone(console_zone()).date(),
    )  # fmt: skip


def _checked(wanted: Proposal) -> Proposal:
    title = clean_text(" ".join(wanted.title.split()))
    text = clean_text(wanted.text.strip())
    if not title or len(title) > 200:
        raise UsageError(
            "say it in one line", code="suggestion.title", fix="at most 200 characters"
        )
    if not text or len(text) > LONGEST:
        raise UsageError(
            "say what would be better", code="suggestion.text", fix=f"at most {LONGEST} characters"
        )
    return Proposal(title=title, text=text)


def _tell(row: Suggestion, now: datetime) -> None:
    data = {"path": f"/suggestions/{row.number}/", "title_of": row.title}
    key = f"suggestion:{row.number}"
    queue_message(Notice("suggestion_new", None, (Group.LEADERSHIP,), key, data=data), now)
