"""Playbooks in an incident: begun with an order, begun by hand, stopped."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.tasks.add import next_place
from shangdun.actions.tasks.changes import reason_of, save_task
from shangdun.actions.tasks.course import follow
from shangdun.actions.tasks.plan import Ahead, ahead, needed
from shangdun.actions.tasks.playbooks import called_by
from shangdun.actions.tasks.rows import frame_of, row_of
from shangdun.actions.tasks.seeds import known_values
from shangdun.actions.tasks.waiting import open_waiting
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import JOBS, Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Incident,
    PlaybookRun,
    PlaybookVersion,
    RunState,
    Task,
    TaskState,
    TimelineKind,
)
from shangdun.records.playbooks import content
from shangdun.records.roles import Capability
from shangdun.records.tasks import get_run
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.course_state import Begun
from shangdun.respond.playbook.model import Playbook

RESPONDERS = (Capability.ORDER_INCIDENTS, Capability.HANDLE_INCIDENTS)
MOST_RUNS = 20


def begin_run(
    incident: Incident, version: PlaybookVersion, at: datetime, by: Actor = JOBS
) -> PlaybookRun:
    """Put the playbook's tasks on the board and begin its course, in the caller's transaction.

    The groups are told of what they can begin with. A version that runs already is not begun
    again: its run is given back.
    """
    standing = incident.runs.filter(playbook_version=version, state=RunState.RUNNING).first()
    if standing is not None:
        return standing
    playbook = content(version)
    called = called_by(playbook)
    library = {uid: content(one) for uid, one in called.items()} | {playbook.id: playbook}
    course = Course(playbook, None, known_values(playbook, incident), library)
    last = incident.runs.aggregate(last=Max("number"))["last"]
    run = PlaybookRun.objects.create(
        incident=incident,
        number=(last or 0) + 1,
        playbook_version=version,
        library={uid: one.pk for uid, one in called.items()},
        title_zh=playbook.name.zh or playbook.name.en,
        title_en=playbook.name.en or playbook.name.zh,
        began_at=at,
        began_by=person(by),
    )
    number = _place(run, ahead(playbook, library), library, at)
    data = {
        "what": "begun",
        "run": run.number,
        "zh": run.title_zh,
        "en": run.title_en,
        "tasks": number,
    }
    write_timeline(incident, by, TimelineKind.PLAYBOOK, at, data=data)
    follow(run, course.apply(Begun(at)), at)
    return run


def _place(
    run: PlaybookRun, coming: list[Ahead], library: dict[str, Playbook], at: datetime
) -> int:
    """The tasks that the course will come to, each with those that it waits for."""
    start = next_place(run.incident)
    asked = needed(library)
    books = {step.id: book for book in library.values() for step in book.steps.values()}
    rows = Task.objects.bulk_create(
        row_of(
            run, one.step, f"{one.step.id}#1", start + n, frame_of(books[one.step.id], asked, at)
        )
        for n, one in enumerate(coming)
    )
    by_step = {one.step.id: row for one, row in zip(coming, rows, strict=True)}
    for one in coming:
        by_step[one.step.id].depends = sorted(by_step[s].pk for s in one.after if s in by_step)
    Task.objects.bulk_update(rows, ["depends"])
    return len(rows)


@action(*RESPONDERS)
def do_add_run(
    actor: Actor, *, incident_id: int, version_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlaybookRun]:
    """Begin a further playbook in an incident that goes on.

    Raises ``UsageError``: ``incident.closed``, ``run.many``, ``run.disabled``.
    """
    now = clock.now()
    incident = get_incident(actor, incident_id)
    version = PlaybookVersion.objects.select_related("playbook").filter(pk=version_id).first()
    if version is None:
        raise NotFound("there is no such playbook", fix="choose one of the list")
    if not incident.is_open:
        raise UsageError(
            "a closed incident has no work", code="incident.closed", fix="reopen it first"
        )
    if not version.playbook.enabled:
        raise UsageError(
            "this playbook is not in use",
            code="run.disabled",
            where=version.playbook.title_en,
            fix="switch it on, or choose another",
        )
    if incident.runs.filter(playbook_version=version, state=RunState.RUNNING).exists():
        return Unchanged(incident.runs.get(playbook_version=version, state=RunState.RUNNING))
    if incident.runs.count() >= MOST_RUNS:
        raise UsageError(
            "this incident has too many playbooks", code="run.many", fix="stop one first"
        )
    run = begin_run(incident, version, now, actor)
    payload = {
        "run": run.number,
        "playbook": version.playbook.uid,
        "version": version.number,
        "sha256": version.sha256,
    }
    return Done(run, ("incident", incident.number), now, payload)


@action(*RESPONDERS)
def do_stop_run(
    actor: Actor,
    *,
    run_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PlaybookRun]:
    """End a playbook before its end: nothing of it acts any more, what is left is skipped."""
    now = clock.now()
    run = get_run(actor, run_id)
    why = reason_of(reason)
    if run.state != RunState.RUNNING:
        return Unchanged(run)
    if version is not None and version != run.version:
        raise EditConflict(
            "the playbook went on meanwhile",
            where=f"run {run.number} of incident #{run.incident.number}",
            mine={"version": version, "note": why},
            theirs={"version": run.version, "note": run.note},
        )
    run.state, run.ended_at, run.due_at, run.note = RunState.STOPPED, now, None, why
    run.version += 1
    run.save(update_fields=["state", "ended_at", "due_at", "note", "version"])
    left = run.tasks.exclude(state__in=(TaskState.DONE, TaskState.SKIPPED))
    skipped = 0
    for task in left.exclude(state=TaskState.FAILED, held=False):
        task.state, task.done_at, task.held = TaskState.SKIPPED, now, False
        save_task(task, "state", "done_at", "held")
        skipped += 1
    data = {"what": "stopped", "run": run.number, "zh": run.title_zh, "en": run.title_en}
    write_timeline(run.incident, actor, TimelineKind.PLAYBOOK, now, text=why, data=data)
    open_waiting(run.incident, now)
    payload = {"run": run.number, "skipped": skipped, "reason_sha256": sealed(why)}
    return Done(run, ("incident", run.incident.number), now, payload)
