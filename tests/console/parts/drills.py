"""Drills: one that was held and is to be judged, one that is on, one planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.who import LEADERSHIP, STAFF, TECHNICAL

from shangdun.actions.drills.marks import do_add_drill_finding
from shangdun.actions.drills.plan import DrillPlan, do_plan_drill
from shangdun.actions.drills.play import do_begin_drill, do_end_drill
from shangdun.actions.review.improve import Plan
from shangdun.actions.take_incident import do_take_incident
from shangdun.records.models import Drill, DrillState, User
from shangdun.runtime.response.drills import tell_injects

ORDER = 90
LEADS = {LEADERSHIP, TECHNICAL}
EXPECTED = {
    "drills": ("get", STAFF),
    "drill": ("get", STAFF),
    "drill_state": ("get", STAFF),
    "drill_export": ("get", STAFF),
    "drill_plan": ("get", LEADS),
    "drill_change": ("get", LEADS),
    "drill_step": ("post", LEADS),
    "drill_cancel": ("post", LEADS),
    "drill_judge": ("post", LEADS),
    "drill_finding": ("post", LEADS),
    "drill_sign": ("post", {LEADERSHIP}),
}
SCREENS = {
    "drills": "/drills/",
    "drill-on": "/drills/2/",
    "drill-over": "/drills/1/",
    "drill-plan": "/drills/plan/",
}


def arguments() -> dict[str, dict[str, Any]]:
    over = Drill.objects.get(state=DrillState.ENDED)
    planned = {"number": Drill.objects.get(state=DrillState.PLANNED).number}
    held = {"number": over.number}
    return {
        "drill": held,
        "drill_state": held,
        "drill_export": {**held, "form": "pdf"},
        "drill_change": planned,
        "drill_step": {**planned, "name": "announce"},
        "drill_cancel": planned,
        "drill_judge": {**held, "score_id": over.scores.first().pk},
        "drill_finding": held,
        "drill_sign": held,
    }


def paths() -> dict[str, str]:
    return {
        "drills": "/drills/",
        "drill, on": f"/drills/{Drill.objects.get(state=DrillState.RUNNING).number}/",
        "drill, to be judged": f"/drills/{Drill.objects.get(state=DrillState.ENDED).number}/",
        "drill plan": "/drills/plan/",
    }


class At:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    lead, technical = users["leadership"], users["technical_support"]
    clock = At(now - timedelta(days=40))
    first = _plan(lead, "三季度数据泄露演练", "data_breach", clock)
    do_begin_drill(technical, number=first.number, clock=clock)
    clock.at += timedelta(minutes=6)
    do_take_incident(technical, incident_id=first.incidents.get().pk, clock=clock)
    clock.at += timedelta(minutes=30)
    tell_injects(clock)
    clock.at += timedelta(minutes=60)
    do_end_drill(technical, number=first.number, clock=clock)
    do_add_drill_finding(
        technical,
        number=first.number,
        plan=Plan(
            title="值班法务的电话没有人接：补充备用联系人",
            group="legal",
            due=(now + timedelta(days=14)).date(),
            retest="夜间抽查一次，十分钟内接通。",
        ),
    )
    clock.at = now - timedelta(minutes=4)
    second = _plan(lead, "大促前桌面推演", "sale_peak", clock, kind="desktop", factor=4)
    do_begin_drill(technical, number=second.number, clock=clock)
    clock.at = now
    tell_injects(clock)
    _plan(lead, "四季度系统故障演练", "system_failure", At(now + timedelta(days=20)))


def _plan(lead: User, title: str, scenario: str, clock: At, **more: Any) -> Drill:
    plan = DrillPlan(
        title=title,
        scenario=scenario,
        planned_at=clock.now(),
        aims="夜间能否在十分钟内联系到各组；告知文本能否在一百分钟内获批。",
        observer_id=lead.pk,
        **more,
    )
    return do_plan_drill(lead, plan, clock=clock)
