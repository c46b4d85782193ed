"""The board of an incident, its tasks, one's own tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from tests.console.who import GROUPS, HANDLES, STAFF

from shangdun.actions.playbooks.bring import do_bring_playbooks
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.tasks.add import NewTask
from shangdun.actions.tasks.begin import begin_run
from shangdun.actions.tasks.edit import do_add_task, do_note_task
from shangdun.actions.tasks.finish import Ended, do_fail_task, do_finish_task
from shangdun.actions.tasks.take import do_take_task
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import Incident, IncidentEntity, Playbook, Task, User
from shangdun.respond.groups import Group
from shangdun.respond.report import Report

ORDER = 40
TITLE = "用户数据疑似外泄：论坛出现订单样本"
EXPECTED = {
    "incident_board": ("get", STAFF),
    "incident_board_cards": ("get", STAFF),
    "incident_board_click": ("post", GROUPS),
    "incident_task_add": ("post", GROUPS),
    "incident_run_begin": ("post", HANDLES),
    "incident_run_stop": ("post", HANDLES),
    "incident_task": ("get", STAFF),
    "incident_task_change": ("post", GROUPS),
    "tasks": ("get", STAFF),
    "tasks_rows": ("get", STAFF),
}


def incident() -> Incident:
    return Incident.objects.get(title=TITLE)


def a_task() -> Task:
    return incident().tasks.exclude(asks=[]).order_by("place").first() or incident().tasks.first()


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": incident().number}
    run = incident().runs.order_by("number").first()
    filled = {name: number for name in EXPECTED if name.startswith("incident_")}
    return filled | {
        "incident_run_stop": {**number, "run_id": run.pk if run else 1},
        "incident_task": {**number, "task_id": a_task().pk},
        "incident_task_change": {**number, "task_id": a_task().pk, "verb": "note"},
    }


def paths() -> dict[str, str]:
    number = incident().number
    return {
        "board": f"/incidents/{number}/board/",
        "task": f"/incidents/{number}/tasks/{a_task().pk}/",
        "my tasks": "/tasks/",
    }


def SCREENS() -> dict[str, str]:  # noqa: N802  read as a table
    return {name.replace(" ", "-"): path for name, path in paths().items()}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """A data breach under way: some done, some late, one failed, one waiting for a word."""
    del home
    do_bring_playbooks(JOBS)
    began = now - timedelta(minutes=50)
    clock = FixedClock(began)
    boss = users["leadership"]
    report = Report(title=TITLE, type="data_breach", severity=5, occurred_at=began)
    found = do_report_incident(boss, report=report, clock=clock)
    for kind, value in (("address", "198.51.100.23"), ("account", "ops-export")):
        IncidentEntity.objects.create(
            incident=found, kind=kind, value=value, first_time=began, last_time=began
        )
    title = "Data breach"
    version = Playbook.objects.get(title_en=title).versions.latest("number")
    with transaction.atomic():
        run = begin_run(found, version, began)
    _work(run.tasks, boss, users["technical_support"], clock)
    wanted = NewTask(
        group=Group.LOGISTICS,
        title="为值守人员安排夜间用餐与休息",
        instruction="两班倒，每班不超过 8 小时；会议室 3 已预订。<script>alert(1)</script>",
        source="person",
        target_minutes=60,
    )
    do_add_task(boss, incident_id=found.pk, wanted=wanted, clock=clock)


def _work(tasks: Any, boss: User, technician: User, clock: FixedClock) -> None:
    ready = list(tasks.filter(state="open", automatic="").order_by("place"))
    for number, task in enumerate(ready):
        clock.move(timedelta(minutes=3))
        if number == 0:
            outcome = {one["name"]: "true" for one in task.asks}
            ended = Ended(result="已确认：样本为真实订单", outcome=outcome)
            do_finish_task(boss, task_id=task.pk, ended=ended, clock=clock)
        elif number == 1:
            do_take_task(boss, task_id=task.pk, clock=clock)
            do_note_task(boss, task_id=task.pk, text="正在核对导出日志 \x1b[31m", clock=clock)
        elif number == 2:
            do_fail_task(boss, task_id=task.pk, reason="跳板机无法登录", clock=clock)
    mine = tasks.filter(state="open", automatic="", group="technical_support").order_by("place")
    if task := mine.first():
        do_take_task(technician, task_id=task.pk, clock=clock)
