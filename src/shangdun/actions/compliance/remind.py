"""Reminding of the yearly assessment: that it is to begin, that it is to be finished."""

from __future__ import annotations

from datetime import date

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.compliance.rounds import unjudged
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.compliance import duties_standing, open_round, today_of
from shangdun.records.models import AssessmentRound, LegalDuty, Message
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

BEGINS_MONTH = 10
"""Who has not begun the year's assessment by October is reminded, once a month."""
AHEAD_DAYS = (30, 14, 3)


def assessment_due(year: int) -> date:
    """By when a year's assessment is to be finished."""
    return date(year, 12, 31)


def assessed(year: int) -> bool:
    """Whether an assessment of that year was begun."""
    return AssessmentRound.objects.filter(year=year).exists()


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_assessment(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """Tell legal, leadership and the auditor what is owed; gives the reminder's key, or nothing."""
    del actor
    now = clock.now()
    today = today_of(now)
    row = open_round()
    if row is None:
        return _not_begun(today, clock)
    mark = round_mark(row.due_on, today)
    if not mark or row.reminded == mark:
        return Unchanged("")
    row.reminded = mark
    row.save(update_fields=["reminded"])
    left = len(unjudged(row, duties_standing(now)))
    key = f"assessment:{row.number}:{mark}"
    _tell(
        {"zh": row.title, "en": row.title}, row.due_on, left, f"/law/assessments/{row.number}/",
        (row.auditor_id,) if row.auditor_id else (), key, clock,
    )  # fmt: skip
    return Done(key, ("assessment", row.number), now, {"mark": mark})


def round_mark(due_on: date, today: date) -> str:
    """Which reminder of an assessment under way is due; empty: none yet. Late: every week."""
    left = (due_on - today).days
    if left < 0:
        return f"late:{-left // 7}"
    reached = [days for days in AHEAD_DAYS if left <= days]
    return f"ahead:{min(reached)}" if reached else ""


def _not_begun(today: date, clock: Clock) -> Outcome[str]:
    if today.month < BEGINS_MONTH or assessed(today.year) or not LegalDuty.objects.exists():
        return Unchanged("")
    key = f"assessment:{today:%Y-%m}"
    if Message.objects.filter(key=key).exists():
        return Unchanged("")
    now = clock.now()
    title = {"zh": f"{today.year} 年度尚未开始", "en": f"{today.year} has not begun"}
    left = sum(one.counts for one in duties_standing(now))
    _tell(title, assessment_due(today.year), left, "/law/assessments/", (), key, clock)
    return Done(key, ("assessment", today.year), now, {"mark": key})


def _tell(
    title: dict[str, str], due: date, left: int, path: str, people: tuple[int, ...], key: str,
    clock: Clock,
) -> None:  # fmt: skip
    queue_message(
        Notice(
            kind="assessment_due",
            incident=None,
            groups=(Group.LEGAL, Group.LEADERSHIP),
            people=people,
            key=key,
            data={"title": title, "due": due.isoformat(), "open": left, "path": path},
        ),
        clock.now(),
    )
