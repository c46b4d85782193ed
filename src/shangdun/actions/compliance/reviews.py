"""Reviews of changes of law: what a change asks of us, and what is done about it."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.review.improve import Plan, add_improvement
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.compliance import get_review, text_of, today_of
from shangdun.records.conflict import EditConflict
from shangdun.records.models import LawReview, ReviewOutcome
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

LONGEST = 5000
AHEAD_DAYS = (60, 30, 7, 0)
"""So many days before its day a review is reminded of; afterwards every week."""


@action(Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
def do_review_law_change(
    actor: Actor,
    *,
    review_id: int,
    outcome: str,
    note: str,
    plan: Plan | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[LawReview]:
    """Say what a change means for the company; what has to change becomes an improvement."""
    row = get_review(actor, review_id)
    note = clean_text(note.strip())
    if row.done_at:
        if (row.outcome, row.note) == (outcome, note):
            return Unchanged(row)
        raise EditConflict(
            "somebody reviewed this change meanwhile",
            where=row.duty.uid,
            mine={"version": version or 0, "outcome": outcome, "note": note},
            theirs={"version": row.version, "outcome": row.outcome, "note": row.note},
        )
    if outcome not in ReviewOutcome.values or not note or len(note) > LONGEST:
        raise UsageError(
            "what does it mean for us?", code="law.review", fix="an outcome, and why, in a sentence"
        )
    if (outcome == ReviewOutcome.IMPROVEMENT) is not (plan is not None):
        raise UsageError("what is to change?", code="law.plan", fix="say what, who and until when")
    now = clock.now()
    row.improvement = add_improvement(plan, now) if plan else None
    row.outcome, row.note, row.done_at, row.done_by = outcome, note, now, person(actor)
    row.version += 1
    row.save()
    payload = {
        "outcome": outcome, "note_sha256": sealed(note), "text_sha256": row.after.sha256,
        "improvement": row.improvement.number if row.improvement else 0,
    }  # fmt: skip
    return Done(row, ("duty", row.duty.uid), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_law_review(
    actor: Actor, *, review_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[LawReview]:
    """Tell the duty's owner and legal that a change waits; each reminder is told once."""
    row = get_review(actor, review_id)
    now = clock.now()
    mark = review_mark(row, now)
    if row.done_at or mark == row.reminded:
        return Unchanged(row)
    row.reminded = mark
    row.save(update_fields=["reminded"])
    text = text_of(row.after)
    queue_message(
        Notice(
            kind="law_review",
            incident=None,
            groups=(Group.LEGAL,),
            people=(row.duty.owner_id,) if row.duty.owner_id else (),
            key=f"law_review:{row.pk}:{mark}",
            data={
                "duty": dict(text.title),
                "law": {
                    language: f"{text.law[language]} {text.article[language]}"
                    for language in ("zh", "en")
                },
                "from": text.effective_from.isoformat(),
                "due": row.due_on.isoformat(),
                "path": "/law/changes/",
            },
        ),
        now,
    )
    return Done(row, ("duty", row.duty.uid), now, {"mark": mark})


def review_mark(row: LawReview, now: datetime) -> str:
    """Which reminder of a review is due now: when it becomes known, ahead of its day, weekly."""
    left = (row.due_on - today_of(now)).days
    if left < 0:
        return f"late:{-left // 7}"
    reached = [days for days in AHEAD_DAYS if left <= days]
    return f"ahead:{min(reached)}" if reached else "known"
