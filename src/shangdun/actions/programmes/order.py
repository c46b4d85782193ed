"""The order of a programme's tasks: their places and the numbers people count them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Max

from shangdun.govern.exchange.plan import DEEPEST
from shangdun.kernel.errors import UsageError
from shangdun.records.models import PlanTask, PlanTaskKind, Programme

MOST_TASKS = 6_000


class _Row(NamedTuple):
    pk: int
    parent: int | None
    kind: str
    position: int
    code: str


def next_position(programme: Programme) -> int:
    """The place behind all others. Raises ``UsageError`` (``plan_task.many``)."""
    living = programme.tasks.filter(archived_at=None)
    if living.count() >= MOST_TASKS:
        raise UsageError(
            "a programme this long is read by nobody", code="plan_task.many",
            fix=f"at most {MOST_TASKS:,} tasks: make two programmes of it",
        )  # fmt: skip
    return (programme.tasks.aggregate(last=Max("position"))["last"] or 0) + 1


def renumber(programme: Programme, moved: int | None = None, place: int | None = None) -> None:
    """Give every task its place and number, parents before their children.

    ``moved`` is put at ``place`` (from 0) among those that have the same parent.
    """
    values = programme.tasks.filter(archived_at=None).order_by("position", "pk")
    rows = [_Row(*one) for one in values.values_list("pk", "parent_id", "kind", "position", "code")]
    there = {row.pk for row in rows}
    below: dict[int | None, list[_Row]] = {}
    for row in rows:
        below.setdefault(row.parent if row.parent in there else None, []).append(row)
    if moved is not None and place is not None:
        for siblings in below.values():
            _put(siblings, moved, place)
    changed: list[PlanTask] = []
    counts = {"position": 0, "milestone": 0}

    def walk(parent: int | None, prefix: str) -> None:
        number = 0
        for row in below.get(parent, ()):
            counts["position"] += 1
            if row.kind == PlanTaskKind.MILESTONE:
                counts["milestone"] += 1
                code = f"M{counts['milestone']}"
            else:
                number += 1
                code = f"{prefix}{number}"
            if (row.position, row.code) != (counts["position"], code):
                changed.append(PlanTask(pk=row.pk, position=counts["position"], code=code))
            walk(row.pk, f"{code}.")

    walk(None, "")
    PlanTask.objects.bulk_update(changed, ["position", "code"], batch_size=200)


def _put(siblings: list[_Row], moved: int, place: int) -> None:
    for row in siblings:
        if row.pk == moved:
            siblings.remove(row)
            siblings.insert(max(0, min(place, len(siblings))), row)
            return


def checked_parent(programme: Programme, parent: int | None, task: PlanTask | None) -> int | None:
    """Where a task may hang.

    Raises ``UsageError`` (``plan_task.parent``) for a parent of another programme, a milestone,
    below itself, or too deep.
    """
    if parent is None:
        return None
    chain: list[PlanTask] = []
    row = programme.tasks.filter(archived_at=None, pk=parent).first()
    while row is not None and len(chain) <= DEEPEST:
        chain.append(row)
        row = row.parent
    wrong = (
        not chain
        or len(chain) >= DEEPEST
        or chain[0].kind == PlanTaskKind.MILESTONE
        or (task is not None and task.pk in {one.pk for one in chain})
    )
    if wrong:
        raise UsageError(
            "a task cannot hang there", code="plan_task.parent", where="parent",
            fix="choose a task of this programme that is not below it",
        )  # fmt: skip
    return parent


def descendants(task: PlanTask) -> Sequence[int]:
    """Ids of everything below it that is not archived."""
    pairs = PlanTask.objects.filter(programme_id=task.programme_id, archived_at=None)
    below: dict[int, list[int]] = {}
    for pk, parent in pairs.values_list("pk", "parent_id"):
        if parent is not None:
            below.setdefault(parent, []).append(pk)
    found: list[int] = []
    waiting = list(below.get(task.pk, ()))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += below.get(one, ())
    return found
