"""Subtasks and milestones of programmes that run, on the days they are promised for."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import pgettext_lazy

from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import PlanTask, PlanTaskKind, PlanTaskState, ProgrammeState
from shangdun.records.programmes import LONG_TEXTS, visible_tasks
from shangdun.records.roles import Capability

KINDS = {
    "plan_task": (pgettext_lazy("dated", "Subtask"), "clipboard-document-list"),
    "milestone": (pgettext_lazy("dated", "Milestone"), "flag"),
}
SHOWN = (PlanTaskKind.SUBTASK, PlanTaskKind.MILESTONE)


def dated(asked: Asked) -> Iterator[Dated]:
    """What is due between the days; for who only works on the plan what is hers."""
    if not asked.actor.can(Capability.VIEW_PROGRAMMES, Capability.WORK_PLAN):
        return
    rows = visible_tasks(asked.actor).filter(
        kind__in=SHOWN, due__gte=asked.since, due__lte=asked.until,
        programme__state=ProgrammeState.APPROVED,
    )  # fmt: skip
    rows = rows.exclude(state=PlanTaskState.DROPPED).defer(*LONG_TEXTS)
    for row in rows.order_by("due", "position"):
        if row.due is None:
            continue
        milestone = row.kind == PlanTaskKind.MILESTONE
        yield Dated(
            uid=f"plan-task-{row.pk}",
            kind="milestone" if milestone else "plan_task",
            title=f"{row.code} {row.title}",
            day=row.due,
            state=_state(row, asked),
            path=f"/programmes/tasks/{row.pk}/",
            people=(row.owner_id,) if row.owner_id and not milestone else (),
            detail=row.programme.title,
        )


def _state(row: PlanTask, asked: Asked) -> DatedState:
    if row.state == PlanTaskState.DONE:
        return DatedState.DONE
    if row.due is not None and row.due < asked.today:
        return DatedState.LATE
    return DatedState.DUE if row.due == asked.today else DatedState.AHEAD
