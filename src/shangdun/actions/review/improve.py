"""Improvements: an owner, a date, and a retest that shows it works."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Drill,
    Improvement,
    ImprovementState,
    Incident,
    TimelineKind,
    User,
)
from shangdun.records.reviews import get_improvement
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

LONGEST_TITLE = 300


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, by whom, until when, and how it is shown to work."""

    title: str
    group: str
    due: date
    retest: str
    detail: str = ""
    owner_id: int | None = None


def add_improvement(
    plan: Plan, at: datetime, *, incident: Incident | None = None, drill: Drill | None = None
) -> Improvement:
    """One more, from a report or a drill. Raises ``UsageError`` (codes ``improvement.…``)."""
    plan = _checked(plan)
    number = (Improvement.objects.aggregate(Max("number"))["number__max"] or 0) + 1
    return Improvement.objects.create(
        number=number,
        incident=incident,
        drill=drill,
        created=at,
        **msgspec.structs.asdict(plan),
    )


@action(Capability.WORK_TASKS)
def do_add_improvement(
    actor: Actor, *, incident_id: int, plan: Plan, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Improvement]:
    """From an incident's report; the same twice is one."""
    incident = get_incident(actor, incident_id)
    same = incident.improvements.filter(title=plan.title.strip(), due=plan.due).first()
    if same:
        return Unchanged(same)
    now = clock.now()
    row = add_improvement(plan, now, incident=incident)
    data = {"what": "improvement", "number": row.number, "title": row.title}
    write_timeline(incident, actor, TimelineKind.REVIEW, now, data=data)
    return Done(row, ("improvement", row.number), now, _sealed(row))


@action(Capability.WORK_TASKS)
def do_change_improvement(
    actor: Actor,
    *,
    improvement_id: int,
    plan: Plan,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Improvement]:
    """Another owner, date or wording; what was retested is over."""
    plan = _checked(plan)
    row = _standing(actor, improvement_id, version, msgspec.to_builtins(plan))
    if row.state in (ImprovementState.PROVEN, ImprovementState.DROPPED):
        raise UsageError("it is over", code="improvement.over", fix="add a new one")
    fields = msgspec.structs.asdict(plan)
    if all(getattr(row, name) == value for name, value in fields.items()):
        return Unchanged(row)
    for name, value in fields.items():
        setattr(row, name, value)
    return _kept(row, clock.now())


@action(Capability.WORK_TASKS)
def do_finish_improvement(
    actor: Actor, *, improvement_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Improvement]:
    """Say that it is done; whether it works the retest will show."""
    row = _standing(actor, improvement_id, version, {"state": "done"})
    if row.state != ImprovementState.OPEN:
        return Unchanged(row)
    row.state, row.done_at = ImprovementState.DONE, clock.now()
    return _kept(row, clock.now())


@action(Capability.WORK_TASKS)
def do_retest_improvement(
    actor: Actor,
    *,
    improvement_id: int,
    works: bool,
    result: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Improvement]:
    """What the retest showed; one that failed is open again."""
    row = _standing(actor, improvement_id, version, {"result": result})
    result = _said(result)
    if row.state != ImprovementState.DONE:
        raise UsageError("it is not done yet", code="improvement.early", fix="finish it first")
    now = clock.now()
    row.state = ImprovementState.PROVEN if works else ImprovementState.OPEN
    row.retested_at, row.retested_by, row.result = now, person(actor), result
    return _kept(row, now)


@action(Capability.ORDER_INCIDENTS)
def do_drop_improvement(
    actor: Actor,
    *,
    improvement_id: int,
    result: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Improvement]:
    """Leadership gives it up, with the reason."""
    row = _standing(actor, improvement_id, version, {"result": result})
    if row.state == ImprovementState.DROPPED:
        return Unchanged(row)
    row.state, row.result = ImprovementState.DROPPED, _said(result)
    return _kept(row, clock.now())


def _checked(plan: Plan) -> Plan:
    title = " ".join(clean_text(plan.title).split())
    if not title or len(title) > LONGEST_TITLE:
        raise UsageError(
            "an improvement needs a title",
            code="improvement.title",
            fix=f"say in one line what is to be done, in at most {LONGEST_TITLE} characters",
        )
    if plan.group not in set(Group):
        raise UsageError("this is no group", code="improvement.group", fix=", ".join(Group))
    retest = clean_text(plan.retest.strip())
    if not retest:
        raise UsageError(
            "an improvement needs a retest",
            code="improvement.retest",
            fix="say how it will be shown to work",
        )
    if plan.owner_id and not User.objects.filter(pk=plan.owner_id, is_active=True).exists():
        raise NotFound("there is no such person", fix="choose somebody from the list")
    detail = clean_text(plan.detail.strip())
    return msgspec.structs.replace(plan, title=title, retest=retest, detail=detail)


def _said(text: str) -> str:
    text = clean_text(text.strip())
    if not text:
        raise UsageError("say what was seen", code="improvement.result", fix="in a sentence")
    return text


def _standing(
    actor: Actor, improvement_id: int, version: int | None, mine: dict[str, object]
) -> Improvement:
    row = get_improvement(actor, improvement_id)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this improvement meanwhile",
            where=f"improvement #{row.number}",
            mine={"version": version, **mine},
            theirs={
                "version": row.version,
                "state": row.get_state_display(),
                "title": row.title,
                "due": row.due.isoformat(),
                "result": row.result,
            },
        )
    return row


def _kept(row: Improvement, at: datetime) -> Done[Improvement]:
    row.version += 1
    row.save()
    return Done(row, ("improvement", row.number), at, _sealed(row))


def _sealed(row: Improvement) -> dict[str, str | int]:
    return {
        "state": str(row.state),
        "due": row.due.isoformat(),
        "owner": row.owner_id or 0,
        "text_sha256": sealed(f"{row.title}\n{row.detail}\n{row.retest}\n{row.result}"),
    }
