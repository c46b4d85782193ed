"""Drills: planned, announced, begun, told, paused, ended, judged, signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.drills.plan import DrillPlan
from shangdun.actions.review.improve import Plan
from shangdun.records.actor import JOBS
from shangdun.records.models import Drill, DrillInject
from shangdun.records.roles import Role
from shangdun.respond.drill.calendar import Duty

Given = tuple[tuple[Any, ...], dict[str, Any]]
LATER = datetime.now(UTC) + timedelta(days=30)
PLAN = DrillPlan(title="Third quarter", scenario="sale_peak", planned_at=LATER)
OTHER = DrillPlan(title="Fourth quarter", scenario="data_breach", planned_at=LATER)
DUTY = Duty(year=2026, quarter=3, begins=date(2026, 7, 1), ends=date(2026, 9, 30))
FINDING = Plan(title="Know whom to call", group="legal", due=date(2027, 1, 31), retest="call them")


def _planned(world: Any) -> dict[str, Any]:
    return {"number": ACTIONS["plan_drill"](world.boss, PLAN).number}


def _begun(world: Any) -> dict[str, Any]:
    given = _planned(world)
    ACTIONS["begin_drill"](world.boss, **given)
    return given


def _paused(world: Any) -> dict[str, Any]:
    given = _begun(world)
    ACTIONS["pause_drill"](world.boss, **given)
    return given


def _ended(world: Any) -> dict[str, Any]:
    given = _begun(world)
    ACTIONS["end_drill"](world.boss, **given)
    return given


def _inject(world: Any) -> Given:
    given = _begun(world)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    Drill.objects.filter(**given).update(began_at=long_ago)
    return (), {"inject_id": DrillInject.objects.order_by("minute").first().pk}


def _score(world: Any) -> Given:
    given = _ended(world)
    row = Drill.objects.get(**given).scores.first()
    return (), {"score_id": row.pk, "mark": "fully", "note": "done by telephone"}


CASES = {
    "plan_drill": lambda w: ((PLAN,), {}),
    "change_drill": lambda w: ((OTHER,), _planned(w)),
    "announce_drill": lambda w: ((), _planned(w)),
    "cancel_drill": lambda w: ((), {**_planned(w), "note": "a real emergency"}),
    "begin_drill": lambda w: ((), _planned(w)),
    "pause_drill": lambda w: ((), _begun(w)),
    "resume_drill": lambda w: ((), _paused(w)),
    "end_drill": lambda w: ((), _begun(w)),
    "tell_inject": _inject,
    "judge_score": _score,
    "add_drill_finding": lambda w: ((), {**_begun(w), "plan": FINDING}),
    "sign_drill": lambda w: ((), {**_ended(w), "conclusion": "well played"}),
    "remind_of_drill": lambda w: ((), {"duty": DUTY, "today": date(2026, 8, 31)}),
}
LEADS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
MAY = {
    **dict.fromkeys(CASES, LEADS),
    "sign_drill": {Role.LEADERSHIP},
    "tell_inject": set[Role](),
    "remind_of_drill": set[Role](),
}
ACTORS = {"tell_inject": JOBS, "remind_of_drill": JOBS}
