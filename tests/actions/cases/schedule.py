"""The schedule: placing, linking, baselines, reasons, working days, files."""

from __future__ import annotations

from datetime import date
from typing import Any

from shangdun.actions.exchange.bring import do_bring_plan
from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.baseline import do_set_baseline
from shangdun.actions.schedule.link import do_link_tasks
from shangdun.actions.schedule.place import do_place_task
from shangdun.actions.schedule.workdays import OwnDay
from shangdun.records.actor import JOBS
from shangdun.records.models import PlanTask, Programme, ProgrammeState
from shangdun.records.roles import Role
from shangdun.records.schedule_changes import Placement

Case = tuple[tuple[Any, ...], dict[str, Any]]
SHEET = "编号,任务名称,工期\n1,收集信息,5\n2,评估,5\n".encode()
LATER = Placement(not_before=None, days=9)


def programme(world: Any) -> Programme:
    """A plan of two tasks."""
    wanted = NewProgramme(title="Plan", language="zh-hans", starts_on=date(2026, 1, 5))
    made = do_create_programme(world.boss, wanted)
    for position, title in enumerate(("One", "Two"), 1):
        PlanTask.objects.create(
            programme=made, position=position, code=str(position), title=title, days=5
        )
    return made


def _task(world: Any) -> PlanTask:
    return programme(world).tasks.order_by("position")[0]


def _place(world: Any) -> Case:
    return (LATER,), {"task_id": _task(world).pk}


def _ends(world: Any) -> dict[str, int]:
    one, two = programme(world).tasks.order_by("position")
    return {"before_id": one.pk, "after_id": two.pk}


def _link(world: Any) -> Case:
    return (), _ends(world)


def _unlink(world: Any) -> Case:
    ends = _ends(world)
    do_link_tasks(world.boss, **ends)
    number = PlanTask.objects.get(pk=ends["before_id"]).programme.number
    return (), {"number": number, **ends}


def _baseline(world: Any) -> Case:
    return (), {"number": programme(world).number}


def _explain(world: Any) -> Case:
    task = _task(world)
    do_set_baseline(world.boss, number=task.programme.number)
    do_place_task(world.boss, LATER, task_id=task.pk)
    return (), {"task_id": task.pk, "text": "the supplier was late"}


def _workdays(world: Any) -> Case:
    return ([OwnDay(day=date(2026, 3, 13), worked=False, name="Founders' day")],), {}


def _file(world: Any) -> dict[str, int]:
    number = programme(world).number
    brought = do_bring_plan(world.boss, number=number, name="plan.csv", content=SHEET)
    return {"number": number, "import_id": brought.pk}


def _bring(world: Any) -> Case:
    return (), {"number": programme(world).number, "name": "plan.csv", "content": SHEET}


def _follow(world: Any) -> Case:
    """A plan that runs since long ago: what never began is late."""
    made = programme(world)
    made.state = ProgrammeState.APPROVED
    made.save()
    return (), {"number": made.number}


CASES = {
    "bring_plan": _bring,
    "drop_import": lambda world: ((), _file(world)),
    "explain_delay": _explain,
    "follow_schedule": _follow,
    "link_tasks": _link,
    "place_task": _place,
    "set_baseline": _baseline,
    "set_workdays": _workdays,
    "take_plan_in": lambda world: ((), _file(world)),
    "unlink_tasks": _unlink,
}
LEADS = {Role.LEADERSHIP}
MAY = dict.fromkeys(CASES, LEADS) | {"follow_schedule": set()}
ACTORS = {"follow_schedule": JOBS}
