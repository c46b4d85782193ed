"""What automatic steps do to the records: claimed before they act, written down when they have.

``do_claim_step`` → the step acts → ``do_record_step``. Whoever dies in between leaves a claim. The
next process sees it: a step that may safely be repeated is, under the same key; of another nobody
can know whether it acted, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.evidence.collect import Kept, add_evidence, evidence_payload
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.tasks import course, telling
from shangdun.actions.tasks.changes import check_version, done, require_reached, save_task, tell
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    AttemptState,
    EvidenceKind,
    EvidenceSource,
    RunState,
    StepAttempt,
    Task,
    TaskState,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_json, clean_text
from shangdun.records.tasks import get_task, get_task_to_work

DECIDING = frozenset({"block", "unblock"})
"""Whoever lets one of these act decides, and needs the right to."""
UNSEEN = "the process that did this step ended before it could say how it went"


class Acted(msgspec.Struct, kw_only=True):
    """How a step went. ``did`` is told by the wordings: ``{"what": …, …}``, no floats."""

    ok: bool
    did: dict[str, Any] = {}
    values: dict[str, str] = {}
    """Values of the step's ``out_args``."""
    problem: str = ""
    notices: tuple[Notice, ...] = ()
    """Messages that are queued with the step's end, by keys of their own."""
    evidence: tuple[Kept, ...] = ()
    """Content that is in the store already; it becomes evidence with the step's end."""
    unsure: bool = False
    """It failed, and nobody knows whether it acted."""


@action(Capability.WORK_TASKS)
def do_let_act(
    actor: Actor, *, task_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Task]:
    """A person has seen what an automatic step would do, and lets it."""
    now = clock.now()
    task = get_task_to_work(actor, task_id)
    if task.automatic in DECIDING:
        require(actor, Capability.DECIDE)
    if task.automatic and task.state == TaskState.DOING:
        return Unchanged(task)
    check_version(task, version, {"state": TaskState.DOING.value})
    require_reached(task)
    if not task.automatic or task.state != TaskState.OPEN:
        raise UsageError(
            "nothing waits here for a word",
            code="task.automatic",
            where=f"task {task.pk}",
            fix="do it by hand",
        )
    task.state, task.began_at = TaskState.DOING, now
    save_task(task, "state", "began_at")
    tell(task, actor, "let_act", now)
    return done(task, now)


@action(Capability.RUN_PLAYBOOKS)
def do_claim_step(
    actor: Actor, *, task_id: int, process: str, repeats: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[StepAttempt | None]:
    """Take an automatic step, or say that a dead process left it in doubt.

    ``process`` names who acts; ``repeats`` whether the step may safely be done again under its
    key. None: there is nothing to do (any more).
    """
    now = clock.now()
    task = get_task(actor, task_id)
    if not task.automatic or task.state != TaskState.DOING:
        return Unchanged(None)
    if task.run is None or task.run.state != RunState.RUNNING or not task.incident.is_open:
        return Unchanged(None)
    last = task.attempts.order_by("-number").first()
    if last is not None and last.state == AttemptState.CLAIMED:
        if last.claimed_by == process:
            return Unchanged(None)
        last.state, last.ended_at, last.problem = AttemptState.UNKNOWN, now, UNSEEN
        last.save(update_fields=["state", "ended_at", "problem"])
        if not repeats:
            return _ask(task, last, actor, clock)
    attempt = StepAttempt.objects.create(
        task=task,
        number=(last.number if last else 0) + 1,
        key=_key(task),
        claimed_at=now,
        claimed_by=process[:80],
    )
    course.step_started(task, now)
    payload = {"incident": task.incident.number, "attempt": attempt.number, "key": attempt.key}
    return Done(attempt, ("task", task.pk), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_record_step(
    actor: Actor, *, attempt_id: int, acted: Acted, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Task]:
    """Write down how a step went; the course goes on from there, evidence is added with it."""
    now = clock.now()
    attempt = StepAttempt.objects.select_related("task").get(pk=attempt_id)
    task = get_task(actor, attempt.task_id)
    if attempt.state != AttemptState.CLAIMED:
        return Unchanged(task)
    attempt.state = AttemptState.SUCCEEDED if acted.ok else AttemptState.FAILED
    attempt.ended_at, attempt.problem = now, clean_text(acted.problem)[:1000]
    attempt.result = clean_json(acted.did)
    attempt.save(update_fields=["state", "ended_at", "problem", "result"])
    for notice in acted.notices:
        queue_message(notice, now)
    items = _keep(task, acted.evidence, actor, clock)
    payload = {"ok": acted.ok, "attempt": attempt.number, "key": attempt.key, "evidence": items}
    if task.state != TaskState.DOING:  # it was timed out, or its playbook stopped, meanwhile
        return done(task, now, text=acted.problem, late=True, **payload)
    if acted.unsure:
        attempt.state = AttemptState.UNKNOWN
        attempt.save(update_fields=["state"])
    task.state = TaskState.DONE if acted.ok else TaskState.FAILED
    task.held = acted.unsure
    task.result, task.done_at = attempt.problem, now
    task.outcome = {name: clean_text(value) for name, value in acted.values.items()}
    save_task(task, "state", "held", "result", "done_at", "outcome", "evidence")
    what = "acted" if acted.ok else ("unsure" if acted.unsure else "step_failed")
    tell(task, actor, what, now, text=attempt.problem, kind=task.automatic, did=attempt.result)
    if not acted.unsure:
        course.task_ended(task, now)
    if not acted.ok:
        telling.failed(task, now)
    return done(task, now, text=acted.problem, **payload)


def _ask(task: Task, attempt: StepAttempt, actor: Actor, clock: Clock) -> Done[StepAttempt | None]:
    """Nobody knows whether it acted: a person looks, then repeats it or goes on without it."""
    now = clock.now()
    task.state, task.held, task.result, task.done_at = TaskState.FAILED, True, UNSEEN, now
    save_task(task, "state", "held", "result", "done_at")
    tell(task, actor, "unsure", now, text=UNSEEN, kind=task.automatic)
    telling.failed(task, now)
    payload = {"incident": task.incident.number, "attempt": attempt.number, "key": attempt.key}
    return Done(None, ("task", task.pk), now, {**payload, "unseen": True})


def _keep(task: Task, kept: Sequence[Kept], actor: Actor, clock: Clock) -> list[dict[str, Any]]:
    payloads = []
    for one in kept:
        item = add_evidence(
            task.incident,
            actor,
            name=one.name,
            content=one,
            kind=EvidenceKind.EVENTS
            if task.automatic in {"collect", "search"}
            else EvidenceKind.OUTPUT,
            source=EvidenceSource.STEP,
            at=clock.now(),
            origin=f"{task.step} · {task.title_en}",
        )
        task.evidence = [*task.evidence, item.pk]
        payloads.append(evidence_payload(item))
    return payloads


def _key(task: Task) -> str:
    """The same for repetitions of what nobody saw end, another one for each new wish to act."""
    ended = task.attempts.filter(state__in=(AttemptState.SUCCEEDED, AttemptState.FAILED))
    run = task.run
    began = run.began_at.isoformat() if run else ""
    return content_id("step", task.pk, began, task.step, ended.count())
