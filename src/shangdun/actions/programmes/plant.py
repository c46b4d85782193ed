"""A programme out of a template: its tasks, links and criteria, with owners and first dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shangdun.actions.programmes.order import renumber
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.programme.template import Item, Template
from shangdun.records.models import PlanCriterion, PlanLink, PlanTask, PlanTaskKind, Programme
from shangdun.records.programmes import tasks_of


def plant(
    programme: Programme, template: Template, people: Mapping[str, int], at: datetime
) -> None:
    """Within a caller's action: everything the template holds.

    ``people`` names owners by role. What is promised at first is what the schedule says.
    """
    made: dict[str, PlanTask] = {}
    for position, item in enumerate(template.items, start=1):
        made[item.key] = _task(programme, item, position, made, people)
    PlanLink.objects.bulk_create(
        PlanLink(
            programme=programme, before=made[link.before], after=made[item.key],
            kind=link.kind, lag=link.lag,
        )
        for item in template.items
        for link in item.after
    )  # fmt: skip
    PlanCriterion.objects.bulk_create(
        PlanCriterion(task=made[item.key], position=place, kind=one.kind, params=one.params)
        for item in template.items
        for place, one in enumerate(item.proves)
    )
    renumber(programme)
    reschedule(programme, at)
    promise(programme)


def promise(programme: Programme) -> None:
    """Where nobody promised a day yet, the scheduled one is it."""
    rows = list(tasks_of(programme).filter(due=None).exclude(ends_on=None))
    for row in rows:
        row.due = row.ends_on
    PlanTask.objects.bulk_update(rows, ["due"], batch_size=200)


def _task(
    programme: Programme,
    item: Item,
    position: int,
    made: Mapping[str, PlanTask],
    people: Mapping[str, int],
) -> PlanTask:
    parent = made.get(item.parent)
    # Whoever leads looks after what nobody is named for: a task without an owner is nobody's.
    owner = people.get(item.role) or people.get("lead")
    return PlanTask.objects.create(
        programme=programme,
        parent=parent,
        kind=item.kind,
        key=item.key[:40],
        position=position,
        code=str(position),
        title=item.title[:200],
        description=item.description,
        reason=item.reason,
        expected=item.expected,
        needed=item.needed,
        owner_id=owner,
        role=item.role[:40],
        importance=min(5, max(1, item.importance)),
        urgency=min(5, max(1, item.urgency)),
        days=0 if item.kind == PlanTaskKind.MILESTONE else max(1, item.days),
    )
