"""The schedule: a plan brought from a sheet, with links, a baseline and a delay."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import ALL, EMPLOYEE, LEADERSHIP

from shangdun.actions.exchange.bring import do_bring_plan
from shangdun.actions.exchange.take_in import do_take_plan_in
from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.schedule.baseline import do_set_baseline
from shangdun.actions.schedule.explain import do_explain_delay
from shangdun.actions.schedule.place import do_place_task
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import PlanImport, PlanTask, Programme, User
from shangdun.records.schedule_changes import Placement

ORDER = 70
TITLE = "电子商务安全体系建设计划（排期）"
SEE = ALL - {EMPLOYEE}
LEADS = {LEADERSHIP}
EXPECTED = {
    "schedule": ("get", SEE),
    "schedule_data": ("get", SEE),
    "schedule_table": ("get", SEE),
    "schedule_task": ("get", SEE),
    "schedule_export": ("get", SEE),
    "workdays": ("get", SEE),
    "schedule_bring": ("get", LEADS),
    "schedule_import": ("get", LEADS),
    "schedule_try": ("post", LEADS),
    "schedule_keep": ("post", LEADS),
    "schedule_baseline": ("post", LEADS),
    "schedule_take_in": ("post", LEADS),
    "schedule_drop": ("post", LEADS),
    "schedule_place": ("post", LEADS),
    "schedule_link": ("post", LEADS),
    "schedule_unlink": ("post", LEADS),
    "schedule_why": ("post", LEADS),  # nobody else owns a task of it
    "workdays_change": ("post", LEADS),
}
PLAN = """\
编号,任务名称,类型,工期,前置任务,责任人,截止日期,备注
1,安全风险评估,任务,,,,,
1.1,收集平台安全信息,子任务,8,,,{due},
1.2,进行安全风险评估,子任务,10,1.1,,,
1.3,撰写风险评估报告,子任务,5,1.2,,,
1.4,风险评估报告获批,里程碑,0,1.3,,,
2,安全架构设计,任务,,,,,
2.1,设计安全架构方案,子任务,12,1.2SS+3,,,
2.2,评审安全架构方案,子任务,4,2.1;1.4,,,
3,安全防护措施实施,任务,,2,,,
3.1,部署网络与应用防护,子任务,15,,,,
3.2,数据加密与备份,子任务,12,,,,
3.3,安全测试,子任务,6,3.1;3.2FS+2,,,
4,安全培训与宣传,任务,,,,,
4.1,全员安全意识培训,子任务,5,,,,
4.2,{hostile},子任务,3,4.1FF+4,,,
"""
WRONG = """\
编号,任务名称,工期,截止日期
5,安全运维管理,5,
5.1,建立运维制度,=1+2,2026年3月9日
9.9,无上级,x,
"""


def _programme() -> Programme:
    return Programme.objects.get(title=TITLE)


def arguments() -> dict[str, dict[str, Any]]:
    programme = _programme()
    number = {"number": programme.number}
    task = PlanTask.objects.get(programme=programme, code="1.2")
    file = {**number, "import_id": PlanImport.objects.get(name="wrong.csv").pk}
    at = {**number, "task_id": task.pk}
    names = ("schedule", "schedule_data", "schedule_table", "schedule_bring", "schedule_try",
             "schedule_keep", "schedule_baseline")  # fmt: skip
    return {
        **dict.fromkeys(names, number),
        **dict.fromkeys(("schedule_import", "schedule_take_in", "schedule_drop"), file),
        **dict.fromkeys(("schedule_task", "schedule_place", "schedule_link"), at),
        "schedule_unlink": {**at, "before_id": task.pk},
        "schedule_why": {"task_id": task.pk},
        "schedule_export": {**number, "form": "xlsx"},
    }


def paths() -> dict[str, str]:
    room = f"/programmes/{_programme().number}/schedule/"
    late = PlanTask.objects.get(programme__title=TITLE, code="3.3")
    file = PlanImport.objects.get(name="wrong.csv")
    return {
        "schedule": room,
        "schedule, table": f"{room}table/",
        "schedule, a task": f"{room}{late.pk}/",
        "schedule, bring": f"{room}import/",
        "schedule, a file": f"{room}import/{file.pk}/",
        "working days": "/workdays/?year=2026",
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    lead = users["leadership"]
    clock = FixedClock(now - timedelta(days=30))
    start = (now - timedelta(days=21)).date()
    wanted = NewProgramme(title=TITLE, language="zh-hans", starts_on=start)
    programme = do_create_programme(lead, wanted, clock=clock)
    due = (start + timedelta(days=14)).isoformat()
    text = PLAN.format(due=due, hostile=HOSTILE.replace('"', "").replace(",", " ")[:80])
    number = programme.number
    brought = do_bring_plan(
        lead, number=number, name="plan.csv", content=text.encode(), clock=clock
    )
    do_take_plan_in(lead, number=number, import_id=brought.pk, clock=clock)
    do_set_baseline(lead, number=number, reason="开工", clock=clock)
    clock = FixedClock(now)
    slow = PlanTask.objects.get(programme=programme, code="1.2")
    do_place_task(lead, Placement(not_before=None, days=14), task_id=slow.pk, clock=clock)
    test = PlanTask.objects.get(programme=programme, code="3.3")
    do_explain_delay(lead, task_id=test.pk, text="评估范围扩大到小程序。", clock=clock)
    do_bring_plan(lead, number=number, name="wrong.csv", content=WRONG.encode(), clock=clock)


SCREENS = paths
