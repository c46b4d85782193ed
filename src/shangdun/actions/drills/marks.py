"""Marks of a drill: measured from what people did, judged otherwise by its observer, signed."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.drills.over import end_rehearsal
from shangdun.actions.drills.plan import as_seen, keep
from shangdun.actions.incident_changes import sealed
from shangdun.actions.review.improve import Plan, add_improvement
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import another_leads
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.drill_measures import seen_of, start_of
from shangdun.records.drills import get_drill, incident_of
from shangdun.records.models import Drill, DrillScore, DrillState, Improvement
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.drill.scenario import scenarios
from shangdun.respond.drill.scoring import Mark, Score, Seen, percent, score


def scores_of(drill: Drill) -> list[Score]:
    """Every expected action as it is measured this moment."""
    incident = incident_of(drill)
    if incident is None:
        return []
    found = []
    for expected in scenarios()[drill.scenario].expected:
        start = start_of(drill, expected)
        seen = seen_of(drill, incident, expected) if start is not None else Seen(applies=False)
        found.append(score(expected, seen, start or 0.0))
    return found


def mark_drill(drill: Drill) -> int | None:
    """Keep the measured marks; what the observer judged stands. Gives the number for all."""
    for place, one in enumerate(scores_of(drill), 1):
        actual = None if one.actual is None else Decimal(str(one.actual))
        row, made = DrillScore.objects.get_or_create(
            drill=drill,
            key=one.key,
            defaults={
                "group": one.group.value,
                "place": place,
                "target": one.target,
                "actual": actual,
                "measured": one.mark.value,
                "mark": one.mark.value,
            },
        )
        if not made:
            row.actual, row.measured = actual, one.mark.value
            row.mark = row.mark if row.by_id else one.mark.value
            row.save()
    return percent(Mark(mark) for mark in drill.scores.values_list("mark", flat=True))


@action(Capability.MANAGE_DRILLS)
def do_judge_score(
    actor: Actor,
    *,
    score_id: int,
    mark: str,
    note: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DrillScore]:
    """The observer saw it otherwise than it was measured, and says why."""
    row = DrillScore.objects.select_related("drill").filter(pk=score_id).first()
    if row is None:
        raise NotFound(f"there is no mark {score_id}", fix="see the drill")
    if row.drill.state != DrillState.ENDED:
        raise UsageError("it is not to be judged now", code="drill.state", fix="end it first")
    if mark not in set(Mark):
        raise UsageError("this is no mark", code="drill.mark", fix=", ".join(Mark))
    note = clean_text(note.strip())
    if not note:
        raise UsageError("say what was seen", code="drill.note", fix="in a sentence")
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody judged this meanwhile",
            where=row.key,
            mine={"version": version, "mark": mark, "note": note},
            theirs={"version": row.version, "mark": row.mark, "note": row.note},
        )
    if (row.mark, row.note) == (mark, note):
        return Unchanged(row)
    row.mark, row.note, row.by, row.version = mark, note, person(actor), row.version + 1
    row.save()
    payload = {"key": row.key, "mark": mark, "measured": row.measured, "note_sha256": sealed(note)}
    return Done(row, ("drill", row.drill.number), clock.now(), payload)


@action(Capability.MANAGE_DRILLS)
def do_add_drill_finding(
    actor: Actor, *, number: int, plan: Plan, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Improvement]:
    """What the drill taught: an improvement with owner, date and retest."""
    drill = get_drill(actor, number)
    if drill.began_at is None:
        raise UsageError("it has not begun", code="drill.state", fix="begin it first")
    same = drill.improvements.filter(title=plan.title.strip(), due=plan.due).first()
    if same:
        return Unchanged(same)
    now = clock.now()
    row = add_improvement(plan, now, drill=drill)
    payload = {"improvement": row.number, "title_sha256": sealed(row.title)}
    return Done(row, ("drill", drill.number), now, payload)


@action(Capability.SIGN_REPORTS)
def do_sign_drill(
    actor: Actor,
    *,
    number: int,
    conclusion: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Drill]:
    """Leadership signs what came of it: the ledger keeps the seal of every mark.

    Whoever led the drill does not sign it, unless nobody else leads; that is on record too. What it
    played is over with it: an incident that is open still is closed, without a verdict.
    """
    drill = as_seen(actor, number, version)
    if drill.state == DrillState.SIGNED:
        return Unchanged(drill)
    if drill.state != DrillState.ENDED:
        raise UsageError("it is not over", code="drill.state", fix="end it first")
    conclusion = clean_text(conclusion.strip())
    if not conclusion:
        raise UsageError("say what came of it", code="drill.note", fix="in a few sentences")
    alone = drill.observer_id is not None and drill.observer == person(actor)
    if alone and another_leads(actor):
        raise UsageError(
            "whoever led the drill does not sign it",
            code="drill.four_eyes",
            fix="let another of the leadership group sign",
        )
    now = clock.now()
    mark_drill(drill)
    drill.conclusion = conclusion
    drill.state, drill.signed_at, drill.signed_by = DrillState.SIGNED, now, person(actor)
    drill.signed_sha256 = seal_of(drill)
    keep(drill)
    ended = end_rehearsal(drill, actor, now)
    payload = {
        "report_sha256": drill.signed_sha256,
        "alone": alone,
        "incident_ended": ended.number if ended else 0,
    }
    return Done(drill, ("drill", drill.number), now, payload)


def seal_of(drill: Drill) -> str:
    """The seal of what is signed: plan, marks, findings, conclusion, in fixed order."""
    contents = {
        "drill": drill.number,
        "scenario": drill.scenario,
        "began": drill.began_at.isoformat() if drill.began_at else "",
        "ended": drill.ended_at.isoformat() if drill.ended_at else "",
        "marks": [
            [row.key, row.mark, row.target, str(row.actual), row.note]
            for row in drill.scores.order_by("place")
        ],
        "findings": list(
            drill.improvements.order_by("number").values_list("number", "title", "retest")
        ),
        "conclusion": drill.conclusion,
    }
    return hashlib.sha256(msgspec.json.encode(contents, order="deterministic")).hexdigest()
