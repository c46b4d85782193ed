"""Taking a plan in: tasks that are new, fields that changed, links between the file's tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.exchange.bring import plan_of
from shangdun.actions.programmes.order import MOST_TASKS, next_position, renumber
from shangdun.actions.schedule.editing import open_programme
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    PlanImportState,
    PlanLink,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    Programme,
)
from shangdun.records.plan_exchange import Change, Proposal, get_import, proposal
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


class Taken(NamedTuple):
    """What came of an import."""

    new: int
    changed: int
    links: int
    left_out: int
    """Rows that were wrong, and what hung below them."""


@action(Capability.MANAGE_PROGRAMMES)
def do_take_plan_in(
    actor: Actor, *, number: int, import_id: int, partly: bool = False, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Taken]:
    """Take a plan in that was looked through; with ``partly`` without the rows that are wrong.

    Raises ``UsageError``: ``exchange.wrong`` (rows are wrong and nobody asked for a part),
    ``exchange.nothing``, ``schedule.cycle`` naming the circle. Then nothing is taken in.
    """
    programme = open_programme(actor, number)
    brought = get_import(actor, programme, import_id)
    if brought.state == PlanImportState.TAKEN:
        return Unchanged(Taken(0, 0, 0, 0))
    if brought.state == PlanImportState.DROPPED:
        raise UsageError("it was thrown away", code="exchange.dropped", fix="bring the file again")
    plan = plan_of(brought)
    if plan.wrong_rows and not partly:
        raise UsageError(
            "rows are wrong",
            code="exchange.wrong",
            where=", ".join(map(str, sorted(plan.wrong_rows)[:10])),
            fix="mend the file, or take in what is right",
        )
    found = proposal(programme, plan)
    if not found.changes:
        raise UsageError("nothing can be taken in", code="exchange.nothing", fix="mend the file")
    now = clock.now()
    tasks = _take(programme, actor, found, brought.name, now)
    links = _link(programme, found, tasks)
    renumber(programme)
    reschedule(programme, now)
    brought.state, brought.taken_at = PlanImportState.TAKEN, now
    brought.save(update_fields=["state", "taken_at"])
    left = len(plan.tasks) - len(found.changes)
    taken = Taken(len(found.new), len(found.changed), links, left)
    payload = {"file": brought.name, "sha256": brought.sha256, **taken._asdict()}
    return Done(taken, ("programme", programme.number), now, payload)


def _take(
    programme: Programme, actor: Actor, found: Proposal, file: str, at: datetime
) -> dict[str, int]:
    """Ids of the tasks by the file's uids."""
    there = PlanTask.objects.filter(programme=programme, archived_at=None).count()
    if there + len(found.new) > MOST_TASKS:
        raise UsageError("too many tasks", code="exchange.many", fix=f"at most {MOST_TASKS}")
    ids: dict[str, int] = {}
    position = next_position(programme) if found.new else 0
    for change in found.changes:
        if change.there is None:
            task = _made(programme, actor, change, position, file, at)
            task.parent_id = ids.get(change.task.parent)
            task.save()
            position += 1
        else:
            task = change.there
            _change(task, change.fields)
        ids[change.task.uid] = task.pk
    return ids


def _made(
    programme: Programme, actor: Actor, change: Change, position: int, file: str, at: datetime
) -> PlanTask:
    one = change.task
    milestone = one.kind == "milestone" or (one.days == 0 and one.kind == "subtask")
    kind = PlanTaskKind.MILESTONE if milestone else PlanTaskKind(one.kind)
    task = PlanTask(
        programme=programme,
        kind=kind,
        key=change.key,
        position=position,
        code=one.code[:20],
        title=clean_text(one.title)[:200],
        description=clean_text(one.note),
        owner_id=change.owner,
        days=0 if milestone else max(one.days, 1),
        not_before=one.not_before,
        due=one.due,
    )
    if one.kind == "task":
        return task
    if one.done_on is not None:
        # A file is nobody's proof: it is done because somebody says so, and whose word it is stays.
        task.state, task.progress, task.done_by = PlanTaskState.DONE, 100, person(actor)
        task.began_on, task.done_on = one.began_on or one.done_on, one.done_on
        task.done_reason = f"{file}, {at:%Y-%m-%d}"
    elif one.began_on is not None:
        task.state, task.began_on = PlanTaskState.DOING, one.began_on
        task.progress = min(one.progress, 99)
    return task


def _change(task: PlanTask, fields: dict[str, tuple[Any, Any]]) -> None:
    if not fields:
        return
    for name, (_was, value) in fields.items():
        setattr(task, name, clean_text(value) if isinstance(value, str) else value)
    task.version += 1
    task.save(update_fields=[*fields, "version"])


def _link(programme: Programme, found: Proposal, ids: dict[str, int]) -> int:
    """Make the links between the file's tasks those of the file; how many changed."""
    if not found.linked:
        return 0
    wanted = {
        (ids[link.before], ids[link.after]): (link.kind.value, link.lag)
        for link in found.links
        if ids[link.before] != ids[link.after]
    }
    within = set(ids.values())
    rows = PlanLink.objects.filter(programme=programme)
    kept = {
        (row.before_id, row.after_id): row
        for row in rows
        if row.before_id in within and row.after_id in within
    }
    gone = [row.pk for ends, row in kept.items() if ends not in wanted]
    changed = [row for ends, row in kept.items() if _differs(row, wanted.get(ends))]
    new = [ends for ends in wanted if ends not in kept]
    PlanLink.objects.filter(pk__in=gone).delete()
    for row in changed:
        row.kind, row.lag = wanted[row.before_id, row.after_id]
        row.save(update_fields=["kind", "lag"])
    PlanLink.objects.bulk_create(
        [
            PlanLink(
                programme=programme, before_id=before, after_id=after,
                kind=wanted[before, after][0], lag=wanted[before, after][1],
            )
            for before, after in new
        ],
        batch_size=500,
    )  # fmt: skip
    return len(gone) + len(changed) + len(new)


def _differs(row: PlanLink, wanted: tuple[str, int] | None) -> bool:
    return wanted is not None and wanted != (row.kind, row.lag)
