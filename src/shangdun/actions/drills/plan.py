"""Planning a drill, changing the plan, announcing it, calling it off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.drills import get_drill
from shangdun.records.messages import console_zone
from shangdun.records.models import Drill, DrillKind, DrillState, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.drill.clock import FASTEST
from shangdun.respond.drill.scenario import scenarios
from shangdun.respond.groups import Group

LONGEST_TITLE = 300


class DrillPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is rehearsed, how, when."""

    title: str
    scenario: str
    planned_at: datetime
    kind: str = DrillKind.EXERCISE
    factor: int = 1
    aims: str = ""
    observer_id: int | None = None


@action(Capability.MANAGE_DRILLS)
def do_plan_drill(actor: Actor, plan: DrillPlan, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[Drill]:
    """Put a drill into the calendar; the same plan twice is one."""
    plan = _checked(plan)
    now = clock.now()
    if plan.planned_at < now.replace(second=0, microsecond=0):
        raise UsageError("it lies in the past", code="drill.time", fix="choose a time to come")
    same = Drill.objects.filter(
        title=plan.title, planned_at=plan.planned_at, state=DrillState.PLANNED
    ).first()
    if same:
        return Unchanged(same)
    drill = Drill.objects.create(
        number=(Drill.objects.aggregate(Max("number"))["number__max"] or 0) + 1,
        made_by=person(actor),
        created=now,
        **msgspec.structs.asdict(plan),
    )
    return Done(drill, ("drill", drill.number), now, _told(plan))


@action(Capability.MANAGE_DRILLS)
def do_change_drill(
    actor: Actor,
    plan: DrillPlan,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Drill]:
    """Change a drill that has not begun."""
    plan = _checked(plan)
    drill = as_seen(actor, number, version)
    _require_planned(drill)
    wanted = msgspec.structs.asdict(plan)
    if all(getattr(drill, name) == value for name, value in wanted.items()):
        return Unchanged(drill)
    for name, value in wanted.items():
        setattr(drill, name, value)
    keep(drill)
    return Done(drill, ("drill", drill.number), clock.now(), _told(plan))


@action(Capability.MANAGE_DRILLS)
def do_announce_drill(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Drill]:
    """Tell every group when it is and what it is about; not what will happen."""
    drill = get_drill(actor, number)
    _require_planned(drill)
    if drill.announced_at is not None:
        return Unchanged(drill)
    now = clock.now()
    drill.announced_at = now
    keep(drill)
    scenario = scenarios()[drill.scenario]
    queue_message(
        Notice(
            kind="drill_announced",
            incident=None,
            groups=tuple(Group),
            key=f"drill:{drill.number}:announced:{drill.version}",
            data={
                "drill": drill.title,
                "when": f"{drill.planned_at.astimezone(console_zone()):%Y-%m-%d %H:%M}",
                "scenario": {"zh": scenario.zh.title, "en": scenario.en.title},
                "instruction": drill.aims or "—",
                "drill_number": drill.number,
            },
        ),
        now,
    )
    return Done(drill, ("drill", drill.number), now, {"announced": True})


@action(Capability.MANAGE_DRILLS)
def do_cancel_drill(
    actor: Actor, *, number: int, note: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Drill]:
    """Call off a drill that has not begun, with the reason."""
    drill = get_drill(actor, number)
    note = clean_text(note.strip())
    if drill.state == DrillState.CANCELLED:
        return Unchanged(drill)
    _require_planned(drill)
    if not note:
        raise UsageError("say why", code="drill.note", fix="in a sentence")
    drill.state, drill.conclusion = DrillState.CANCELLED, note
    keep(drill)
    payload = {"cancelled": True, "note_sha256": sealed(note)}
    return Done(drill, ("drill", drill.number), clock.now(), payload)


def as_seen(actor: Actor, number: int, version: int | None) -> Drill:
    """The drill, unless it changed since the person saw it."""
    drill = get_drill(actor, number)
    if version is not None and version != drill.version:
        raise EditConflict(
            "somebody changed this drill meanwhile",
            where=f"drill #{drill.number}",
            mine={"version": version},
            theirs={
                "version": drill.version,
                "state": drill.get_state_display(),
                "title": drill.title,
                "planned_at": drill.planned_at.isoformat(timespec="minutes"),
            },
        )
    return drill


def keep(drill: Drill) -> None:
    """Save it as a further version."""
    drill.version += 1
    drill.save()


def _require_planned(drill: Drill) -> None:
    if drill.state != DrillState.PLANNED:
        raise UsageError("it has begun or is over", code="drill.begun", fix="plan another one")


def _checked(plan: DrillPlan) -> DrillPlan:
    title = " ".join(clean_text(plan.title).split())
    if not title or len(title) > LONGEST_TITLE:
        raise UsageError("a drill needs a title", code="drill.title", fix="say it in one line")
    if plan.scenario not in scenarios():
        fix = ", ".join(scenarios())
        raise UsageError("there is no such scenario", code="drill.scenario", fix=fix)
    if plan.kind not in DrillKind.values:
        raise UsageError("this is no kind", code="drill.kind", fix=", ".join(DrillKind.values))
    if not 1 <= plan.factor <= FASTEST:
        raise UsageError("the clock cannot run so fast", code="drill.factor", fix=f"1 to {FASTEST}")
    if plan.planned_at.tzinfo is None:
        raise UsageError("the time has no time zone", code="drill.time", fix="add it")
    if plan.observer_id and not User.objects.filter(pk=plan.observer_id, is_active=True).exists():
        raise UsageError("there is no such person", code="drill.observer", fix="choose another")
    return msgspec.structs.replace(plan, title=title, aims=clean_text(plan.aims.strip()))


def _told(plan: DrillPlan) -> dict[str, Any]:
    return {
        "scenario": plan.scenario,
        "kind": str(plan.kind),
        "factor": plan.factor,
        "planned_at": plan.planned_at.isoformat(),
        "text_sha256": sealed(f"{plan.title}\n{plan.aims}"),
    }
