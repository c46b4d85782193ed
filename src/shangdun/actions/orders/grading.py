"""The grade of an incident: reckoned from facts, or decided by a person with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import rewind_clocks
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import JOBS, Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.facts import facts_of
from shangdun.records.models import GradeChange, Incident, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.facts import Facts
from shangdun.respond.grading import Grading, grade

GRADES = (1, 2, 3, 4)
LONGEST_REASON = 5000


def regrade(incident: Incident, facts: Facts, at: datetime, *, by: Actor = JOBS) -> Grading:
    """Reckon the grade anew, inside the caller's transaction; a person's override stays.

    The law is that of ``facts.known_at``. Nothing is written where nothing changed.
    """
    grading = grade(facts, incident.type, facts.known_at)
    last = newest_grade(incident)
    told = msgspec.to_builtins(grading)
    if last and last.votes == told:
        return grading
    overridden = last is not None and last.overridden
    held = last.held if last and overridden else grading.grade
    _write(incident, at, by, grading, held=held, overridden=overridden)
    if last is None or last.computed != grading.grade:
        data = {
            "what": "reckoned",
            "from": last.computed if last else 0,
            "to": grading.grade,
            "overridden": overridden,
        }
        write_timeline(incident, by, TimelineKind.GRADE, at, data=data)
    return grading


@action(Capability.ORDER_INCIDENTS)
def do_override_grade(
    actor: Actor,
    *,
    incident_id: int,
    grade: int,
    reason: str,
    number: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Let a person's grade hold against the reckoned one; ``number`` is what the page saw."""
    reason = _reason(reason)
    if grade not in GRADES:
        raise UsageError(f"{grade} is no grade", code="grade.value", fix="1, 2, 3 or 4")
    incident = get_incident(actor, incident_id)
    last = newest_grade(incident)
    if last and last.overridden and (last.held, last.reason) == (grade, reason):
        return Unchanged(incident)
    _check(incident, last, number, {"grade": grade, "reason": reason})
    now = clock.now()
    reckoned = _reckoned(incident)
    _write(incident, now, actor, reckoned, held=grade, overridden=True, reason=reason)
    return _decided(actor, incident, "overridden", reckoned.grade, reason, now)


@action(Capability.ORDER_INCIDENTS)
def do_release_override(
    actor: Actor,
    *,
    incident_id: int,
    reason: str,
    number: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Incident]:
    """Let the reckoned grade hold again."""
    reason = _reason(reason)
    incident = get_incident(actor, incident_id)
    last = newest_grade(incident)
    if last is None or not last.overridden:
        return Unchanged(incident)
    _check(incident, last, number, {"grade": last.computed, "reason": reason})
    now = clock.now()
    reckoned = _reckoned(incident)
    _write(incident, now, actor, reckoned, held=reckoned.grade, reason=reason)
    return _decided(actor, incident, "released", reckoned.grade, reason, now)


def newest_grade(incident: Incident) -> GradeChange | None:
    """How the grade stands; None before anything was reckoned."""
    return incident.grade_changes.order_by("-number").first()


def _reckoned(incident: Incident) -> Grading:
    facts = facts_of(incident)
    return grade(facts, incident.type, facts.known_at)


def _decided(
    actor: Actor, incident: Incident, what: str, computed: int, reason: str, now: datetime
) -> Done[Incident]:
    data = {"what": what, "to": incident.grade, "computed": computed}
    write_timeline(incident, actor, TimelineKind.GRADE, now, text=reason, data=data)
    rewind_clocks(incident, facts_of(incident), now, actor=actor)
    payload = {"grade": incident.grade, "computed": computed, "reason_sha256": sealed(reason)}
    return Done(incident, ("incident", incident.number), now, payload)


def _write(
    incident: Incident,
    at: datetime,
    by: Actor,
    grading: Grading,
    *,
    held: int,
    overridden: bool = False,
    reason: str = "",
) -> None:
    last = newest_grade(incident)
    GradeChange.objects.create(
        incident=incident,
        number=(last.number if last else 0) + 1,
        at=at,
        by=person(by),
        computed=grading.grade,
        held=held,
        overridden=overridden,
        reason=reason or (last.reason if last and overridden else ""),
        votes=msgspec.to_builtins(grading),
    )
    if incident.grade != held:
        # Not by save_change: the grade follows facts, and must not refuse people's open forms.
        incident.grade = held
        incident.save(update_fields=["grade"])


def _check(
    incident: Incident, last: GradeChange | None, number: int | None, mine: dict[str, Any]
) -> None:
    standing = last.number if last else 0
    if number is not None and number != standing:
        raise EditConflict(
            "the grade changed meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": number, **mine},
            theirs={
                "version": standing,
                "grade": incident.grade,
                "reason": last.reason if last else "",
            },
        )


def _reason(text: str) -> str:
    reason = clean_text(text.strip())[:LONGEST_REASON]
    if not reason:
        raise UsageError(
            "a grade by hand needs its reason", code="grade.reason", fix="say why in a sentence"
        )
    return reason
