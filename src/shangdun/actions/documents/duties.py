"""The duties that a document in force brings: its review, the meeting about it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.changes import path_of
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.documents import get_document
from shangdun.records.models import Document, DutyKind, ReviewDuty
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

BEIJING = ZoneInfo("Asia/Shanghai")
"""Duties are due on days of the company's calendar."""
AHEAD_DAYS = 14
LATE_EVERY_DAYS = 7


def later(day: date, months: int) -> date:
    """So many months later; the last day of the month where that month is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def begin_duties(document: Document, now: datetime) -> None:
    """Within a publication: a new text starts its review anew; the meetings keep their days."""
    today = now.astimezone(BEIJING).date()
    if document.review_months:
        due = later(today, document.review_months)
        ReviewDuty.objects.update_or_create(
            document=document,
            kind=DutyKind.REVIEW,
            done_at=None,
            defaults={"due_on": due, "reminded": []},
        )
    if document.meeting_months:
        ReviewDuty.objects.get_or_create(
            document=document,
            kind=DutyKind.MEETING,
            done_at=None,
            defaults={"due_on": later(today, document.meeting_months)},
        )


@action(Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
def do_finish_duty(
    actor: Actor, *, number: int, duty_id: int, outcome: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ReviewDuty]:
    """A review or meeting was held, with what came of it; the next is dated from its day."""
    now = clock.now()
    document = get_document(actor, number)
    duty = document.duties.filter(pk=duty_id).first()
    if duty is None:
        raise NotFound(f"document {number} has no such duty", fix="look at its page")
    if duty.done_at is not None:
        return Unchanged(duty)
    outcome = clean_text(outcome.strip())
    if not outcome:
        raise UsageError(
            "what came of it is needed",
            code="document.outcome",
            where="outcome",
            fix="say it in a sentence",
        )
    duty.done_at, duty.done_by, duty.outcome = now, person(actor), outcome[:4_000]
    duty.save()
    months = document.review_months if duty.kind == DutyKind.REVIEW else document.meeting_months
    following = ""
    if months:
        due = later(max(duty.due_on, now.astimezone(BEIJING).date()), months)
        ReviewDuty.objects.create(document=document, kind=duty.kind, due_on=due)
        following = due.isoformat()
    payload = {"kind": duty.kind, "due_on": duty.due_on.isoformat(), "next": following}
    return Done(duty, ("document", number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_duty(actor: Actor, *, duty_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """Remind the owner two weeks ahead, on the day, and every week after it."""
    del actor
    now = clock.now()
    duty = ReviewDuty.objects.select_related("document__owner").filter(pk=duty_id).first()
    step = step_of(duty, now.astimezone(BEIJING).date()) if duty else ""
    if duty is None or duty.done_at is not None or not step or step in duty.reminded:
        return Unchanged("")
    duty.reminded = [*duty.reminded, step]
    duty.save(update_fields=["reminded"])
    document, owner = duty.document, duty.document.owner
    reviewed = document.duties.filter(kind=duty.kind).exclude(done_at=None).order_by("-done_at")
    last = reviewed.first()
    data = {
        "path": path_of(document),
        "document": document.title,
        "due": duty.due_on.isoformat(),
        "reviewed": last.done_at.astimezone(BEIJING).date().isoformat()
        if last and last.done_at
        else "",
        "owner": (owner.get_full_name() or owner.username) if owner else "",
    }
    kind = "review_due" if duty.kind == DutyKind.REVIEW else "meeting_due"
    people = (owner.pk,) if owner and owner.is_active else ()
    groups = () if people else (Group.LEADERSHIP,)
    key = f"{kind}:{duty.pk}:{step}"
    queue_message(Notice(kind, None, groups, key, people=people, data=data), now)
    return Done(step, ("document", document.number), now, {"kind": duty.kind, "step": step})


def step_of(duty: ReviewDuty, today: date) -> str:
    """Which reminder is due on a day: none, ``ahead``, ``due`` or ``late:`` and the week."""
    left = (duty.due_on - today).days
    if left > AHEAD_DAYS:
        return ""
    if left > 0:
        return "ahead"
    weeks = -left // LATE_EVERY_DAYS
    return f"late:{weeks}" if weeks else "due"
