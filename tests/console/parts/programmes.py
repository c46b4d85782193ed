"""Programmes: the plan of the product, approved and a month old; its guided questions."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import ALL, EMPLOYEE, LEADERSHIP

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
)
from shangdun.actions.programmes.answers import do_keep_answers
from shangdun.actions.programmes.create import NewProgramme, do_create_programme
from shangdun.actions.programmes.submit import do_submit_programme
from shangdun.actions.programmes.tasks import NewTask, do_add_plan_task
from shangdun.actions.programmes.templates import do_save_programme_template
from shangdun.actions.programmes.work import (
    do_begin_plan_task,
    do_report_plan_progress,
    do_tick_plan_task,
)
from shangdun.actions.schedule.explain import do_explain_delay
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import PlanTask, Programme, ProgrammeTemplate, User
from shangdun.runtime.programme.completion import follow_approvals

ORDER = 65
TITLE = "电子商务的安全体系建设计划"
SEES = ALL - {EMPLOYEE}
LEADS = {LEADERSHIP}
EXPECTED = {
    "programmes": ("get", ALL),
    "my_plan_tasks": ("get", ALL),
    "programme_new": ("get", LEADS),
    "questions_begin": ("get", LEADS),
    "questions_done": ("get", LEADS),
    "questions": ("get", LEADS),
    "programme_templates": ("get", LEADS),
    "programme_template": ("post", LEADS),
    "plan_task": ("get", ALL),  # the employee owns it
    "plan_task_change": ("get", LEADS),
    "plan_task_move": ("get", LEADS),
    "plan_task_criteria": ("get", LEADS),
    "plan_task_step": ("post", {LEADERSHIP, EMPLOYEE}),  # her own task, and who manages
    "programme": ("get", SEES),
    "programme_edit": ("get", LEADS),
    "programme_changes": ("get", SEES),
    "plan_task_add": ("get", LEADS),
    "programme_submit": ("post", LEADS),
    "programme_keep": ("post", LEADS),
    "programme_step": ("post", LEADS),
}


def _programme() -> Programme:
    return Programme.objects.get(title=TITLE)


def _task(key: str) -> PlanTask:
    return PlanTask.objects.get(programme=_programme(), key=key)


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": _programme().number}
    task = {"task_id": _task("inventory").pk}
    names = ("programme", "programme_edit", "programme_changes", "plan_task_add",
             "programme_submit", "programme_keep")  # fmt: skip
    found: dict[str, dict[str, Any]] = {
        **dict.fromkeys(names, number),
        **{f"plan_task{name}": task for name in ("", "_change", "_move", "_criteria")},
    }
    found["plan_task_step"] = task | {"verb": "progress"}
    found["programme_step"] = number | {"verb": "restore"}
    found["questions"] = {"step": "people"}
    found["programme_template"] = {"number": ProgrammeTemplate.objects.earliest("pk").number}
    return found


def paths() -> dict[str, str]:
    number = _programme().number
    return {
        "programmes": "/programmes/",
        "programmes, mine": "/programmes/mine/",
        "programmes, new": "/programmes/new/",
        "programmes, questions": "/programmes/questions/",
        "programmes, company": "/programmes/questions/company/",
        "programmes, platform": "/programmes/questions/platform/",
        "programmes, people": "/programmes/questions/people/",
        "programmes, start": "/programmes/questions/start/",
        "programmes, budget": "/programmes/questions/budget/",
        "programmes, templates": "/programmes/templates/",
        "programme": f"/programmes/{number}/",
        "programme, edit": f"/programmes/{number}/edit/",
        "programme, changes": f"/programmes/{number}/changes/",
        "programme, add": f"/programmes/{number}/add/",
        "plan task": f"/programmes/tasks/{_task('response-plan').pk}/",
        "plan task, late": f"/programmes/tasks/{_task('assessment').pk}/",
        "plan task, whole": f"/programmes/tasks/{_task('assess').pk}/",
        "plan task, change": f"/programmes/tasks/{_task('assessment').pk}/change/",
        "plan task, move": f"/programmes/tasks/{_task('assessment').pk}/move/",
        "plan task, criteria": f"/programmes/tasks/{_task('response-plan').pk}/criteria/",
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    lead, other, chief = users["leadership"], users["technical_support"], users["everybody"]
    clock = FixedClock(now - timedelta(days=32))
    people = {"lead": lead.pk, "operations": users["employee"].pk, "technical": other.pk,
              "training": chief.pk}  # fmt: skip
    programme = do_create_programme(
        lead,
        NewProgramme(
            title=TITLE, language="zh-hans", starts_on=(now - timedelta(days=28)).date(),
            template="built-in:ecommerce", people=people,
        ),
        clock=clock,
    )  # fmt: skip
    number = programme.number
    do_save_programme_template(lead, number=number, title="本公司安全计划模板", clock=clock)
    version = do_submit_programme(
        lead, number=number, reviewer=other.pk, approver=chief.pk, clock=clock
    )
    which = {"number": version.document.number, "version_number": version.number, "clock": clock}
    do_review_document(other, **which)
    do_approve_document(chief, **which)
    do_publish_document(lead, **which)
    follow_approvals(clock)
    clock = FixedClock(now - timedelta(days=22))
    do_tick_plan_task(
        users["employee"], task_id=_task("inventory").pk,
        reason="资产清单已由各系统负责人签字，扫描件在档案室。", clock=clock,
    )  # fmt: skip
    do_begin_plan_task(lead, task_id=_task("assessment").pk, clock=clock)
    do_report_plan_progress(lead, task_id=_task("assessment").pk, progress=60, clock=clock)
    clock = FixedClock(now)
    hostile = NewTask(title=HOSTILE[:150], owner=chief.pk, expected=HOSTILE)
    do_add_plan_task(lead, hostile, number=number, parent=_task("protect").pk, clock=clock)
    do_explain_delay(
        lead, task_id=_task("assessment").pk, text="外部专家改期两周，范围新增小程序。", clock=clock
    )
    kept = {"name_zh": ["示例商城有限公司"], "language": ["zh-hans"]}
    do_keep_answers(chief, step="company", answers=kept, clock=clock)


SCREENS = paths
