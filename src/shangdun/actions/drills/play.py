"""A drill on: begun with its report, its injects told by its own clock, paused, ended."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.drills.marks import mark_drill
from shangdun.actions.drills.plan import as_seen, keep
from shangdun.actions.incident_changes import write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.prove import attack_in_drill
from shangdun.actions.report_incident import open_report
from shangdun.kernel.clock import Clock
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError
from shangdun.protect.prove.settings import proof_config
from shangdun.records.actor import Actor, System
from shangdun.records.drills import incident_of
from shangdun.records.models import (
    Drill,
    DrillInject,
    DrillKind,
    DrillState,
    Incident,
    TimelineKind,
)
from shangdun.records.roles import Capability
from shangdun.respond.drill.scenario import Scenario, scenarios
from shangdun.respond.groups import Group
from shangdun.respond.report import Report


@action(Capability.MANAGE_DRILLS)
def do_begin_drill(
    actor: Actor, *, number: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Drill]:
    """Begin: the scenario's report comes in like any other, marked as a drill. One at a time."""
    drill = as_seen(actor, number, version)
    if drill.is_on:
        return Unchanged(drill)
    if drill.state != DrillState.PLANNED:
        raise UsageError("it is over", code="drill.begun", fix="plan another one")
    if Drill.objects.filter(state__in=(DrillState.RUNNING, DrillState.PAUSED)).exists():
        raise UsageError("another drill is on", code="drill.busy", fix="end that one first")
    now = clock.now()
    scenario = scenarios()[drill.scenario]
    drill.state, drill.began_at = DrillState.RUNNING, now
    keep(drill)
    DrillInject.objects.bulk_create(
        DrillInject(drill=drill, key=one.key, minute=one.at) for one in scenario.injects
    )
    incident, _payload = open_report(
        actor,
        _opening(scenario),
        now,
        reported_at=now,
        uid=f"drill-{drill.number}",
        via="drill",
        drill=drill,
    )
    if drill.kind == DrillKind.LIVE:
        attack_in_drill(actor, incident, proof_config(load_config(home_directory())).url, now)
    payload = {"incident": incident.number, "scenario": scenario.key, "factor": drill.factor}
    return Done(drill, ("drill", drill.number), now, payload)


@action(Capability.MANAGE_DRILLS)
def do_pause_drill(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Drill]:
    """Let its clock stand still: lunch, or a real emergency."""
    drill = as_seen(actor, number, None)
    if drill.state != DrillState.RUNNING:
        return Unchanged(drill)
    now = clock.now()
    drill.state, drill.pauses = DrillState.PAUSED, [*drill.pauses, [now.isoformat(), None]]
    keep(drill)
    return Done(drill, ("drill", drill.number), now, {"paused": True})


@action(Capability.MANAGE_DRILLS)
def do_resume_drill(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Drill]:
    """Let its clock go on."""
    drill = as_seen(actor, number, None)
    if drill.state != DrillState.PAUSED:
        return Unchanged(drill)
    now = clock.now()
    drill.state = DrillState.RUNNING
    _go_on(drill, now)
    keep(drill)
    return Done(drill, ("drill", drill.number), now, {"paused": False})


@action(Capability.MANAGE_DRILLS)
def do_end_drill(
    actor: Actor, *, number: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Drill]:
    """End it and score what people did; what was not told any more is not told."""
    drill = as_seen(actor, number, version)
    if not drill.is_on:
        return Unchanged(drill)
    now = clock.now()
    _go_on(drill, now)
    drill.state, drill.ended_at = DrillState.ENDED, now
    keep(drill)
    percent = mark_drill(drill)
    return Done(drill, ("drill", drill.number), now, {"percent": percent or 0})


@action(Capability.RUN_PLAYBOOKS)
def do_tell_inject(
    actor: System, *, inject_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DrillInject | None]:
    """Tell an inject whose minute has come: in the timeline, and to those it reaches."""
    row = DrillInject.objects.select_related("drill").filter(pk=inject_id).first()
    now = clock.now()
    if row is None or row.told_at is not None or not is_due(row, now):
        return Unchanged(None)
    incident = incident_of(row.drill)
    if incident is None or not incident.is_open:
        return Unchanged(None)
    row.told_at = now
    row.save(update_fields=["told_at"])
    _tell(actor, row, incident, now)
    payload = {"inject": row.key, "minute": row.minute}
    return Done(row, ("drill", row.drill.number), now, payload)


def _go_on(drill: Drill, now: datetime) -> None:
    """Close the pause that is open, if one is."""
    drill.pauses = [[began, ended or now.isoformat()] for began, ended in drill.pauses]


def is_due(row: DrillInject, now: datetime) -> bool:
    """Whether its minute has come and the clock runs."""
    clock = row.drill.clock()
    running = row.drill.state == DrillState.RUNNING
    return running and clock is not None and clock.minutes(now) >= row.minute


def _tell(actor: System, row: DrillInject, incident: Incident, now: datetime) -> None:
    scenario = scenarios()[row.drill.scenario]
    inject = next(one for one in scenario.injects if one.key == row.key)
    data = {
        "what": "told",
        "key": inject.key,
        "scenario": scenario.key,
        "zh": f"{inject.zh.title}：{inject.zh.text}",
        "en": f"{inject.en.title}: {inject.en.text}",
    }
    write_timeline(incident, actor, TimelineKind.INJECT, now, data=data)
    incident.last_activity = now
    incident.save(update_fields=["last_activity"])
    queue_message(
        Notice(
            kind="drill_inject",
            incident=incident,
            groups=inject.groups or tuple(Group),
            key=f"drill:{row.drill.number}:inject:{row.key}",
            data={
                "title": {"zh": inject.zh.title, "en": inject.en.title},
                "text": {"zh": inject.zh.text, "en": inject.en.text},
            },
        ),
        now,
    )


def _opening(scenario: Scenario) -> Report:
    """In the language of whoever begins it: a report is a person's own words."""
    chinese = (get_language() or "zh").startswith("zh")
    opening = scenario.opening
    told = opening.zh if chinese else opening.en
    return Report(
        title=told.title,
        type=scenario.type.value,
        severity=opening.severity,
        affected=opening.affected_zh if chinese else opening.affected_en,
        description=told.text,
    )
